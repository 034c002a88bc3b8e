import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from '#src/store/database.ts';
import { guardDriver, mends } from '#src/store/driver-guard.ts';

// A process of its own: `node broken-connection.ts URL SCENE [MEND…]`. Breaks connections under a driver that lacks
// these mends, and prints what came of it.
const [url = '', scene = '', ...lacking] = process.argv.slice(2);
guardDriver(Object.entries(mends).flatMap(([name, mend]) => (lacking.includes(name) ? [] : [mend])));
const { connect, openDatabase } = await import('#src/store/database.ts');
const { default: postgres } = await import('postgres');
const admin = openDatabase(url, { max: 1 });

const pool = (max: number, to = url) =>
  postgres(...connect(to, { max, connect_timeout: 3, backoff: 0.05, onnotice: () => {} } as never));
const end = (pid: number | undefined) => admin.sql`select pg_terminate_backend(${pid ?? 0}, 5000)`;
const myPid = async (sql: Sql) => (await sql<{ pid: number }[]>`select pg_backend_pid() as pid`)[0]?.pid;
const ask = (sql: Sql, times: number) =>
  Promise.allSettled(Array.from({ length: times }, () => sql`select pg_sleep(0.05), pg_backend_pid() as pid`));
const answered = (all: readonly PromiseSettledResult<unknown>[]) =>
  all.filter(({ status }) => status === 'fulfilled').length;
const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'failed');

/** The server behind a port of our own, where each connection may be cut. */
async function behindProxy(cut: (socket: Socket, count: number) => boolean) {
  const [, options] = connect(url, {});
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    count += 1;
    sockets.add(socket.on('error', () => {}));
    if (cut(socket, count)) return;
    const { hostname, port } = new URL(url);
    const target = options.path ? dial(String(options.path)) : dial(Number(port), hostname);
    socket.pipe(target.on('error', () => {})).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const there = new URL(connect(url, {})[0]);
  there.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: there.href, sockets };
}

const scenes: { readonly [name: string]: () => Promise<string> } = {
  /** The server process of a transaction ends. */
  async transaction() {
    const { sql } = openDatabase(url, { max: 2 });
    const broken = sql.begin(async (tx) => {
      const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
      const waiting = Promise.all([tx`select pg_sleep(20)`, tx`select 1`]);
      waiting.catch(() => {});
      await sql`select pg_terminate_backend(${row?.pid ?? 0})`;
      await waiting;
    });
    const outcome = await broken.then(() => 'committed', codeOf);
    // The pool may hand the dead connection out once more, as any other that broke just now: those statements fail, no others.
    await ask(sql, 8);
    return `${outcome}, then ${answered(await ask(sql, 8))} answers`;
  },

  /** The one connection ends while a `reserve` waits for it. */
  async 'reserve in line'() {
    const sql = pool(1);
    const first = await sql.reserve();
    const [row] = await first<{ pid: number }[]>`select pg_backend_pid() as pid`;
    const second = sql.reserve();
    await end(row?.pid);
    return (await second)`select 1`.then(() => 'reserved');
  },

  /** Of two connections that are made for a `reserve` each, the second fails, then the first succeeds. */
  async 'reserve that failed'() {
    const proxy = await behindProxy((socket, count) => {
      if (count === 2) socket.resetAndDestroy();
      return count === 2;
    });
    const sql = pool(2, proxy.url);
    const first = sql.reserve();
    await sql.reserve().catch(codeOf);
    (await first).release();
    await sleep(500);
    const pids = new Set<unknown>();
    for (const one of await ask(sql, 6)) if (one.status === 'fulfilled') pids.add(one.value[0]?.pid);
    return `${pids.size} connections`;
  },

  /** A connection ends in the middle of a statement. */
  async 'old error'() {
    const sql = pool(1);
    const pid = await myPid(sql);
    const broken = sql`select pg_sleep(20)`.catch(() => {});
    await sleep(100);
    await end(pid);
    await broken;
    await sleep(100);
    return `${answered(await ask(sql, 3))} answers`;
  },

  /** A reserved connection ends and is given back after that. */
  async 'late release'() {
    const sql = pool(1);
    const reserved = await sql.reserve();
    const [row] = await reserved<{ pid: number }[]>`select pg_backend_pid() as pid`;
    await end(row?.pid);
    await reserved`select 1`.catch(() => {});
    await sleep(100);
    reserved.release();
    return `${answered(await ask(sql, 3))} answers`;
  },

  /** A transaction goes on without noticing that its connection was replaced by another. */
  async 'stray statement'() {
    await admin.sql`create table stray (n int)`;
    const sql = pool(1);
    const broken = sql.begin(async (tx) => {
      await end(await myPid(tx as unknown as Sql));
      await sql`select 1`.catch(() => sql`select 1`);
      await tx`insert into stray values (1)`;
    });
    await broken.catch(() => {});
    await sleep(500);
    const rows = await admin.sql`select from stray`;
    return `${rows.length} rows`;
  },

  /** Two connections end at once, and what waited for the one is tried on the other. */
  async 'unsent words'() {
    const proxy = await behindProxy(() => false);
    const sql = pool(2, proxy.url);
    for (let round = 0; round < 6; round += 1) {
      await ask(sql, 2);
      const again = sql`select pg_sleep(20)`.catch(() => sql`select 1`).catch(codeOf);
      await sleep(50);
      const sockets = [...proxy.sockets].filter(({ destroyed }) => !destroyed);
      for (const socket of round % 2 === 0 ? sockets : sockets.reverse()) socket.destroy();
      await again;
      await ask(sql, 2);
    }
    return `${answered(await ask(sql, 4))} answers`;
  },
};

const never = setTimeout(() => finish('never'), 8_000);
await finish(await (scenes[scene]?.() ?? 'no such scene'));

async function finish(outcome: string): Promise<never> {
  clearTimeout(never);
  await new Promise<void>((resolve) => process.stdout.write(`${outcome}\n`, () => resolve()));
  process.exit(0);
}
