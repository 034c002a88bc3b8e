import { expect } from 'vitest';
import type { World } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import type { AtCommit } from './point.ts';
import { sessionsOf } from './sessions.ts';
import { patienceMs } from './time.ts';
import type { Trap } from './trap.ts';

// Two keys: a space of its own, apart from the one-key locks of the product.
const [room, key] = [1967, 23];

/**
 * A trigger that waits for a lock: deferred, at the very end of the transaction, when its commit has been asked for
 * already. Freed, it commits though its client is dead; that is no race, since a server process notices a dead client
 * only when it next reads from it.
 */
export async function trapCommit(world: World, { on, event, when = 'true', fate, also }: AtCommit): Promise<Trap> {
  const { sql } = world.database;
  const holder = await sql.reserve();
  await holder`select pg_advisory_lock(${room}, ${key})`;
  await sql.unsafe(`
    create function crash_wait() returns trigger language plpgsql as
      $$ begin perform pg_advisory_xact_lock(${room}, ${key}); return null; end $$;
    create constraint trigger crash after ${event} on ${await tableOf(world, on)}
      ${fate === 'halfway' ? 'not deferrable' : 'deferrable initially deferred'}
      for each row when (${when}) execute function crash_wait()`);

  let caught: string | undefined;
  return {
    async reached(asked) {
      await eventually(
        async () => {
          const [waiting] = await sql<{ xid: string }[]>`
          select backend_xid::text as xid from pg_locks join pg_stat_activity using (pid)
          where locktype = 'advisory' and classid = ${room} and objid = ${key} and not granted
            and datname = current_database() and backend_xid is not null`;
          caught = waiting?.xid;
          return caught !== undefined && also?.(asked) !== false;
        },
        `a transaction at ${event} on ${on} when ${when}`,
        patienceMs,
      );
    },
    async spring() {
      const sessions = sessionsOf(world);
      if (fate === 'undone') await sessions.end();
      await holder`select pg_advisory_unlock(${room}, ${key})`;
      holder.release();
      await sessions.ended();
      await sql`drop function crash_wait() cascade`;
      const [row] = await sql<{ status: string }[]>`select pg_xact_status(${caught ?? ''}::xid8) as status`;
      expect(row?.status).toBe(fate === 'unheard' ? 'committed' : 'aborted');
    },
    async release() {},
  };
}

async function tableOf({ database: { sql } }: World, on: AtCommit['on']): Promise<string> {
  if (!on.endsWith(' jobs')) return on;
  const [queue] = await sql<{ tableName: string }[]>`
    select table_name from pgboss.queue where name = ${on.replace(' jobs', '')}`;
  return `pgboss.${queue?.tableName}`;
}
