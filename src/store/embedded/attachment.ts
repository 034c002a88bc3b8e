import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { backoff } from '#src/domain/schedule.ts';
import { connect } from '../database.ts';
import { isConnectionFailure } from '../pulse.ts';

/**
 * One process's presence at the server: a shared advisory lock on a connection of its own. The server itself drops it
 * with the process, however that dies, and whoever gets the exclusive lock knows that nobody else is there.
 */
export type Attachment = {
  readonly url: string;
  /** Gives up the presence; true if this was the last one, and then nobody can attach until `close`. */
  leave(): Promise<boolean>;
  close(): Promise<void>;
};

const presence = 1_802_269_295;
const holdAgainMs = { first: 500, most: 5_000 };
const leavePatienceMs = 5_000;

/**
 * Throws a connection failure while the server is not up or is going down. A presence that is lost later is taken again
 * for as long as it takes; before each try, `revive` looks after the server and never throws.
 */
export async function attach(socketFolder: string, revive: () => Promise<void>): Promise<Attachment> {
  const leaving = new AbortController();
  let isHeld = false;
  let holding: Promise<void> | undefined;
  const options = { max: 1, connect_timeout: 5, max_lifetime: null, backoff: false, fetch_types: false, onnotice() {} };
  const sql = postgres(...connect(serverUrl(socketFolder, 'postgres'), { ...options, onclose: holdAgain }));

  async function hold(): Promise<void> {
    await sql`select pg_advisory_lock_shared(${presence})`;
    isHeld = true;
  }

  // The server may be gone, or one of its processes crashed: then it drops all sessions, and goes on.
  function holdAgain(): void {
    if (!isHeld) return;
    isHeld = false;
    holding = untilHeld(leaving.signal);
  }

  async function untilHeld(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted && !isHeld; attempt += 1) {
      const waitMs = backoff(attempt, Math.random(), holdAgainMs.first, holdAgainMs.most);
      await sleep(waitMs, undefined, { ref: false, signal }).catch(() => {});
      if (!signal.aborted) await revive();
      if (!signal.aborted) await hold().catch(() => {});
    }
  }

  async function close(): Promise<void> {
    leaving.abort();
    await sql.end({ timeout: 0 });
  }

  try {
    await hold();
    await createDatabase(sql, 'kling');
  } catch (error) {
    await close();
    throw error;
  }

  return {
    url: serverUrl(socketFolder, 'kling'),
    leave: async () => {
      leaving.abort();
      // A server that is being started would outlive us.
      await holding;
      const hanging = setTimeout(close, leavePatienceMs);
      return isLast(sql).finally(() => clearTimeout(hanging));
    },
    close,
  };
}

/** For the database `name` of the server whose socket is in that folder. */
export function serverUrl(socketFolder: string, name: string): string {
  return `postgres://postgres@localhost:5432/${name}?${new URLSearchParams({ host: socketFolder })}`;
}

async function isLast(sql: postgres.Sql): Promise<boolean> {
  try {
    // Given up first: two that kept theirs while asking would both be refused, and the server would stay.
    await sql`select pg_advisory_unlock_shared(${presence})`;
    const [row] = await sql<{ last: boolean }[]>`select pg_try_advisory_lock(${presence}) as last`;
    return row?.last ?? false;
  } catch (error) {
    if (isConnectionFailure(error)) return false;
    throw error;
  }
}

async function createDatabase(sql: postgres.Sql, name: string): Promise<void> {
  const [present] = await sql`select 1 from pg_database where datname = ${name}`;
  if (present) return;
  try {
    await sql`create database ${sql(name)}`;
  } catch (error) {
    // Two attached at once: whichever way the other's success shows, the database is there.
    if (error instanceof postgres.PostgresError && ['42P04', '23505'].includes(error.code)) return;
    throw error;
  }
}
