import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPostmaster, stopPostmaster } from '#src/store/embedded/postmaster.ts';
import { type Embedded, startEmbedded } from '#src/store/embedded.ts';

export type Server = AsyncDisposable & {
  readonly url: string;
  /** Kills the server with all its children, as a crash of the machine does, and starts it again on the same data. */
  crash(downMs: number): Promise<void>;
  /** Stops time for the server: connections stay, statements hang. */
  freeze(forMs: number): Promise<void>;
  /** When it could not be reached. */
  readonly gaps: readonly Gap[];
};
export type Gap = { readonly from: number; readonly to: number };

/** A PostgreSQL of one run's own. Without fsync, which only a power cut would miss: a killed process's writes are the kernel's. */
export async function startServer(dataDir: string): Promise<Server> {
  const cluster = join(dataDir, 'postgres');
  const attachments: Embedded[] = [await startEmbedded({ dataDir, fsync: false })];
  const url = attachments[0]?.url ?? '';
  /** One after another: a server that is down cannot be frozen. */
  let turn: Promise<void> = Promise.resolve();
  let isOver = false;
  const gaps: Gap[] = [];
  const inTurn = (work: () => Promise<void>) => {
    turn = turn.then(async () => {
      if (isOver) return;
      const from = Date.now();
      await work();
      gaps.push({ from, to: Date.now() });
    });
    return turn;
  };

  return {
    url,
    gaps,
    crash: (downMs) =>
      inTurn(async () => {
        const processes = await freezeAll(cluster);
        for (const pid of processes) signal(pid, 'SIGKILL');
        await sleep(downMs);
        attachments.push(await startEmbedded({ dataDir, fsync: false }));
      }),
    freeze: (forMs) =>
      inTurn(async () => {
        const processes = await freezeAll(cluster);
        await sleep(forMs);
        for (const pid of processes) signal(pid, 'SIGCONT');
      }),
    async [Symbol.asyncDispose]() {
      isOver = true;
      await turn.catch(() => {});
      for (const attachment of attachments) await attachment.stop();
      await stopPostmaster(cluster);
    },
  };
}

/** The postmaster first, so that it starts nobody new and misses nobody; then all that it has started. */
async function freezeAll(cluster: string): Promise<number[]> {
  const postmaster = await readPostmaster(cluster);
  if (postmaster === null) throw new Error(`no server on ${cluster}`);
  signal(postmaster.pid, 'SIGSTOP');
  const children = await childrenOf(postmaster.pid);
  for (const pid of children) signal(pid, 'SIGSTOP');
  return [postmaster.pid, ...children];
}

async function childrenOf(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      // A process may end between the listing and the reading.
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      // Its name, in parentheses, may hold anything; the parent is the second field after it (proc(5)).
      const [, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(ppid) === parent ? [Number(pid)] : [];
    }),
  );
  return found.flat();
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
