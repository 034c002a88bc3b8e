import type { Db } from 'pg-boss';
import postgres, { type ReservedSql, type Sql, type TransactionSql } from 'postgres';

/**
 * pg-boss over postgres.js. Statements without values may hold several, with begin and commit among them, so they run
 * in the simple protocol on a connection of their own.
 */
export function bossDatabase(sql: Sql): Db {
  return {
    async executeSql(text, values) {
      if (values !== undefined && values.length > 0) return { rows: await sql.unsafe(text, values as never[]) };
      const connection = await sql.reserve();
      try {
        const results: unknown = await connection.unsafe(text).simple();
        connection.release();
        return { rows: Array.isArray(results) && Array.isArray(results[0]) ? results.flat() : (results as unknown[]) };
      } catch (error) {
        // A script that failed half-way leaves its transaction open, and the connection goes back to the pool. One that
        // broke is back there already, perhaps in other hands: it must be neither used nor released.
        if (isSaid(error)) await rollBack(connection).then(connection.release, () => {});
        throw error;
      }
    },
    async listen(channel, onNotification, onReconnect) {
      const { unlisten } = await sql.listen(channel, onNotification, onReconnect);
      return { close: unlisten };
    },
  };
}

/** pg-boss inside a transaction of ours: its jobs commit and roll back with it. */
export function inTransaction(tx: TransactionSql): Db {
  return {
    async executeSql(text, values) {
      return { rows: await tx.unsafe(text, (values ?? []) as never[]) };
    },
  };
}

const rollBack = (connection: ReservedSql) => connection.unsafe('rollback').simple();

/** The server's own no to a statement, after which the connection goes on; FATAL ends it. */
function isSaid(error: unknown): boolean {
  return error instanceof postgres.PostgresError && error.severity === 'ERROR';
}
