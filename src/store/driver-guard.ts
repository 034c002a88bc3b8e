import { registerHooks } from 'node:module';

type Mend = { readonly file: string; readonly from: string; readonly to: string };

/**
 * What postgres.js 3.4.9 gets wrong when connections break; no release mends any of it. `test/store/driver-guard.test.ts`
 * shows each, and says when it can go.
 */
export const mends = {
  /**
   * It writes to a socket that is null, from a timer where nobody can catch it: the process ends (issues 1066, 1154).
   * Instead what it does for every other use of a socket that is gone: the statements waiting for it fail. The way there
   * that is known is a stray statement's, mended below.
   */
  nullSocket: {
    file: 'connection.js',
    from: 'function nextWrite(fn) {',
    to: `function nextWrite(fn) {
    if (socket === null) {
      chunk = nextWriteTimer = null
      error(Errors.connection('CONNECTION_CLOSED', options))
      return false
    }`,
  },
  /** What was unsent when a connection closed keeps the next one's first words back: it is dead for good. */
  unsentWords: {
    file: 'connection.js',
    from: 'clearImmediate(nextWriteTimer)\n    socket.removeListener',
    to: 'clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    socket.removeListener',
  },
  /** A connection that the server ended with an error begins its next life with that error: whatever waits for it fails. */
  oldError: {
    file: 'connection.js',
    from: 'needsTypes = options.fetch_types\n      statementId',
    to: 'query = results = errorResponse = null\n      needsTypes = options.fetch_types\n      statementId',
  },
  /** A `reserve` in line is given to a connection that closed, and forgotten when that is open again (issue 1195). */
  reserveInLine: {
    file: 'index.js',
    from: 'queries.length && connect(c, queries.shift())',
    to: `if (queries.length) {
      const next = queries.shift()
      next.reserve && queries.push(next)
      connect(c, next)
    }`,
  },
  /** A `reserve` that was told of a failure stays in line, and takes a connection that nobody gives back. */
  reserveThatFailed: {
    file: 'index.js',
    from: 'const query = { reserve: resolve, reject }',
    to: 'const query = { reserve: resolve, reject: (error) => (queries.remove(query), reject(error)) }',
  },
  /** A transaction whose connection closed goes on with that connection's next life, each statement on its own. */
  strayStatement: {
    file: 'index.js',
    from: 'const sql = Sql(handler)\n      sql.savepoint',
    to: `const held = c.reserved
      const sql = Sql((q) => held && c.reserved === held ? handler(q)
        : (q.catch(() => {}), q.reject(Errors.connection('CONNECTION_CLOSED', options, options))))
      sql.savepoint`,
  },
  /** The same with a reserved connection; and giving it back takes it from whoever has it now (pull request 1168). */
  lateRelease: {
    file: 'index.js',
    from: 'const sql = Sql(handler)\n    sql.release = () => {',
    to: `const held = c.reserved
    const sql = Sql((q) => c.reserved === held ? handler(q)
      : (q.catch(() => {}), q.reject(Errors.connection('CONNECTION_CLOSED', options, options))))
    sql.release = () => {
      if (c.reserved !== held) return`,
  },
} satisfies { readonly [name: string]: Mend };

/** Mends the driver as it is loaded. A version that reads otherwise is left as it is. */
export function guardDriver(list: readonly Mend[] = Object.values(mends)): void {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const own = list.filter(({ file }) => url.endsWith(`/postgres/src/${file}`));
      if (own.length === 0 || loaded.source == null) return loaded;
      const source = Buffer.from(loaded.source as Uint8Array).toString();
      // By function: a replacement's `$` would mean something.
      return { ...loaded, source: own.reduce((text, { from, to }) => text.replace(from, () => to), source) };
    },
  });
}
