import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

export type Postmaster = { readonly pid: number; readonly socketFolder: string; readonly isReady: boolean };

/** What `postmaster.pid` says, which may be about a server that is long dead; null if there is no whole file. */
export async function readPostmaster(cluster: string): Promise<Postmaster | null> {
  const lines = (await readIfThere(join(cluster, 'postmaster.pid'))).split('\n');
  // Lines 1, 5 and 8: process id, socket folder, status (PostgreSQL's miscadmin.h).
  const pid = Number.parseInt(lines[0] ?? '', 10);
  if (!(pid > 0)) return null;
  return { pid, socketFolder: lines[4] ?? '', isReady: lines[7]?.trim() === 'ready' };
}

/** Whether the process is alive and a server of this cluster; a recycled id, or a dead process nobody reaped, is not. */
export async function isPostmaster(pid: number, cluster: string): Promise<boolean> {
  // The command line, since a container's root may not read the process's folder or program.
  if (process.platform !== 'linux') return (await commandOf(pid)).includes(`postgres -D ${cluster} `);
  const [program = '', ...args] = (await readIfThere(`/proc/${pid}/cmdline`)).split('\0');
  return basename(program) === 'postgres' && args.includes(cluster);
}

/**
 * Makes PostgreSQL see its pid file as left over although another process has that id now. The file must stay: it
 * names the shared memory by which PostgreSQL knows that orphans of the old server are still writing. A server takes
 * its own parent's id for a false match, so ours is the id to put there. Only while alone.
 */
export async function disown(cluster: string, sockets: string): Promise<void> {
  const file = join(cluster, 'postmaster.pid');
  const [, ...rest] = (await readIfThere(file)).split('\n');
  await writeFile(file, [process.pid, ...rest].join('\n'));
  await rm(join(sockets, '.s.PGSQL.5432.lock'), { force: true });
}

/** Ends the server and the connections to it; returns when it is gone. */
export async function stopPostmaster(cluster: string): Promise<void> {
  const postmaster = await readPostmaster(cluster);
  if (!postmaster) return;
  // Fast shutdown; then, if a checkpoint hangs on a bad disk, the immediate one, which the next start recovers from.
  for (const [signal, patienceMs] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 5_000],
  ] as const) {
    if (!(await isPostmaster(postmaster.pid, cluster))) return;
    process.kill(postmaster.pid, signal);
    if (await isGone(postmaster.pid, cluster, patienceMs)) return;
  }
  throw new Error(`The embedded PostgreSQL (process ${postmaster.pid}) does not stop`);
}

async function isGone(pid: number, cluster: string, patienceMs: number): Promise<boolean> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(10)) {
    if (!(await isPostmaster(pid, cluster))) return true;
  }
  return false;
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    // ESRCH: the process ended between opening its file and reading it.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return '';
    throw error;
  }
}

async function commandOf(pid: number): Promise<string> {
  const listing = promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]);
  // `ps` exits with 1 when there is no such process.
  return listing.then(
    ({ stdout }) => stdout,
    () => '',
  );
}
