import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { StartFault } from '#src/domain/start-fault.ts';
import { connect, type Sql } from './database.ts';

const ours = fileURLToPath(new URL('../../migrations', import.meta.url));
const oldestServer = 15;
/** Any fixed number: it only has to be the same in every process that migrates this database. */
const lockKey = 1_802_269_294;
const lockPatience = '120s';
const lockNotAvailable = '55P03';

/**
 * Brings the database to the code's schema; safe to call from several processes at once. Throws, having changed nothing,
 * if the server is too old, if the database was migrated by newer code, or if the lock is not free for two minutes.
 */
export async function migrate(url: string, folder = ours): Promise<void> {
  const known = await readJournal(folder);
  // One connection for ever: the advisory lock belongs to the session.
  const sql = postgres(
    ...connect(url, { max: 1, connect_timeout: 5, max_lifetime: null, fetch_types: false, onnotice() {} }),
  );
  try {
    refuseOldServer(await serverMajor(sql));
    await lock(sql);
    await applyMissing(sql, known, folder);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** For a program that only reads: throws, worded for the operator, unless the database has the code's very schema. */
export async function requireMigrated(sql: Sql, folder = ours): Promise<void> {
  const [applied, known] = [await lastApplied(sql), await readJournal(folder)];
  refuseNewer(applied, known);
  if (applied === 0) throw new StartFault('There is nothing of the bot in this database yet');
  if (applied < newest(known)) {
    throw new StartFault(
      'The database is of an older version of the bot: start the bot once, and it is brought up to date',
    );
  }
}

function refuseNewer(applied: number, known: readonly number[]): void {
  if (applied > newest(known)) {
    throw new StartFault(
      'The database was migrated by a newer version of the bot: run that version, or use another database',
    );
  }
}

const newest = (known: readonly number[]) => Math.max(0, ...known);

async function applyMissing(sql: Sql, known: readonly number[], folder: string): Promise<void> {
  const applied = await lastApplied(sql);
  refuseNewer(applied, known);
  if (applied === newest(known)) return;

  // Loading drizzle takes longer than all the rest; a start that has nothing to apply does without.
  const { drizzle } = await import('drizzle-orm/postgres-js');
  const { migrate: apply } = await import('drizzle-orm/postgres-js/migrator');
  await apply(drizzle(sql), { migrationsFolder: folder });
}

async function lock(sql: Sql): Promise<void> {
  await sql`select set_config('lock_timeout', ${lockPatience}, false)`;
  try {
    await sql`select pg_advisory_lock(${lockKey})`;
  } catch (error) {
    if (!(error instanceof postgres.PostgresError) || error.code !== lockNotAvailable) throw error;
    throw new StartFault(`Another process has been migrating the database for ${lockPatience}`, { cause: error });
  }
  await sql`select set_config('lock_timeout', '0', false)`;
}

async function serverMajor(sql: Sql): Promise<number> {
  const [row] = await sql<{ major: number }[]>`select current_setting('server_version_num')::int / 10000 as major`;
  return row?.major ?? 0;
}

/** Throws, worded for the operator, if the bot's SQL would not run on a server of that major version. */
export function refuseOldServer(major: number): void {
  if (major < oldestServer) {
    throw new StartFault(`The database server is PostgreSQL ${major}; the bot needs ${oldestServer} or newer`);
  }
}

/** When the newest applied migration was made (milliseconds), 0 on an empty database. */
async function lastApplied(sql: Sql): Promise<number> {
  const [table] = await sql`select to_regclass('drizzle.__drizzle_migrations') is not null as present`;
  if (!table?.present) return 0;
  const [row] = await sql<{ last: string | null }[]>`select max(created_at) as last from drizzle.__drizzle_migrations`;
  return Number(row?.last ?? 0);
}

async function readJournal(folder: string): Promise<number[]> {
  const journal: unknown = JSON.parse(await readFile(`${folder}/meta/_journal.json`, 'utf8'));
  if (typeof journal !== 'object' || journal === null || !('entries' in journal) || !Array.isArray(journal.entries)) {
    throw new StartFault('migrations/meta/_journal.json has no entries');
  }
  return journal.entries.map((entry: { when: number }) => entry.when);
}
