import type { Sql } from '#src/store/database.ts';

/** Keeps every acceptance waiting, as a database under strain would, until released. */
export async function holdAccounts(sql: Sql): Promise<{ release(): Promise<void> }> {
  await sql`insert into accounts (owner, purse) values ('bot', to_char(now() at time zone 'utc', 'YYYY-MM-DD')) on conflict do nothing`;
  const connection = await sql.reserve();
  await connection`begin`;
  await connection`select from accounts for update`;
  return {
    async release() {
      await connection`rollback`;
      connection.release();
    },
  };
}
