import { execFile } from 'node:child_process';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './program.ts';
import { temporaryFolder } from './temporary.ts';

const run = promisify(execFile);
/** PostgreSQL refuses root, and wants a user with a name. */
const nobody = { uid: 65_534, gid: 65_534 };
const runAs = process.getuid?.() === 0 ? nobody : null;

/** The PostgreSQL that this machine has installed, server and tools of one version; null if it has none. */
export async function installedTools() {
  const bin = await run('pg_config', ['--bindir']).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  );
  const isWhole = bin !== null && (await run(join(bin, 'postgres'), ['--version']).catch(() => null)) !== null;
  return bin !== null && isWhole ? { start: () => start(bin) } : null;
}

/** A server of its own with an empty database `kling`; `use` runs a tool on it. */
async function start(bin: string) {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder());
  // By this name the next run finds what a killed one left.
  const cluster = join(folder.path, 'postgres');
  await mkdir(cluster, { mode: 0o700 });
  if (runAs !== null) await chown(cluster, runAs.uid, runAs.gid);
  const port = String(await freePort());
  const control = (...args: string[]) =>
    run(join(bin, 'pg_ctl'), ['--pgdata', cluster, '--wait', ...args], { ...runAs, cwd: '/' });
  const use = (tool: string, ...args: string[]) =>
    run(join(bin, tool), ['--host', '127.0.0.1', '--port', port, '--username', 'kling', ...args]);

  await run(join(bin, 'initdb'), ['--pgdata', cluster, '--username', 'kling', '--auth', 'trust', '--no-sync'], {
    ...runAs,
    cwd: '/',
  });
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off`;
  await control('--log', join(cluster, 'log'), '--options', options, 'start');
  stack.defer(async () => void (await control('--mode', 'immediate', 'stop')));
  await use('createdb', 'kling');
  const kept = stack.move();
  return {
    url: `postgres://kling@127.0.0.1:${port}/kling`,
    use,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
