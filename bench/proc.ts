import { readdir, readFile, writeFile } from 'node:fs/promises';

// proc(5): figures of other processes, on Linux only. Ticks are 1/100 s on every Linux that Node runs on.
const ticksPerSecond = 100;

export const hasProc = process.platform === 'linux';

type Stat = { readonly parent: number; readonly own: number; readonly withReaped: number };

/** Processor seconds that a process and all below it have used; 0 for one that is gone. */
export async function cpuSeconds(root: number): Promise<number> {
  const stats = await everyStat();
  const used = (pid: number): number => {
    const stat = stats.get(pid);
    if (stat === undefined) return 0;
    const children = [...stats].filter(([, { parent }]) => parent === pid);
    return stat.withReaped + children.reduce((sum, [child]) => sum + used(child), 0);
  };
  return used(root) / ticksPerSecond;
}

/** Resident memory now, and the most since `resetPeak`, in bytes. */
export async function memory(pid: number): Promise<{ readonly now: number; readonly peak: number }> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) * 1024;
  return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
}

export async function resetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}

async function everyStat(): Promise<Map<number, Stat>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const stats = await Promise.all(pids.map(async (pid) => [pid, await statOf(pid)] as const));
  return new Map(stats.flatMap(([pid, stat]) => (stat === null ? [] : [[pid, stat] as const])));
}

async function statOf(pid: number): Promise<Stat | null> {
  // A process may end between the listing and the reading.
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name in parentheses may hold spaces; what follows it does not. Field 3 is the first here.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user = 0, system = 0, reapedUser = 0, reapedSystem = 0] = fields.slice(11, 15);
  if (text === '') return null;
  const own = user + system;
  return { parent: fields[1] ?? 0, own, withReaped: own + reapedUser + reapedSystem };
}
