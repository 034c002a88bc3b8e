import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, inject } from 'vitest';
import { test } from '#test/database.ts';

async function run(script: 'broken-transaction' | 'broken-reservations', ...args: readonly string[]) {
  const path = new URL(`../support/${script}.ts`, import.meta.url).pathname;
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: code as unknown, output, errors };
}

test('a server process that ends under a transaction fails that transaction, and the pool goes on', async ({
  databaseUrl,
}) => {
  const { code, output, errors } = await run('broken-transaction', databaseUrl);

  expect(errors).toBe('');
  expect(output).toMatch(/^(57P01|CONNECTION_CLOSED|CONNECTION_DESTROYED), then 8 answers\n$/);
  expect(code).toBe(0);
});

test('without the guard the driver still ends the process: once this fails, the guard can go', async ({
  databaseUrl,
}) => {
  const { code, errors } = await run('broken-transaction', databaseUrl, 'unguarded');

  expect(code).not.toBe(0);
  expect(errors).toMatch(/reading 'write'/);
});

test('reservations that fail, or wait while a connection breaks, cost the pool nothing', async ({ databaseUrl }) => {
  const { output, errors } = await run('broken-reservations', databaseUrl, inject('adminUrl'));

  expect(errors).toBe('');
  expect(output).toBe('2 of 2, and the waiting one is served\n');
});

test('without the guard the waiting one is lost: once this fails, those repairs can go', async ({ databaseUrl }) => {
  const { output } = await run('broken-reservations', databaseUrl, inject('adminUrl'), 'unguarded');

  expect(output).toMatch(/the waiting one is not\n$/);
});
