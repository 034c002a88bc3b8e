import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, realpath, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { StartFault } from '#src/domain/start-fault.ts';
import { locateBinaries, prepareBinaries } from './binaries.ts';
import { canReach, type RunAs } from './reach.ts';

/** Where one embedded server lives, and as whom. */
export type Place = {
  readonly home: string;
  readonly cluster: string;
  readonly sockets: string;
  readonly log: string;
  readonly binaries: string;
  readonly runAs: RunAs | null;
};

/** Every Linux has this one without creating a user. */
const nobody: RunAs = { uid: 65_534, gid: 65_534 };
const rootsOwn = '/var/lib/kling-discord-bot';

/** Makes the folders and finds binaries that the server's user can run. PostgreSQL refuses root, so root steps down. */
export async function preparePlace(dataDir: string): Promise<Place> {
  const native = locateBinaries();
  await mkdir(resolve(dataDir), { recursive: true });
  const folder = await realpath(dataDir);
  const runAs = process.getuid?.() === 0 ? await ownerOf(join(folder, 'postgres')) : null;
  const home = runAs ? await reachableHome(folder, runAs) : folder;
  const cluster = join(home, 'postgres');
  if (!runAs) await refuseForeign(cluster);

  return {
    home,
    cluster,
    sockets: await socketFolder(home, runAs),
    log: join(home, 'postgres.log'),
    binaries: await prepareBinaries(native, home, runAs),
    runAs,
  };
}

async function ownerOf(cluster: string): Promise<RunAs> {
  const found = await statIfThere(cluster);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : nobody;
}

async function refuseForeign(cluster: string): Promise<void> {
  const found = await statIfThere(cluster);
  if (found && found.uid !== process.getuid?.()) {
    throw new StartFault(
      `${cluster} belongs to another user (id ${found.uid}): start the bot as that user, or as root`,
    );
  }
}

/**
 * The data folder, or, where only root can enter (say, below /root), a folder of its own in /var/lib, with a link left in its place.
 * The name is derived, so that data is found again when only the link was lost.
 */
async function reachableHome(folder: string, runAs: RunAs): Promise<string> {
  const link = join(folder, 'postgres');
  if (await isLink(link)) return dirname(await realpath(link));
  if (await canReach(dirname(folder), runAs)) {
    await chmod(folder, (await stat(folder)).mode | 0o011);
    return folder;
  }

  const home = join(rootsOwn, shortHash(folder));
  await mkdir(join(home, 'postgres'), { recursive: true });
  await chmod(rootsOwn, 0o755);
  await chmod(home, 0o755);
  await symlink(join(home, 'postgres'), link).catch(unlessThere);
  if ((await realpath(link)) === join(home, 'postgres')) return home;
  throw new StartFault(
    `${link} holds data, but user ${runAs.uid} cannot enter its folder, and PostgreSQL refuses root: move it`,
  );
}

/** A socket's path is limited to 107 bytes, and a data folder's is not. */
async function socketFolder(home: string, runAs: RunAs | null): Promise<string> {
  const near = join(home, 'run');
  const sockets =
    Buffer.byteLength(join(near, '.s.PGSQL.5432')) < 104 ? near : join(tmpdir(), `kling-${shortHash(home)}`);
  await mkdir(sockets, { mode: 0o700 }).catch(unlessThere);
  if (runAs) await chown(sockets, runAs.uid, runAs.gid);

  const found = await lstat(sockets);
  const owner = runAs?.uid ?? process.getuid?.();
  if (!found.isDirectory() || found.uid !== owner)
    throw new StartFault(`${sockets} belongs to somebody else: remove it`);
  return sockets;
}

const shortHash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);

async function isLink(path: string): Promise<boolean> {
  const found = await lstat(path).catch(unlessMissing);
  return found?.isSymbolicLink() ?? false;
}

async function statIfThere(path: string) {
  return stat(path).catch(unlessMissing);
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
