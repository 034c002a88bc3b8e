import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { openBlocklist } from '#src/blocklist.ts';
import { readConfig } from '#src/config.ts';
import { Lifetime } from '#src/lifetime.ts';
import { explainFailedStart } from '#src/start-report.ts';
import { eventually } from '#test/eventually.ts';
import { temporaryFolder } from '#test/temporary.ts';

/** A file that holds `content`; null: no file. What opens it, and what is logged meanwhile. */
async function begin(content: string | Uint8Array | null) {
  const folder = await temporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const path = join(folder.path, 'words.txt');
  if (content !== null) await writeFile(path, content);

  const config = readConfig({ DISCORD_TOKEN: 'token', RIVYA_API_KEY: 'key', BLOCKLIST_FILE: path });
  const logged: string[] = [];
  const log = pino({}, { write: (line: string) => void logged.push(line) });
  const lifetime = new Lifetime();
  lifetime.stage(10_000);
  onTestFinished(() => lifetime.close(() => {}));
  const told = (words: RegExp) => logged.filter((line) => words.test(line)).length;
  return { path, told, open: () => openBlocklist({ config, log, lifetime }) };
}

test('a change of the file counts without a restart, written over or put in its place', async () => {
  const { path, open } = await begin('nude\n');
  const forbids = await open();
  const before = [forbids('a nude fox'), forbids('a rude fox')];

  await writeFile(path, 'rude\n');
  await eventually(() => forbids('a rude fox'), 'the written list');
  const after = forbids('a nude fox');
  await writeFile(`${path}.new`, 'gore\n');
  await rename(`${path}.new`, path);
  await eventually(() => forbids('gore'), 'the list put in its place');

  expect([before, after]).toEqual([[true, false], false]);
});

test('a broken pattern, or no file at all, changes nothing and is told once, with its line; the next good one counts', async () => {
  const { path, told, open } = await begin('nude\n');
  const forbids = await open();

  await writeFile(path, 'rude\n# next\n/(gore/\n');
  await eventually(() => told(/words\.txt has a bad line 3: .*the list before it is kept/) > 0, 'the bad line told');
  const kept = [forbids('nude'), forbids('rude')];
  await rm(path);
  await eventually(() => told(/words\.txt cannot be read: the list before it is kept/) > 0, 'the missing file told');
  const still = forbids('nude');
  await writeFile(path, 'rude\n');
  await eventually(() => forbids('rude'), 'the good list');

  expect([kept, still, forbids('nude')]).toEqual([[true, false], true, false]);
  expect([told(/bad line/), told(/cannot be read/)]).toEqual([1, 1]);
});

test.each([
  ['a bad line', 'fine\n/[/', /words\.txt has a bad line 2: .*\.$/],
  ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0x41]), /words\.txt is not UTF-8 text\.$/],
  ['more than a list', 'x\n'.repeat(2 ** 20), /words\.txt is larger than 1 MB\.$/],
  ['no file', null, /words\.txt cannot be read\.$/],
])('%s stops the start with a sentence', async (_, content, sentence) => {
  const { open } = await begin(content);

  const error = await open().catch((reason: unknown) => reason);

  expect(explainFailedStart(error)).toMatch(sentence);
});
