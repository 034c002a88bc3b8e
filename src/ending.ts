import type { Logger } from 'pino';
import type { Lifetime } from './lifetime.ts';
import { explainFailedStart } from './start-report.ts';

/** Who stops the bot kills it after ten seconds or more (compose, systemd, Kubernetes). */
const mostMs = 9_500;
/** Nobody waits where it ends by itself, and an embedded server that just starts must not outlive it. */
const mostAfterFailureMs = 90_000;

/** How this process ends: closed in order, with 0 within 10 s of a signal, with 1 after what it cannot go on from. */
export function makeEnding(lifetime: Lifetime) {
  let log: Logger | undefined;
  let isEnding = false;

  async function end(code: number, withinMs: number): Promise<never> {
    isEnding = true;
    setTimeout(() => process.exit(code), withinMs).unref();
    await lifetime.close((name, error) => log?.warn({ err: error, part: name }, 'not closed cleanly'));
    process.exit(code);
  }

  return {
    /** From here on the first signal closes in order and a second one ends the process at once. */
    heedSignals(given: Logger): void {
      log = given;
      const stop = (signal: NodeJS.Signals) => {
        if (isEnding) process.exit(1);
        given.info({ signal }, 'stopping');
        void end(0, mostMs);
      };
      process.on('SIGTERM', stop).on('SIGINT', stop);
    },

    fail(error: unknown): void {
      // Parts that a stop closed under a start still under way fail; that is no news.
      if (isEnding) return;
      process.stderr.write(`${explainFailedStart(error)}\n`);
      void end(1, mostAfterFailureMs);
    },
  };
}
