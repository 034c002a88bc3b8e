import { type Blocklist, mostSize, readBlocklist } from '#src/domain/blocklist.ts';
import type { Log } from '#src/domain/log.ts';
import { StartFault } from '#src/domain/start-fault.ts';

type Ports = {
  readonly path: string;
  readonly log: Log;
  /** What changes whenever the file does. */
  stamp(path: string): Promise<string>;
  read(path: string): Promise<Uint8Array>;
};

/** Keeps the list of a file as it is now. One that cannot be read stops the start; later, the last good one is kept. */
export function makeBlocklist({ path, log, stamp, read }: Ports) {
  let list: Blocklist | null = null;
  let seen: string | null = null;
  let complaint: string | null = null;

  /** Looks whether the file has changed. */
  async function look(): Promise<{ readonly again: false }> {
    // Why it cannot be read is the operator's to find out; that it cannot is told below, with its path.
    const now = await stamp(path).catch(() => null);
    if (now === seen && now !== null) return { again: false };
    const found = now === null ? { problem: 'cannot be read' } : await readFile();
    seen = now;
    if ('problem' in found) complain(found.problem);
    else take(found);
    return { again: false };
  }

  async function readFile(): Promise<Blocklist | { readonly problem: string }> {
    const bytes = await read(path).catch(() => null);
    if (bytes === null) return { problem: 'cannot be read' };
    if (bytes.length > mostSize.file) return { problem: 'is larger than 1 MB' };
    const text = decoded(bytes);
    if (text === null) return { problem: 'is not UTF-8 text' };
    const found = readBlocklist(text);
    return 'fault' in found ? { problem: `has a bad line ${found.fault.line}: ${found.fault.problem}` } : found;
  }

  /** Once for each news: a file that stays away is no new one. */
  function complain(problem: string): void {
    const sentence = `BLOCKLIST_FILE ${path} ${problem}`;
    if (list === null) throw new StartFault(`${sentence}.`);
    if (sentence !== complaint) log.error({}, `${sentence}: the list before it is kept`);
    complaint = sentence;
  }

  function take(found: Blocklist): void {
    list = found;
    complaint = null;
    log.info({ entries: found.size }, `BLOCKLIST_FILE ${path} is read`);
  }

  return { look, forbids: (prompt: string) => list?.forbids(prompt) ?? false };
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
