import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished } from 'vitest';
import { connect, type Database, openDatabase } from '#src/store/database.ts';
import { readPostmaster } from '#src/store/embedded/postmaster.ts';
import { type Embedded, startEmbedded } from '#src/store/embedded.ts';
import { isConnectionFailure } from '#src/store/pulse.ts';
import { test } from '#test/database.ts';
import { freeze } from '#test/server.ts';
import { temporaryFolder } from '#test/temporary.ts';

describe('what comes back', () => {
  test('result columns are camelCase, keys inside json are left alone', async ({ database: { sql } }) => {
    const [row] = await sql`select 1 as provider_id, ${sql.json({ aspect_ratio: '16:9' })}::jsonb as request_body`;

    expect(row).toEqual({ providerId: 1, requestBody: { aspect_ratio: '16:9' } });
  });

  test('plain columns stay as they are named', async ({ databaseUrl }) => {
    await using database = openDatabase(databaseUrl, { columns: 'plain' });

    expect([...(await database.sql`select 1 as retry_count`)]).toEqual([{ retry_count: 1 }]);
  });

  test('a bigint is a number, and one too large is an error instead of a wrong number', async ({
    database: { sql },
  }) => {
    expect([...(await sql`select 9007199254740991::bigint as n`)]).toEqual([{ n: 9007199254740991 }]);
    await expect(sql`select 9007199254740993::bigint as n`).rejects.toThrow(RangeError);
    expect([...(await sql`select 2::bigint as n`)]).toEqual([{ n: 2 }]);
  });

  test('a string given for json is taken as json text', async ({ database: { sql } }) => {
    expect([...(await sql`select jsonb_typeof(${'[{"a":1}]'}::jsonb) as kind`)]).toEqual([{ kind: 'array' }]);
  });

  test('arrays go in and come back whole', async ({ database: { sql } }) => {
    const odd = ['plain', 'a,b', '{}', '"quoted" \\ slash', 'two\nlines', 'NULL', '', 'é'];

    expect([...(await sql`select ${odd}::text[] as odd, ${[3, 1]}::int[] as n, ${[]}::text[] as none`)]).toEqual([
      { odd, n: [3, 1], none: [] },
    ]);
  });

  test('a day begins at 00:00 UTC', async ({ database: { sql } }) => {
    const [row] = await sql`select date_trunc('day', '2026-03-01T23:30:00-05:00'::timestamptz) as day`;

    expect(row?.day).toEqual(new Date('2026-03-02T00:00:00Z'));
  });
});

test('a socket folder in the url becomes the path to dial, and nothing else changes', () => {
  const [url, options] = connect('postgres://me@localhost:5433/kling?host=%2Frun%2Fpg&sslmode=disable', { max: 3 });

  expect(url).toBe('postgres://me@localhost:5433/kling?sslmode=disable');
  expect(options).toEqual({ max: 3, path: '/run/pg/.s.PGSQL.5433' });
  expect(connect('postgres://a:1,b:2/kling', {})).toEqual(['postgres://a:1,b:2/kling', {}]);
});

describe('a database that goes away', () => {
  test('during the first words on a connection fails that statement and nothing else', async () => {
    const server = createServer((socket) => {
      // AuthenticationOk and ReadyForQuery, then gone at the first statement.
      socket.once('data', () => {
        socket.write(Buffer.from('520000000800000000' + '5a0000000549', 'hex'));
        socket.once('data', () => socket.resetAndDestroy());
      });
      socket.on('error', () => {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await using database = openDatabase(`postgres://me@127.0.0.1:${port}/kling`);

    // An unhandled rejection besides would fail the run.
    await expect(database.sql`select ${1}::int`).rejects.toSatisfy(isConnectionFailure);
  });

  test('a reserved connection comes from an empty pool too', async ({ databaseUrl }) => {
    await using database = openDatabase(databaseUrl, { max: 1 });

    const connection = await database.sql.reserve();
    expect(await connection`select 1`).toHaveLength(1);
    connection.release();
  });

  test('keeps connections for those who wait, whatever occupies the others', async ({ databaseUrl }) => {
    await using database = openDatabase(databaseUrl, { max: 1 });
    const { promise: done, resolve: finish } = Promise.withResolvers<void>();
    const busy = database.sql.begin(() => done);

    expect(await database.front`select 1`).toHaveLength(1);

    finish();
    await busy;
  });

  test('is known to be away, without a statement, until it is back', async () => {
    const { dataDir, server } = await ownServer();
    await using database = openDatabase(server.url, { max: 2 });
    await database.sql`select 1`;
    expect(database.isAway()).toBe(false);

    await server.stop();
    await until(() => database.isAway());
    await expect(database.sql`select 1`).rejects.toSatisfy(isConnectionFailure);

    const again = await startEmbedded({ dataDir, fsync: false });
    onTestFinished(() => again.stop());
    await until(() => !database.isAway());
    expect(await database.sql`select 1`).toHaveLength(1);
  });

  test('is noticed while it is frozen by work that is slow, and that work ends when it thaws', async () => {
    const { server, postmaster } = await ownServer();
    onTestFinished(() => server.stop());
    await using database = openDatabase(server.url, { max: 1 });
    await database.sql`select 1`;

    const thaw = await freeze(postmaster);
    onTestFinished(thaw);
    const work = database.watch(database.sql`select 1`.then((rows) => rows.length));
    await until(() => database.isAway());

    thaw();
    expect(await work).toBe(1);
    await until(() => !database.isAway());
  });

  test('is told by work that fails, with what it failed', async ({ database }) => {
    const gone = Object.assign(new Error('gone'), { code: 'CONNECTION_CLOSED' });

    await expect(database.watch(Promise.reject(gone))).rejects.toBe(gone);
    expect(database.isAway()).toBe(true);
    await until(() => !database.isAway());
  });

  test('is away from the first failure that is reported, and errors in a statement are none', async ({ database }) => {
    const wrong = await database.sql`select no_such_column`.catch((error: unknown) => error);
    database.suspect(wrong);
    expect(database.isAway()).toBe(false);

    database.suspect(Object.assign(new Error('gone'), { code: 'CONNECTION_CLOSED' }));
    expect(database.isAway()).toBe(true);
    await until(() => !database.isAway());
  });

  test('cuts off what still runs when it is closed', { timeout: 20_000 }, async ({ databaseUrl }) => {
    const database = openDatabase(databaseUrl);
    const endless = database.sql`select pg_sleep(60)`.catch((error: unknown) => error);
    await until(async () => (await running(databaseUrl)) === 1);

    await database.close();

    expect(await endless).toSatisfy(isConnectionFailure);
  });
});

async function ownServer(): Promise<{ dataDir: string; server: Embedded; postmaster: number }> {
  const folder = await temporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const dataDir = folder.path;
  const server = await startEmbedded({ dataDir, fsync: false });
  const postmaster = await readPostmaster(join(dataDir, 'postgres'));
  return { dataDir, server, postmaster: postmaster?.pid ?? 0 };
}

async function running(url: string): Promise<number> {
  await using database: Database = openDatabase(url, { max: 1 });
  return (
    await database.sql`select 1 from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid() and datname = current_database()`
  ).length;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; await sleep(10)) {
    if (await condition()) return;
  }
  throw new Error('Did not come true within 15 s');
}
