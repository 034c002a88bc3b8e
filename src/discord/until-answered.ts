import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '#src/domain/log.ts';
import { backoff } from '#src/domain/schedule.ts';
import { failureOf, isPassing } from './failures.ts';

type Settings = {
  readonly log: Log;
  /** For the log, as in "Discord does not answer: …". */
  readonly what: string;
  readonly signal: AbortSignal;
};

/**
 * Calls Discord until it answers, for hours if need be: whoever gives up would only be started again, into the same
 * outage. What Discord refuses is thrown, and so is an abort.
 */
export async function untilAnswered<T>(call: () => Promise<T>, { log, what, signal }: Settings): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const answer = await call();
      if (attempt > 0) log.info({}, `Discord answers again: ${what}`);
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      if (!isPassing(error)) throw error;
      const waitMs = Math.max(backoff(attempt, Math.random(), 1_000, 30_000), failureOf(error).retryAfterMs ?? 0);
      const again = `asking again in ${Math.ceil(waitMs / 1000)} s`;
      log.warn({ err: error }, `Discord does not answer (it is looked for at DISCORD_API_URL): ${what}; ${again}`);
      await sleep(waitMs, undefined, { signal });
    }
  }
}
