import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect } from 'vitest';
import { test } from '#test/database.ts';

const script = new URL('../support/broken-connection.ts', import.meta.url).pathname;

async function run(...args: readonly string[]) {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: code as unknown, output: output.trim(), errors };
}

// What the driver does by itself stands beside what it should do: once a scene fails for that, its mend can go.
const scenes = [
  ['reserve in line', 'reserved', 'reserveInLine', /^never$/],
  ['reserve that failed', '2 connections', 'reserveThatFailed', /^(never|1 connections)$/],
  ['old error', '3 answers', 'oldError', /^(never|[0-2] answers)$/],
  ['late release', '3 answers', 'lateRelease', /^(never|[0-2] answers)$/],
  ['stray statement', '0 rows', 'strayStatement', /^1 rows$/],
  ['unsent words', '4 answers', 'unsentWords', /^(never|[0-3] answers)$/],
] as const;

describe.concurrent('connections that break', () => {
  test('a server process that ends under a transaction fails that transaction, and the pool goes on', async ({
    databaseUrl,
  }) => {
    const { code, output, errors } = await run(databaseUrl, 'transaction');

    expect(errors).toBe('');
    expect(output).toMatch(/^(57P01|CONNECTION_CLOSED|CONNECTION_DESTROYED), then 8 answers$/);
    expect(code).toBe(0);
  });

  test('without its two mends the driver still ends the process', async ({ databaseUrl }) => {
    await seen(async () => {
      const { code, errors } = await run(databaseUrl, 'transaction', 'nullSocket', 'strayStatement');
      return code !== 0 && /reading 'write'/.test(errors);
    });
  });

  test.for(scenes)('%s: %s', async ([scene, good], { databaseUrl }) => {
    expect(await run(databaseUrl, scene)).toMatchObject({ output: good, errors: '', code: 0 });
  });

  test.for(scenes)('%s: not %s without %s', async ([scene, , mend, bad], { databaseUrl }) => {
    await seen(async () => bad.test((await run(databaseUrl, scene, mend)).output));
  });
});

/** Some of it is a matter of moments: most runs show it, and in ten not one would mean that the mend can go. */
async function seen(shows: () => Promise<boolean>): Promise<void> {
  for (let runs = 0; runs < 10; runs += 1) if (await shows()) return;
  expect.unreachable('the driver did well ten times');
}
