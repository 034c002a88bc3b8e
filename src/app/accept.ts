import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '#src/domain/schedule.ts';
import type { Wish, WishOutcome } from '#src/domain/wish.ts';
import { makeBatch } from './batch.ts';

export type Acceptance = WishOutcome | { readonly refused: 'away' };

type Ports = {
  acceptAll(wishes: readonly Wish[]): Promise<readonly WishOutcome[]>;
  /** No connection, or the last statement failed for want of one a moment ago. */
  isAway(): boolean;
  /** The failure lies with the connection and not with what was asked. */
  isConnectionFault(error: unknown): boolean;
  /** The statement surely never reached the database. */
  isNotBegun(error: unknown): boolean;
  /** The process is about to end: nobody is left waiting without a word. */
  isStopping(): boolean;
};

/**
 * Accepts a wish or refuses it; same origin, same answer. While it is not known whether a transaction committed, it is
 * run again by the same origin until `until` or the end of the process, and never reported as refused; only then it throws.
 */
export function makeAccept({ acceptAll, isAway, isConnectionFault, isNotBegun, isStopping }: Ports) {
  const acceptOne = makeBatch(acceptAll, { isShared: isConnectionFault });

  return async function accept(wish: Wish, until: Date): Promise<Acceptance> {
    if (isAway()) return { refused: 'away' };
    // A frozen database fails no statement and answers none.
    const { promise: silence, reject } = Promise.withResolvers<never>();
    const giveUp = () => reject(new Error('the database has not said what became of it'));
    const timer = setTimeout(giveUp, Math.max(0, until.getTime() - Date.now()));
    try {
      return await Promise.race([acceptAgain(wish, until), silence]);
    } finally {
      clearTimeout(timer);
    }
  };

  async function acceptAgain(wish: Wish, until: Date): Promise<Acceptance> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await acceptOne(wish);
      } catch (error) {
        if (!isConnectionFault(error)) throw error;
        if (attempt === 0 && isNotBegun(error)) return { refused: 'away' };
        const waitMs = backoff(attempt, Math.random(), 200, 3000);
        if (isStopping() || Date.now() + waitMs > until.getTime()) throw error;
        await sleep(waitMs);
      }
    }
  }
}
