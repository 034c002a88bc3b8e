import type postgres from 'postgres';
import type { Sql } from './database.ts';
import { isConnectionFailure } from './pulse.ts';

export type Reserved = postgres.ReservedSql;

/**
 * A transaction in two round trips where the driver's own takes four: `begin` goes out with what `read` asks, `commit`
 * right behind the one statement that `write` makes of it (none: null). Should that statement fail, PostgreSQL turns
 * the commit into a rollback. Somebody is waiting for an answer on this path; elsewhere `sql.begin` is as good.
 */
export async function inTwoTrips<R, Row extends readonly postgres.MaybeRow[]>(
  sql: Sql,
  read: (tx: Reserved) => Promise<R>,
  write: (tx: Reserved, found: R) => postgres.PendingQuery<Row> | null,
): Promise<Row | null> {
  const tx = await sql.reserve();
  try {
    // `execute`: a query is sent when it is awaited, and that would be after those of `read`.
    const begun = tx`begin`.execute();
    const [, found] = await Promise.all([begun, read(tx)]);
    const written = write(tx, found)?.execute() ?? null;
    const [rows] = await Promise.all([written, tx`commit`.execute()]);
    tx.release();
    return rows;
  } catch (error) {
    // A connection that broke is back in the pool already, perhaps in other hands: it must be neither used nor released.
    if (!isConnectionFailure(error)) await tx`rollback`.then(tx.release, () => {});
    throw error;
  }
}
