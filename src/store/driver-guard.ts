import { registerHooks } from 'node:module';

const start = 'function nextWrite(fn) {';
/** What the driver does for every other use of a socket that is gone: the statements waiting for it fail. */
const guard = `
    if (socket === null) {
      chunk = nextWriteTimer = null
      error(Errors.connection('CONNECTION_CLOSED', options))
      return false
    }`;

/**
 * postgres.js 3.4.9 writes to a socket that is null when a connection breaks inside a transaction (its own rollback),
 * from a timer where nobody can catch it: the process ends (porsager/postgres issues 1066, 1154, 1208; no release has
 * the fix). The guard is put in as the driver is loaded. A version that reads otherwise is left as it is, and
 * `test/store/driver-guard.test.ts` says whether it still needs this.
 */
export function guardDriver(): void {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.endsWith('/postgres/src/connection.js') || loaded.source == null) return loaded;
      return {
        ...loaded,
        source: Buffer.from(loaded.source as Uint8Array)
          .toString()
          .replace(start, `${start}${guard}`),
      };
    },
  });
}
