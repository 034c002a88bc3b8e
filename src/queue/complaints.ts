import type { Log } from '#src/domain/log.ts';

const againMs = 60_000;
const mostKinds = 1_000;

/**
 * Says of a failure that goes on, such as of a database that is away, what it is once a minute. What comes in between
 * is for whoever debugs.
 */
export function makeComplain(log: Log, now: () => number = Date.now) {
  const told = new Map<string, number>();

  return function complain(error: unknown, message: string, fields: object = {}): void {
    const code = codeOf(error);
    const kind = `${message} ${JSON.stringify(fields)} ${code}`;
    const isNews = now() - (told.get(kind) ?? Number.NEGATIVE_INFINITY) >= againMs;
    if (!isNews) {
      log.debug({ err: error, ...fields }, message);
      return;
    }
    if (told.size >= mostKinds) told.clear();
    told.set(kind, now());
    log.warn({ err: error, code, ...fields }, message);
  };
}

/** pg-boss tells its errors as plain objects, of which the log would say nothing. */
function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' && /^\w{1,40}$/.test(error.code) ? error.code : null;
}
