import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import { describe, expect, onTestFinished } from 'vitest';
import { connect } from '#src/store/database.ts';
import { migrate, refuseOldServer } from '#src/store/migrate.ts';
import { test } from '#test/database.ts';
import { temporaryFolder } from '#test/temporary.ts';

type Migration = { readonly when: number; readonly sql: string };

const first = { when: 1_000, sql: 'create table counted (n int);' };
// Data moves are what a second run would spoil unseen.
const second = {
  when: 2_000,
  sql: 'insert into counted values (1);--> statement-breakpoint\ninsert into counted values (2);',
};

describe('migrating', () => {
  test('eight starts at once apply each migration once', async ({ emptyUrl }) => {
    const folder = await folderOf(first, second);

    await Promise.all(Array.from({ length: 8 }, () => migrate(emptyUrl, folder)));

    expect(await rows(emptyUrl, 'select n from counted order by n')).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await rows(emptyUrl, 'select created_at::int as at from drizzle.__drizzle_migrations order by 1')).toEqual([
      { at: 1_000 },
      { at: 2_000 },
    ]);
  });

  test('only what is missing is applied', async ({ emptyUrl }) => {
    await migrate(emptyUrl, await folderOf(first));
    await migrate(emptyUrl, await folderOf(first, second));
    await migrate(emptyUrl, await folderOf(first, second));

    expect(await rows(emptyUrl, 'select n from counted order by n')).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test('a failing migration changes nothing and can be tried again', async ({ emptyUrl }) => {
    const broken = {
      when: 2_000,
      sql: 'insert into counted values (1);--> statement-breakpoint\nselect no_such_thing;',
    };
    await expect(migrate(emptyUrl, await folderOf(first, broken))).rejects.toThrow();
    expect(await rows(emptyUrl, "select to_regclass('counted') as counted")).toEqual([{ counted: null }]);

    await migrate(emptyUrl, await folderOf(first, second));

    expect(await rows(emptyUrl, 'select n from counted order by n')).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test('a database that newer code has migrated is refused', async ({ emptyUrl }) => {
    await migrate(emptyUrl, await folderOf(first, second));

    await expect(migrate(emptyUrl, await folderOf(first))).rejects.toThrow(/newer version of the bot/);
  });

  test('the lock is free afterwards, also after a failure', async ({ emptyUrl }) => {
    await expect(migrate(emptyUrl, await folderOf({ when: 1, sql: 'nonsense' }))).rejects.toThrow();

    expect(
      await rows(
        emptyUrl,
        "select 1 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
      ),
    ).toEqual([]);
  });
});

test('a server older than PostgreSQL 15 is refused by its number', () => {
  expect(() => refuseOldServer(14)).toThrow(/PostgreSQL 14.*15 or newer/);
  expect(() => refuseOldServer(15)).not.toThrow();
});

test('an unreachable server is an error, not a wait', async () => {
  await expect(migrate('postgres://nobody@localhost/none?host=/no/such/folder')).rejects.toThrow(/ENOENT/);
});

test('the migrations of this checkout arrive whole, and their times strictly rise', async ({ emptyUrl }) => {
  const journal: { entries: { when: number }[] } = JSON.parse(await readFile('migrations/meta/_journal.json', 'utf8'));
  const times = journal.entries.map(({ when }) => when);

  await migrate(emptyUrl);

  const applied = await rows(emptyUrl, 'select created_at::text as at from drizzle.__drizzle_migrations order by id');
  expect(applied.map(({ at }) => Number(at))).toEqual(times);
  // drizzle silently skips a migration that is older than the last applied one.
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
});

async function folderOf(...migrations: Migration[]): Promise<string> {
  const temporary = await temporaryFolder();
  onTestFinished(() => temporary[Symbol.asyncDispose]());
  const folder = temporary.path;
  const entries = migrations.map(({ when }, idx) => ({ idx, version: '7', when, tag: `${idx}`, breakpoints: true }));
  await mkdir(join(folder, 'meta'));
  await writeFile(join(folder, 'meta/_journal.json'), JSON.stringify({ version: '7', dialect: 'postgresql', entries }));
  await Promise.all(migrations.map(({ sql }, idx) => writeFile(join(folder, `${idx}.sql`), sql)));
  return folder;
}

async function rows(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const sql = postgres(...connect(url, { max: 1, fetch_types: false, onnotice: () => {} }));
  return [...(await sql.unsafe(statement).finally(() => sql.end({ timeout: 5 })))];
}
