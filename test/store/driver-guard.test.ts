import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { test } from '#test/database.ts';

const script = new URL('../support/broken-transaction.ts', import.meta.url).pathname;

async function run(...args: readonly string[]) {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: code as unknown, output, errors };
}

test('a server process that ends under a transaction fails that transaction, and the pool goes on', async ({
  databaseUrl,
}) => {
  const { code, output, errors } = await run(databaseUrl);

  expect(errors).toBe('');
  expect(output).toMatch(/^(57P01|CONNECTION_CLOSED|CONNECTION_DESTROYED), then 8 answers\n$/);
  expect(code).toBe(0);
});

test('without the guard the driver still ends the process: once this fails, the guard can go', async ({
  databaseUrl,
}) => {
  const { code, errors } = await run(databaseUrl, 'unguarded');

  expect(code).not.toBe(0);
  expect(errors).toMatch(/reading 'write'/);
});
