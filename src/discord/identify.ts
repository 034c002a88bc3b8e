import { setTimeout as sleep } from 'node:timers/promises';
import { type IIdentifyThrottler, type REST, Routes } from 'discord.js';
import { z } from 'zod';
import type { Log } from '#src/domain/log.ts';
import { untilAnswered } from './until-answered.ts';

const Limit = z.object({
  session_start_limit: z.object({ total: z.number(), remaining: z.number(), reset_after: z.number() }),
});

/** Discord asks for 5 s between two IDENTIFYs (discord.md §5). */
const leastGapMs = 5_000;
const mostGapMs = 10 * 60_000;
/** After so long without one, the next is the first again. */
const calmMs = 30 * 60_000;
/** Of 1000 a day, 5 are never used: another process may identify at the same moment. */
const reserve = 1 / 200;
/** The clock of the limit is looked at again at least this often. */
const longestSleepMs = 60 * 60_000;

/**
 * Decides when the gateway client may IDENTIFY. Discord counts these, and whoever reaches the 1,000 of a day loses all
 * sessions and the token (discord.md §5): so never the last few, and ever more rarely while one does not lead to peace.
 */
export class IdentifyThrottle implements IIdentifyThrottler {
  readonly #bot: REST;
  readonly #log: Log;
  readonly #stopping: AbortSignal;
  #turn: Promise<void> = Promise.resolve();
  #lastAt = Number.NEGATIVE_INFINITY;
  #gapMs = leastGapMs;

  constructor(bot: REST, log: Log, stopping: AbortSignal) {
    this.#bot = bot;
    this.#log = log;
    this.#stopping = stopping;
  }

  /**
   * One after the other, whatever their shard. Rejects only if the connection is gone; while the bot stops it is never a
   * shard's turn. Any other rejection would have the client go on without a connection.
   */
  async waitForIdentify(_shardId: number, signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#stopping]);
    const mine = this.#turn.then(() => this.#pass(either));
    this.#turn = mine.catch(() => {});
    await mine.catch((error: unknown) => {
      if (signal.aborted) throw error;
      return new Promise<never>(() => {});
    });
  }

  async #pass(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const pauseMs = this.#lastAt + this.#gapMs - Date.now();
    if (pauseMs > 0) {
      const seconds = Math.ceil(pauseMs / 1000);
      if (pauseMs > leastGapMs) this.#log.warn({ seconds }, `the gateway starts no session; next try in ${seconds} s`);
      await sleep(pauseMs, undefined, { signal });
    }
    // A refused token is for the gateway to tell.
    await this.#budget(signal).catch(() => signal.throwIfAborted());
    this.#gapMs = Date.now() - this.#lastAt > calmMs ? leastGapMs : Math.min(this.#gapMs * 2, mostGapMs);
    this.#lastAt = Date.now();
  }

  /** Waits until more sessions may be started than must be left over. Rejects if Discord refuses the token. */
  waitForBudget(): Promise<void> {
    return this.#budget(this.#stopping);
  }

  async #budget(signal: AbortSignal): Promise<void> {
    for (;;) {
      const { total, remaining, reset_after } = await this.#limit(signal);
      if (remaining > Math.floor(total * reserve)) return;
      const resetsAt = new Date(Date.now() + reset_after).toISOString();
      this.#log.error(
        { remaining, total, resetsAt },
        `only ${remaining} of today's ${total} gateway sessions are left: waiting until ${resetsAt}, since Discord resets the token of a bot that uses all`,
      );
      await sleep(Math.min(reset_after + 1_000, longestSleepMs), undefined, { signal });
    }
  }

  async #limit(signal: AbortSignal) {
    const call = () => this.#bot.get(Routes.gatewayBot(), { signal });
    const answer = await untilAnswered(call, { log: this.#log, what: 'where the gateway is', signal });
    return Limit.parse(answer).session_start_limit;
  }
}
