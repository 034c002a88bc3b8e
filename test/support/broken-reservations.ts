import { setTimeout as sleep } from 'node:timers/promises';
import { guardDriver } from '#src/store/driver-guard.ts';

// A process of its own: `node broken-reservations.ts URL adminUrl [unguarded]`. Says how many of a pool's connections
// can still be reserved after reservations that failed, and after one that waited while a connection broke.
const [url = '', adminUrl = '', mode] = process.argv.slice(2);
if (mode !== 'unguarded') guardDriver();
const { openDatabase } = await import('#src/store/database.ts');
const admin = openDatabase(adminUrl, { max: 1 });
const name = new URL(url).pathname.slice(1);
const connections = 2;

const failed = openDatabase(url, { max: connections });
await admin.sql`alter database ${admin.sql(name)} allow_connections false`;
for (let one = 0; one < connections; one += 1) await failed.sql.reserve().catch(() => {});
await admin.sql`alter database ${admin.sql(name)} allow_connections true`;
const afterFailures = await countReserved(failed.sql);

const waited = openDatabase(url, { max: connections });
const held = await Promise.all(Array.from({ length: connections }, () => waited.sql.reserve()));
const waiting = waited.sql.reserve();
await Promise.all(held.map((one) => one`select pg_terminate_backend(pg_backend_pid())`.catch(() => {})));
const isServed = await Promise.race([
  waiting.then(
    () => true,
    () => false,
  ),
  sleep(2_000, false),
]);

process.stdout.write(`${afterFailures} of ${connections}, and the waiting one is ${isServed ? 'served' : 'not'}\n`);
process.exit();

async function countReserved(sql: typeof failed.sql): Promise<number> {
  const wanted = Array.from({ length: connections }, () => sql.reserve());
  const outcomes = wanted.map((one) =>
    Promise.race([
      one.then(
        () => 1,
        () => 0,
      ),
      sleep(2_000, 0),
    ]),
  );
  return (await Promise.all(outcomes)).reduce((sum, one) => sum + one, 0);
}
