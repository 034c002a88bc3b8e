import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { test as base, inject } from 'vitest';
import { connect, type Database, openDatabase } from '#src/store/database.ts';
import { named } from './database-url.ts';

export type TestDatabase = AsyncDisposable & { readonly url: string };

/** A fresh clone of the migrated template, dropped on disposal with whoever is still connected to it. */
export async function createDatabase(template = inject('template')): Promise<TestDatabase> {
  const adminUrl = inject('adminUrl');
  const name = `kling_test_${randomUUID().replaceAll('-', '')}`;
  await clone(adminUrl, name, template);
  return {
    url: named(adminUrl, name),
    [Symbol.asyncDispose]: () => onServer(adminUrl, (sql) => sql`drop database if exists ${sql(name)} with (force)`),
  };
}

/** `databaseUrl`: a database of the test's own; `database`: the same, open; `emptyUrl`: one without any table. */
export const test = base.extend<{ databaseUrl: string; database: Database; emptyUrl: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern which fixtures this one needs
  databaseUrl: async ({}, use) => {
    await using created = await createDatabase();
    await use(created.url);
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  emptyUrl: async ({}, use) => {
    await using created = await createDatabase('template0');
    await use(created.url);
  },
  database: async ({ databaseUrl }, use) => {
    await using database = openDatabase(databaseUrl);
    await use(database);
  },
});

/** PostgreSQL lets only one session clone a template at a time, and files run side by side. */
async function clone(adminUrl: string, name: string, template: string): Promise<void> {
  await onServer(adminUrl, async (sql) => {
    await sql`select pg_advisory_lock(1)`;
    // A copy of files takes half the time, but costs a checkpoint: four times as long where that waits for the disk.
    const [safe] = await sql`select 1 where current_setting('fsync') = 'on'`;
    await sql`create database ${sql(name)} template ${sql(template)} strategy ${sql(safe ? 'wal_log' : 'file_copy')}`;
  });
}

async function onServer(adminUrl: string, work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(...connect(adminUrl, { max: 1, connect_timeout: 5, fetch_types: false, onnotice: () => {} }));
  await work(sql).finally(() => sql.end({ timeout: 5 }));
}
