import postgres from 'postgres';

/** A look into the embedded server's database beside the bot, over its unix socket. */
export function openSide(stack: AsyncDisposableStack, sockets: string): postgres.Sql {
  const path = `${sockets}/.s.PGSQL.5432`;
  const sql = postgres({ path, user: 'postgres', database: 'kling', max: 1, onnotice: () => {} });
  stack.defer(() => sql.end({ timeout: 1 }));
  return sql;
}
