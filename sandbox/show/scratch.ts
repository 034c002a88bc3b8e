import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const prefix = 'kling-sandbox-';
const endPatienceMs = 15_000;

/** A data folder of this run's own, short enough for a socket's path. What killed runs left is cleared first. */
export async function temporaryFolder(): Promise<string> {
  await clearKilledRuns();
  return mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
}

/** Ends whatever still works on a data folder, such as the server of a bot that was killed, and removes the folder. */
export async function clear(folder: string): Promise<void> {
  const homes = await homesOf(folder);
  const asked = new Set<number>();
  for (const deadline = Date.now() + endPatienceMs; Date.now() < deadline; await sleep(50)) {
    const pids = await processesOn(homes);
    if (pids.length === 0) break;
    for (const pid of pids.filter((one) => !asked.has(one))) {
      asked.add(pid);
      end(pid);
    }
  }
  for (const home of homes) await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

async function clearKilledRuns(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN;
    if (!Number.isNaN(pid) && !isAlive(pid)) await clear(join(tmpdir(), name));
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The folder, and where the bot keeps the data instead when the server's user cannot enter it (it leaves a link). */
async function homesOf(folder: string): Promise<string[]> {
  const own = await realpath(folder).catch(() => null);
  if (own === null) return [];
  const data = await realpath(join(own, 'postgres')).catch(() => join(own, 'postgres'));
  return [...new Set([dirname(data), own, resolve(folder)])];
}

/** Servers by their command line, bots by their environment: whoever holds one of these folders. */
async function processesOn(homes: readonly string[]): Promise<number[]> {
  if (process.platform !== 'linux') return serversByPs(homes);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map(async (pid) => ((await holds(pid, homes)) ? [pid] : [])));
  return found.flat();
}

async function holds(pid: number, homes: readonly string[]): Promise<boolean> {
  const [program = '', ...args] = (await readIfThere(`/proc/${pid}/cmdline`)).split('\0');
  if (isServer(program)) return args.some((arg) => homes.some((home) => arg.startsWith(`${home}/`)));
  if (!args.includes('src/main.ts')) return false;
  const variables = (await readIfThere(`/proc/${pid}/environ`)).split('\0');
  return homes.some((home) => variables.includes(`DATA_DIR=${home}`));
}

async function serversByPs(homes: readonly string[]): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,command=']).catch(() => ({ stdout: '' }));
  return stdout.split('\n').flatMap((line) => {
    const [pid = '', program = '', ...args] = line.trim().split(/\s+/);
    return isServer(program) && homes.some((home) => args.join(' ').includes(`${home}/`)) ? [Number(pid)] : [];
  });
}

const isServer = (program: string) => ['postgres', 'initdb'].includes(basename(program));

/** SIGINT is PostgreSQL's fast shutdown, and the bot's orderly end. */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Empty too where the process has just ended or belongs to another user. */
async function readIfThere(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
