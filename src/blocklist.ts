import { readFile, stat } from 'node:fs/promises';
import { makeBlocklist } from '#src/app/blocklist.ts';
import { startClock } from '#src/queue/clock.ts';
import type { Parts } from './parts.ts';
import { step } from './start-report.ts';

/** What prompts may not say, by the operators' file as it is at any time. Looked at rather than watched: mounts and editors tell too little. */
export async function openBlocklist({
  config,
  log,
  lifetime,
}: Pick<Parts, 'config' | 'log' | 'lifetime'>): Promise<(prompt: string) => boolean> {
  const path = config.blocklistFile;
  if (path === null) return () => false;
  const { look, forbids } = makeBlocklist({ path, log, stamp, read: (file) => readFile(file) });
  await step('BLOCKLIST_FILE cannot be read.', look());
  const clock = startClock([{ name: 'blocklist', everyMs: 1_000, run: look }], log);
  lifetime.add('blocklist', () => clock.stop());
  return forbids;
}

async function stamp(path: string): Promise<string> {
  const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return [ino, size, mtimeNs, ctimeNs].join(' ');
}
