import type { Logger } from 'pino';
import type { Lifetime } from './lifetime.ts';
import { explainFailedStart } from './start-report.ts';

/** Compose, systemd and Kubernetes give ten seconds or more. */
const mostMs = 9_500;

/** How this process ends: closed in order, within 10 s. 0 after a signal, 1 after what it cannot go on from. */
export function makeEnding(lifetime: Lifetime) {
  let log: Logger | undefined;
  let isEnding = false;

  async function end(code: number): Promise<never> {
    isEnding = true;
    setTimeout(() => process.exit(code), mostMs).unref();
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
        void end(0);
      };
      process.on('SIGTERM', stop).on('SIGINT', stop);
    },

    fail(error: unknown): void {
      // Parts that a stop closed under a start still under way fail; that is no news.
      if (isEnding) return;
      process.stderr.write(`${explainFailedStart(error)}\n`);
      void end(1);
    },
  };
}
