import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartFault } from '#src/domain/start-fault.ts';
import { noServerHere } from './binaries.ts';
import type { Place } from './place.ts';
import { readPostmaster } from './postmaster.ts';

/** A cluster made by another major version cannot be opened; this is the one inside the package. */
const major = '18';
const initPatienceMs = 120_000;
const largestLog = 5_000_000;

/** Makes the data folder unless it is there. It appears whole or not at all: a kill in the middle leaves only a draft. */
export async function createCluster(place: Place, fsync: boolean): Promise<void> {
  const version = await readFile(join(place.cluster, 'PG_VERSION'), 'utf8').catch(() => null);
  if (version?.trim() === major) return;
  if (version) throw new StartFault(otherVersion(place, version.trim()));

  await removeDrafts(place.cluster);
  const draft = `${place.cluster}.draft-${process.pid}`;
  await mkdir(draft, { mode: 0o700 });
  if (place.runAs) await chown(draft, place.runAs.uid, place.runAs.gid);
  // PostgreSQL's own C.UTF-8, since an old C library may not have it.
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const flags = [
    '--username=postgres',
    '--auth=trust',
    '--no-instructions',
    ...locale,
    ...(fsync ? [] : ['--no-sync']),
  ];
  await runToEnd(place, 'initdb', ['-D', draft, ...flags]);
  await rename(draft, place.cluster);
}

/** Starts a server that outlives this process, and returns when it takes connections or has given way to another. */
export async function launch(place: Place, fsync: boolean, deadline: number): Promise<void> {
  const log = await openLog(place.log);
  const { size: logStart } = await log.stat();
  const child = spawnAs(place, 'postgres', ['-D', place.cluster, ...serverSettings(place, fsync)], log.fd);
  child.unref();
  const ended = endOf(child);

  try {
    while (Date.now() < deadline) {
      const postmaster = await readPostmaster(place.cluster);
      if (postmaster?.pid === child.pid && postmaster?.isReady) return;
      if (await Promise.race([ended, sleep(5, false)])) break;
    }
  } finally {
    await log.close();
  }
  if (child.exitCode === null && child.signalCode === null) return;

  const said = (await readFile(place.log, 'utf8')).slice(logStart);
  // Left for the next round: another process was first, or a killed server's children are still ending.
  if (/lock file .* already exists|is still in use/.test(said)) return void (await sleep(100));
  throw new StartFault(`The embedded PostgreSQL did not start: ${said.trim().slice(-1_000)}`);
}

function serverSettings({ sockets }: Place, fsync: boolean): string[] {
  const settings = {
    listen_addresses: '',
    port: 5432,
    unix_socket_directories: `"${sockets}"`,
    unix_socket_permissions: '0700',
    max_connections: 200,
    shared_buffers: '64MB',
    max_wal_size: '512MB',
    // Neither replicas nor parallel queries: fewer processes, less log to write.
    wal_level: 'minimal',
    max_wal_senders: 0,
    io_method: 'sync',
    max_parallel_workers_per_gather: 0,
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Statements and their errors hold prompts and tokens: they belong into no log.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    ...(fsync ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function runToEnd(place: Place, program: string, args: readonly string[]): Promise<void> {
  const child = spawnAs(place, program, args, 'pipe');
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said = (said + chunk).slice(-2_000);
  });
  const overtime = setTimeout(() => child.kill('SIGKILL'), initPatienceMs);
  await endOf(child).finally(() => clearTimeout(overtime));
  if (child.exitCode === 0) return;
  if (/could not look up effective user/.test(said)) throw new StartFault(noServerHere(unnamedUser(place)));
  throw new StartFault(`${program} failed: ${said.trim()}`);
}

function spawnAs(place: Place, program: string, args: readonly string[], output: number | 'pipe'): ChildProcess {
  return spawn(join(place.binaries, 'bin', program), args, {
    detached: true,
    // Nothing of the bot's environment: it holds the token. Messages in English, since some are read here.
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
    cwd: '/',
    stdio: ['ignore', output === 'pipe' ? 'ignore' : output, output],
    ...(place.runAs ?? {}),
  });
}

/** Resolves to true when the process has ended; rejects if it could not begin. */
async function endOf(child: ChildProcess): Promise<boolean> {
  try {
    await once(child, 'exit');
    return true;
  } catch (cause) {
    // The file is there, so what is missing is its loader: the binaries are built for glibc.
    const isForeign = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new StartFault(noServerHere(isForeign ? 'its binaries need glibc' : String(cause)), { cause });
  }
}

async function openLog(path: string) {
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size > largestLog) await rename(path, `${path}.old`);
  return open(path, 'a', 0o600);
}

async function removeDrafts(cluster: string): Promise<void> {
  const folder = dirname(cluster);
  for (const name of await readdir(folder)) {
    if (name.startsWith('postgres.draft-')) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** As in a container that was given any number for a user. */
function unnamedUser({ runAs }: Place): string {
  return `initdb needs a user with a name, and ${runAs?.uid ?? process.getuid?.()} has none in /etc/passwd`;
}

function otherVersion({ cluster }: Place, version: string): string {
  return (
    `${cluster} was made by PostgreSQL ${version}, and the embedded server is ${major}. ` +
    `Move the data with ${version}'s pg_dump, set DATABASE_URL to a server that has it, or choose another DATA_DIR.`
  );
}
