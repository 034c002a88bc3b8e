import type { Log } from '#src/domain/log.ts';

/** For what is read before an answer, which is due in 3 s. */
const patienceMs = 1_500;

/** What was read, or 'away' where it is not there in time or cannot be had. */
export function readInTime<T>(reading: Promise<T>, log: Log): Promise<T | 'away'> {
  const read = reading.catch((error: unknown) => {
    log.warn({ err: error }, 'not read for an answer');
    return 'away' as const;
  });
  return within(read, patienceMs).then((outcome) => (outcome === 'slow' ? 'away' : outcome));
}

/** What comes of a promise in this time, or 'slow'; the promise goes on. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | 'slow'> {
  let timer: NodeJS.Timeout | undefined;
  const slow = new Promise<'slow'>((resolve) => {
    timer = setTimeout(() => resolve('slow'), ms);
  });
  try {
    return await Promise.race([promise, slow]);
  } finally {
    clearTimeout(timer);
  }
}
