import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { connect, openDatabase } from '#src/store/database.ts';
import { isPostmaster, stopPostmaster } from '#src/store/embedded/postmaster.ts';
import { startEmbedded } from '#src/store/embedded.ts';
import { attachProcess } from '#test/attached.ts';
import { eventually } from '#test/eventually.ts';
import { familyOf, postmasterOf } from '#test/server.ts';
import { temporaryFolder } from '#test/temporary.ts';

/** An embedded server on data of the test's own; what it logs is kept. */
async function begin() {
  const folder = await temporaryFolder();
  const cluster = join(folder.path, 'postgres');
  onTestFinished(async () => {
    await stopPostmaster(cluster);
    await folder[Symbol.asyncDispose]();
  });
  const lines: string[] = [];
  const note = (level: string) => (_fields: object, message: string) => void lines.push(`${level}: ${message}`);
  const log = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
  const server = await startEmbedded({ dataDir: folder.path, fsync: false, log });
  onTestFinished(() => server.stop());
  return { dataDir: folder.path, cluster, server, lines };
}

async function works(url: string): Promise<boolean> {
  const sql = postgres(...connect(url, { max: 1, fetch_types: false }));
  const answered = await sql`select 1`.then(
    () => true,
    () => false,
  );
  await sql.end({ timeout: 0 });
  return answered;
}

const gone = 'warn: the embedded PostgreSQL is gone: starting it again';
const back = 'info: the embedded PostgreSQL runs again';

test.each([
  ['alone', async (pid: number) => [pid]],
  ['with all its processes', familyOf],
])('a server that was killed %s is started again, with all that was committed', async (_, victims) => {
  const { cluster, server, lines } = await begin();
  await using database = openDatabase(server.url, { max: 2 });
  await database.sql`create table kept as select 7 as n`;
  const first = await postmasterOf(cluster);

  for (const pid of await victims(first)) process.kill(pid, 'SIGKILL');
  await eventually(() => works(server.url), 'the server');

  expect([...(await database.sql`select n from kept`)]).toEqual([{ n: 7 }]);
  expect(await postmasterOf(cluster)).not.toBe(first);
  await eventually(() => lines.length === 2, 'two lines');
  expect(lines).toEqual([gone, back]);
});

test('of several processes that were attached one starts it, and the last to stop ends it', async () => {
  const { dataDir, cluster, server } = await begin();
  const others = await Promise.all([1, 2, 3].map(() => attachProcess(dataDir)));
  await using database = openDatabase(server.url, { max: 1 });

  for (let round = 0; round < 3; round += 1) {
    process.kill(await postmasterOf(cluster), 'SIGKILL');
    await eventually(() => works(server.url), 'the server');
    await eventually(async () => {
      const present = await database.sql`
        select 1 from pg_locks where locktype = 'advisory' and mode = 'ShareLock' and granted`;
      return present.length === 4;
    }, 'everybody to be present again');
  }
  const last = await postmasterOf(cluster);
  await server.stop();
  await Promise.all(others.map((other) => other.stop()));

  await expect(postmasterOf(cluster)).rejects.toThrow('No server');
  expect(await isPostmaster(last, cluster)).toBe(false);
});

test('a server that was stopped by hand is started again', async () => {
  const { cluster, server } = await begin();

  await stopPostmaster(cluster);

  await eventually(() => works(server.url), 'the server');
});

test('a server that does not start again is tried on, told of once, and keeps nobody from stopping', async () => {
  const { dataDir, cluster, server, lines } = await begin();
  const settings = join(cluster, 'postgresql.conf');
  const good = await readFile(settings, 'utf8');
  const other = await attachProcess(dataDir);
  await writeFile(settings, `${good}\nno_such_setting = 1\n`);
  process.kill(await postmasterOf(cluster), 'SIGKILL');
  const tries = async () => (await readFile(join(dataDir, 'postgres.log'), 'utf8')).split('no_such_setting').length - 1;
  await eventually(async () => (await tries()) >= 3, 'three tries');

  await other.stop();
  expect(lines).toEqual([gone, expect.stringMatching(/^error: the embedded PostgreSQL does not start/)]);
  await writeFile(settings, good);

  await eventually(() => works(server.url), 'the server');
  await eventually(() => lines.at(-1) === back, 'its line');
});

test('data that was removed under a running server is not made anew', async () => {
  const { dataDir, cluster, server, lines } = await begin();
  const postmaster = await postmasterOf(cluster);
  await rm(cluster, { recursive: true });

  process.kill(postmaster, 'SIGKILL');
  await eventually(() => lines.some((line) => line.startsWith('error')), 'a failed start');
  await server.stop();

  await expect(readFile(join(cluster, 'PG_VERSION'))).rejects.toThrow('ENOENT');
  expect(await readFile(join(dataDir, 'postgres.log'), 'utf8')).toMatch(/could not access directory/);
});
