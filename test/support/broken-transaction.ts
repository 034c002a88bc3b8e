import { guardDriver } from '#src/store/driver-guard.ts';

// A process of its own: `node broken-transaction.ts URL [unguarded]`. Its transaction's server process is ended under it.
const [url = '', mode] = process.argv.slice(2);
if (mode !== 'unguarded') guardDriver();
const { openDatabase } = await import('#src/store/database.ts');
const database = openDatabase(url, { max: 2 });
const { sql } = database;

const broken = sql.begin(async (tx) => {
  const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const waiting = Promise.all([tx`select pg_sleep(20)`, tx`select 1`]);
  waiting.catch(() => {});
  await sql`select pg_terminate_backend(${row?.pid ?? 0})`;
  await waiting;
});
const outcome = await broken.then(
  () => 'committed',
  (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'failed'),
);
// The pool may hand the dead connection out once more, as any other that broke just now: those statements fail, no others.
const ask = () => Promise.allSettled(Array.from({ length: 8 }, () => sql<{ one: number }[]>`select 1 as one`));
await ask();
const answers = await ask();
process.stdout.write(`${outcome}, then ${answers.filter(({ status }) => status === 'fulfilled').length} answers\n`);
await database.close();
