import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  cp,
  mkdir,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Database, openDatabase } from '#src/store/database.ts';
import { locateBinaries, prepareBinaries } from '#src/store/embedded/binaries.ts';
import { createCluster } from '#src/store/embedded/cluster.ts';
import { isPostmaster, readPostmaster } from '#src/store/embedded/postmaster.ts';
import { canReach } from '#src/store/embedded/reach.ts';
import { startEmbedded } from '#src/store/embedded.ts';
import { attachProcess } from '#test/attached.ts';
import { type TemporaryFolder, temporaryFolder } from '#test/temporary.ts';

const isRoot = process.getuid?.() === 0;
/** `daemon`, which every Linux has; initdb wants a user with a name. */
const stranger = { uid: 1, gid: 1 };
const nobody = { uid: 65_534, gid: 65_534 };
const strangerCanRun =
  isRoot && (await canReach(process.cwd(), stranger)) && (await canReach(process.execPath, stranger));

describe('one data folder, through its life', () => {
  let folder: TemporaryFolder;
  let dataDir: string;
  let cluster: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    dataDir = folder.path;
    cluster = join(dataDir, 'postgres');
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  test('three processes that start at once share one server, and the last to stop ends it', async () => {
    const [first, second, third] = await Promise.all([1, 2, 3].map(() => attachProcess(dataDir)));
    const postmaster = await livePostmaster(cluster);
    expect(new Set([first?.url, second?.url, third?.url]).size).toBe(1);

    await first?.stop();
    await Promise.all([second?.stop(), ask(third?.url ?? '', (sql) => sql`create table kept (n int)`)]);
    expect(await isPostmaster(postmaster, cluster)).toBe(true);

    await third?.stop();
    expect(await isPostmaster(postmaster, cluster)).toBe(false);
  });

  test('the database speaks UTF-8 by PostgreSQL itself, in UTC, over a socket only', async () => {
    const server = await start(dataDir);

    const [row] = await ask(
      server.url,
      (sql) => sql`
        select upper('é') as upper, datlocale, pg_encoding_to_char(encoding) as encoding, current_setting('TimeZone') as zone,
          current_setting('listen_addresses') as addresses
        from pg_database where datname = current_database()`,
    );

    expect(row).toEqual({ upper: 'É', datlocale: 'C.UTF-8', encoding: 'UTF8', zone: 'UTC', addresses: '' });
  });

  test('a killed process leaves the server running, and the next one attaches to it and can end it', async () => {
    const killed = await attachProcess(dataDir);
    const postmaster = await livePostmaster(cluster);
    await killed.kill();
    expect(await isPostmaster(postmaster, cluster)).toBe(true);

    const server = await startEmbedded({ dataDir, fsync: false });
    expect(await livePostmaster(cluster)).toBe(postmaster);
    await server.stop();

    expect(await isPostmaster(postmaster, cluster)).toBe(false);
  });

  test('a killed server is recovered by the next start, with all that was committed', async () => {
    const before = await attachProcess(dataDir);
    await ask(before.url, (sql) => sql`insert into kept values (7)`);
    process.kill(await livePostmaster(cluster), 'SIGKILL');

    const server = await start(dataDir);
    const rows = await ask(server.url, (sql) => sql`select n from kept`);
    await before.stop();

    expect([...rows]).toEqual([{ n: 7 }]);
    expect(await isPostmaster(await livePostmaster(cluster), cluster)).toBe(true);
  });

  test('a process whose session the server dropped is present again, and is not left without a server', async () => {
    const staying = await start(dataDir);
    const leaving = await attachProcess(dataDir);
    const present = (sql: Database['sql']) =>
      sql`select pid from pg_locks where locktype = 'advisory' and mode = 'ShareLock' and granted`;
    await ask(
      staying.url,
      (sql) => sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and mode = 'ShareLock'`,
    );
    await until(async () => (await ask(staying.url, present)).length === 2);

    await leaving.stop();

    expect(await ask(staying.url, (sql) => sql`select 1 as one`)).toHaveLength(1);
  });

  test('a pid file left over from a crash is not believed when its id belongs to another process now', async () => {
    const killed = await attachProcess(dataDir);
    const postmaster = await livePostmaster(cluster);
    const pidFile = await readFile(join(cluster, 'postmaster.pid'), 'utf8');
    process.kill(postmaster, 'SIGKILL');
    await killed.kill();
    await until(async () => !(await isPostmaster(postmaster, cluster)));
    // Of the server's own user: of another's, PostgreSQL itself sees that it cannot be a server of this data.
    const unrelated = spawn('sleep', ['60'], isRoot ? nobody : {});
    onTestFinished(() => void unrelated.kill());
    await once(unrelated, 'spawn');
    await writeFile(join(cluster, 'postmaster.pid'), pidFile.replace(/^\d+/, String(unrelated.pid)));
    await writeFile(join(dataDir, 'run', '.s.PGSQL.5432.lock'), `${unrelated.pid}\n`);

    const server = await start(dataDir);

    expect(await ask(server.url, (sql) => sql`select n from kept`)).toHaveLength(1);
    expect(unrelated.exitCode).toBeNull();
  });

  test('a server that cannot start says why at once', async () => {
    const settings = join(cluster, 'postgresql.conf');
    const good = await readFile(settings, 'utf8');
    await writeFile(settings, `${good}\nno_such_setting = 1\n`);
    onTestFinished(() => writeFile(settings, good));

    await expect(startEmbedded({ dataDir, fsync: false })).rejects.toThrow(/no_such_setting/);
  });

  test('data of another PostgreSQL is refused with a way out', async () => {
    await writeFile(join(cluster, 'PG_VERSION'), '17\n');
    onTestFinished(() => writeFile(join(cluster, 'PG_VERSION'), '18\n'));

    await expect(startEmbedded({ dataDir, fsync: false })).rejects.toThrow(/PostgreSQL 17.*DATABASE_URL/);
  });
});

test('a long path to the data keeps its socket elsewhere', async () => {
  const folder = await temporary();
  await chmod(folder, 0o755);
  const dataDir = join(folder, 'd'.repeat(60), 'e'.repeat(60));

  const server = await start(dataDir);
  const socketFolder = new URL(server.url).searchParams.get('host') ?? '';
  onTestFinished(() => rm(socketFolder, { recursive: true, force: true }));

  expect(await ask(server.url, (sql) => sql`select 1`)).toHaveLength(1);
  expect(socketFolder).not.toContain('e'.repeat(60));
});

test('the draft of a start that was killed halfway is swept away', async () => {
  const dataDir = await temporary();
  const draft = join(dataDir, 'postgres.draft-1');
  await mkdir(draft);
  await writeFile(join(draft, 'PG_VERSION'), '18\n');

  const server = await start(dataDir);

  expect(await ask(server.url, (sql) => sql`select 1`)).toHaveLength(1);
  await expect(stat(draft)).rejects.toThrow('ENOENT');
});

test('without binaries for the machine, the operator is asked for a DATABASE_URL', () => {
  expect(() => locateBinaries('linux', 's390x')).toThrow(/linux-s390x is not installed.*DATABASE_URL/);
});

test('binaries that lack their loader, as on musl, ask for a DATABASE_URL', async () => {
  const home = await temporary();
  await mkdir(join(home, 'bin'));
  await writeFile(join(home, 'bin', 'initdb'), '#!/lib/no-such-loader\n', { mode: 0o755 });
  const place = {
    home,
    cluster: join(home, 'postgres'),
    sockets: home,
    log: join(home, 'log'),
    binaries: home,
    runAs: null,
  };

  await expect(createCluster(place, false)).rejects.toThrow(/glibc.*DATABASE_URL/);
});

describe('binaries as an install without scripts leaves them', () => {
  test('get their library links', async () => {
    const native = await nativeWithoutLinks(await temporary());
    expect(await version(native)).toMatch(/cannot open shared object/);

    expect(await prepareBinaries(native, '/nowhere', null)).toBe(native);

    expect(await version(native)).toMatch(/^postgres \(PostgreSQL\) 18/);
  });

  test.runIf(isRoot)('are copied when the server cannot enter their folder', async () => {
    const secret = await temporary();
    await chmod(secret, 0o700);
    const native = await nativeWithoutLinks(secret);
    const home = await temporary();
    await chmod(home, 0o755);

    const [copy] = await Promise.all([1, 2].map(() => prepareBinaries(native, home, nobody)));

    expect(dirname(copy ?? '')).toBe(home);
    expect(await version(copy ?? '', nobody)).toMatch(/^postgres \(PostgreSQL\) 18/);
  });
});

describe.runIf(isRoot)('as root', () => {
  test('the server runs as nobody', async () => {
    const dataDir = await temporary();
    await start(dataDir);

    const pid = await livePostmaster(join(dataDir, 'postgres'));

    expect(await readFile(`/proc/${pid}/status`, 'utf8')).toMatch(/^Uid:\t65534\t65534/m);
  });

  test('in a folder that only root can enter, the data goes where the server can, and is found again', async () => {
    const secret = await temporary();
    await chmod(secret, 0o700);
    const dataDir = join(secret, 'deep', 'data');
    const first = await startEmbedded({ dataDir, fsync: false });
    const home = dirname(await realpath(join(dataDir, 'postgres')));
    onTestFinished(async () => {
      await rm(home, { recursive: true, force: true });
      // Not when a bot on this machine has its data there.
      if ((await readdir(dirname(home))).length === 0) await rmdir(dirname(home));
    });
    await ask(first.url, (sql) => sql`create table kept (n int)`);
    await first.stop();

    const second = await start(dataDir);

    expect(await readlink(join(dataDir, 'postgres'))).toBe(join(home, 'postgres'));
    expect(await ask(second.url, (sql) => sql`select * from kept`)).toHaveLength(0);
  });
});

describe.runIf(strangerCanRun)('as a user of one’s own', () => {
  test('the server is that user’s, and root later runs it as its owner', async () => {
    const dataDir = await temporary();
    await chown(dataDir, stranger.uid, stranger.gid);
    const own = await attachProcess(dataDir, stranger);
    const pid = await livePostmaster(join(dataDir, 'postgres'));
    expect(await readFile(`/proc/${pid}/status`, 'utf8')).toMatch(/^Uid:\t1\t1\t/m);
    await own.stop();

    const roots = await start(dataDir);

    expect(await ask(roots.url, (sql) => sql`select 1`)).toHaveLength(1);
    const next = await livePostmaster(join(dataDir, 'postgres'));
    expect(await readFile(`/proc/${next}/status`, 'utf8')).toMatch(/^Uid:\t1\t1\t/m);
  });

  test('data that belongs to somebody else is refused by name', async () => {
    const dataDir = await temporary();
    await chmod(dataDir, 0o777);
    await mkdir(join(dataDir, 'postgres'), { mode: 0o700 });

    await expect(attachProcess(dataDir, stranger)).rejects.toThrow(/belongs to another user \(id 0\)/);
  });

  test('a user id without a name is told what it needs', async () => {
    const dataDir = await temporary();
    await chown(dataDir, 54_321, 54_321);

    await expect(attachProcess(dataDir, { uid: 54_321, gid: 54_321 })).rejects.toThrow(/54321 has none.*DATABASE_URL/);
  });

  test('binaries that cannot be written are copied to be completed', async () => {
    const native = await nativeWithoutLinks(await temporary());
    await chmod(dirname(native), 0o755);
    const home = await temporary();
    await chown(home, stranger.uid, stranger.gid);
    const script = `import { prepareBinaries } from '#src/store/embedded/binaries.ts';
      process.stdout.write(await prepareBinaries(${JSON.stringify(native)}, ${JSON.stringify(home)}, null));`;

    const copy = await output(process.execPath, ['--input-type=module', '-e', script], stranger);

    expect(dirname(copy)).toBe(home);
    expect(await version(copy, stranger)).toMatch(/^postgres \(PostgreSQL\) 18/);
  });
});

async function temporary(): Promise<string> {
  const folder = await temporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  return folder.path;
}

/** Stopped when the test ends. */
async function start(dataDir: string) {
  const server = await startEmbedded({ dataDir, fsync: false });
  onTestFinished(() => server.stop());
  return server;
}

async function ask<T>(url: string, question: (sql: Database['sql']) => PromiseLike<T>): Promise<T> {
  await using database = openDatabase(url, { max: 1 });
  return await question(database.sql);
}

async function livePostmaster(cluster: string): Promise<number> {
  const postmaster = await readPostmaster(cluster);
  if (!postmaster) throw new Error('No server');
  return postmaster.pid;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(20)) {
    if (await condition()) return;
  }
  throw new Error('Did not come true within 20 s');
}

async function nativeWithoutLinks(folder: string): Promise<string> {
  const native = join(folder, 'native');
  const installed = locateBinaries();
  const links: { target: string }[] = JSON.parse(await readFile(join(installed, 'pg-symlinks.json'), 'utf8'));
  const missing = new Set(links.map(({ target }) => join(installed, '..', target)));
  await cp(installed, native, { recursive: true, filter: (path) => !missing.has(path) });
  await cp(join(installed, '..', 'package.json'), join(folder, 'package.json'));
  return native;
}

const version = (native: string, user = {}) => output(join(native, 'bin', 'postgres'), ['--version'], user);

/** Everything the program says, whether it works or fails. */
async function output(program: string, args: readonly string[], user: object): Promise<string> {
  const child = spawn(program, args, { stdio: 'pipe', ...user });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said += chunk;
    });
  }
  await once(child, 'close');
  return said;
}
