import { registerHooks } from 'node:module';

type Repair = { readonly file: string; readonly wrong: string; readonly right: string };

const repairs: readonly Repair[] = [
  {
    // A connection that breaks inside a transaction is written to once more (the driver's own rollback), from a timer
    // where nobody can catch it: the process ends. Now the statements that wait for the socket fail, as elsewhere.
    file: '/postgres/src/connection.js',
    wrong: 'function nextWrite(fn) {',
    right: `function nextWrite(fn) {
    if (socket === null) {
      chunk = nextWriteTimer = null
      error(Errors.connection('CONNECTION_CLOSED', options))
      return false
    }`,
  },
  {
    // A connection that the server ended with an error begins its next life with that error: whatever waits for it fails.
    file: '/postgres/src/connection.js',
    wrong: 'needsTypes = options.fetch_types\n      statementId',
    right: 'query = results = errorResponse = null\n      needsTypes = options.fetch_types\n      statementId',
  },
  {
    // A reservation that waits while a connection breaks leaves the line for its next life, and is never answered: it
    // stays, until it is served or fails.
    file: '/postgres/src/index.js',
    wrong: 'queries.length && connect(c, queries.shift())',
    right: `if (queries.length) {
      const next = queries.shift()
      next.reserve && queries.push(next)
      connect(c, next)
    }`,
  },
  {
    file: '/postgres/src/index.js',
    wrong: 'const query = { reserve: resolve, reject }',
    right: 'const query = { reserve: resolve, reject: (error) => { queries.remove(query); reject(error) } }',
  },
];

/**
 * Repairs postgres.js 3.4.9 as it is loaded (porsager/postgres issues 1066, 1154, 1208 for the first; no release has a
 * fix). A version that reads otherwise is left as it is, and `test/store/driver-guard.test.ts` says whether it still
 * needs this.
 */
export function guardDriver(): void {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const here = repairs.filter(({ file }) => url.endsWith(file));
      if (here.length === 0 || loaded.source == null) return loaded;
      const source = Buffer.from(loaded.source as Uint8Array).toString();
      return { ...loaded, source: here.reduce((text, { wrong, right }) => text.replace(wrong, right), source) };
    },
  });
}
