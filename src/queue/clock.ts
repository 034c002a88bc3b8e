import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '#src/domain/log.ts';
import { makeComplain } from './complaints.ts';

type Step = { readonly name: string; readonly everyMs: number; run(): Promise<{ readonly again: boolean }> };

/**
 * Runs each step at its interval, at once again when it says there is more, until stopped. Steps wait for nobody: a
 * failing or slow one never delays the others. A failure is logged and tried again at the next beat.
 */
export function startClock(steps: readonly Step[], log: Log): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const complain = makeComplain(log);
  const loops = steps.map((step) => loop(step, stopping.signal, complain));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

type Complain = ReturnType<typeof makeComplain>;

async function loop({ name, everyMs, run }: Step, signal: AbortSignal, complain: Complain): Promise<void> {
  while (!signal.aborted) {
    const again = await run().then(
      (outcome) => outcome.again,
      (error: unknown) => {
        complain(error, 'sweep step failed', { step: name });
        return false;
      },
    );
    if (!again) await sleep(everyMs, undefined, { signal }).catch(ignoreAbort);
  }
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
}
