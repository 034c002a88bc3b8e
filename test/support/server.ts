import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isPostmaster, readPostmaster, stopPostmaster } from '#src/store/embedded/postmaster.ts';
import { attachProcess } from './attached.ts';
import { temporaryFolder } from './temporary.ts';

/** The process of the server that runs on this data. */
export async function postmasterOf(cluster: string): Promise<number> {
  const postmaster = await readPostmaster(cluster);
  if (postmaster === null || !(await isPostmaster(postmaster.pid, cluster))) throw new Error('No server');
  return postmaster.pid;
}

/** A server's first process and those that it began (Linux). */
export async function familyOf(postmaster: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = await Promise.all(
    // The fourth field, counted from the end of the name, which may hold spaces; a process may end while it is read.
    pids.map(
      async (pid) => (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')).split(') ').pop()?.split(' ')[1],
    ),
  );
  return [postmaster, ...pids.filter((_, index) => parents[index] === String(postmaster)).map(Number)];
}

/** Holds a whole server still, as a machine that hangs; what is given back lets it go on, and does no harm twice. */
export async function freeze(postmaster: number): Promise<() => void> {
  const family = await familyOf(postmaster);
  for (const pid of family) process.kill(pid, 'SIGSTOP');
  return () => {
    for (const pid of family.splice(0)) process.kill(pid, 'SIGCONT');
  };
}

export type OwnServer = Awaited<ReturnType<typeof ownServer>>;

/** A PostgreSQL of the test's own that nobody looks after: what was stopped or killed stays so until `start`. */
export async function ownServer() {
  const folder = await temporaryFolder();
  const cluster = join(folder.path, 'postgres');

  /** Started by a process that dies without a goodbye, so that nobody is attached. */
  async function start(): Promise<string> {
    const starter = await attachProcess(folder.path);
    await starter.kill();
    return starter.url;
  }

  const url = await start();
  return {
    url,
    start,
    stop: () => stopPostmaster(cluster),
    postmaster: () => postmasterOf(cluster),
    async [Symbol.asyncDispose]() {
      await stopPostmaster(cluster);
      await folder[Symbol.asyncDispose]();
    },
  };
}
