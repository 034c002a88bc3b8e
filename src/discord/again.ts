import type { Press } from './calls.ts';
import { createdAt } from './interaction.ts';
import { within } from './within.ts';

type Ports = {
  /** The origin of what *Again* on this task made for the member within this time of a moment. */
  againNear(taskId: string, userId: string, at: Date, ms: number): Promise<string | null>;
};

const togetherMs = 5_000;
/** Each for the press before, and for a look at what it made; the answer is due in 3 s. */
const patienceMs = 500;

/** Presses of *Again* by one member on one task that are at most 5 s apart are one wish. */
export function makeAgain({ againNear }: Ports) {
  const latest = new Map<string, Promise<void>>();

  /** One after the other, since the second finds just what the first has made. Other processes see them in the same order. */
  function inTurn({ userId }: Press, taskId: string, run: () => Promise<void>): Promise<void> {
    const key = `${taskId}:${userId}`;
    const running = within(latest.get(key) ?? Promise.resolve(), patienceMs).then(run);
    // Its failure is told where `running` goes; here it only ends a turn.
    const ended: Promise<void> = running
      .catch(() => undefined)
      .then(() => {
        if (latest.get(key) === ended) latest.delete(key);
      });
    latest.set(key, ended);
    return running;
  }

  /** That of the press shortly before, if it made something; else its own, which is the same for whoever sees it. */
  async function againOrigin({ id, userId }: Press, taskId: string): Promise<string> {
    const at = createdAt(id);
    // A database that fails here fails the wish itself a moment later, and says so there.
    const near = againNear(taskId, userId, at, togetherMs).catch(() => null);
    const own = `again:${taskId}:${userId}:${Math.floor(at.getTime() / togetherMs)}`;
    const found = await within(near, patienceMs);
    return found === null || found === 'slow' ? own : found;
  }

  return { inTurn, againOrigin };
}
