import { type Alarm, balanceAlarm, keyAlarm } from '#src/domain/alarms.ts';
import type { Log } from '#src/domain/log.ts';

/** Whether the provider would take a task now, as far as it is known here. */
export type Standing = 'ready' | 'key-refused' | 'no-credits';

type Ports = {
  readonly log: Log;
  readonly keyName: string;
  /** Operators are told below this. */
  readonly least: number;
  /** What a video costs at least. */
  readonly price: number;
  balance(): Promise<number>;
  isKeyRefused(): boolean;
  raiseAlarm(alarm: Alarm): Promise<void>;
  /** It is over: should it come again later, that is news. */
  endAlarm(key: string): Promise<void>;
};

const everyMs = 60_000;
/** While nothing can be made it should be known soon that it can again. */
const soonMs = 5_000;

/**
 * Watches the account that pays, in each process for itself, since an answer must not wait for a question about it. Told
 * of are those who can help, once; what is known here says no to members before anything is accepted.
 */
export function makeWatchAccount({ log, keyName, least, price, ...ports }: Ports) {
  let credits: number | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | null = null;
  let isPressing = false;

  function standing(): Standing {
    if (ports.isKeyRefused()) return 'key-refused';
    return credits !== null && credits < price ? 'no-credits' : 'ready';
  }

  /** Looks now; whoever asks while somebody looks has that look end and another begin. */
  async function look(): Promise<void> {
    isPressing = true;
    looking ??= lookOn().finally(() => {
      looking = null;
    });
    await looking;
  }

  async function lookOn(): Promise<void> {
    while (isPressing) {
      isPressing = false;
      lookedAt = performance.now();
      await lookOnce().catch((error: unknown) => log.warn({ err: error }, 'the provider account was not looked at'));
    }
  }

  async function lookOnce(): Promise<void> {
    try {
      credits = await ports.balance();
    } catch (error) {
      if (ports.isKeyRefused()) return ports.raiseAlarm(keyAlarm(keyName));
      throw error;
    }
    await ports.endAlarm(keyAlarm(keyName).key);
    const alarm = balanceAlarm(keyName, Math.floor(credits), least);
    await (credits < least ? ports.raiseAlarm(alarm) : ports.endAlarm(alarm.key));
  }

  return {
    standing,
    /** Of the account, as last known. */
    credits: () => credits,
    look,
    /** For a clock, which must not wait for the provider. */
    async step(): Promise<{ again: false }> {
      const isDue = performance.now() - lookedAt >= (standing() === 'ready' ? everyMs : soonMs);
      if (isDue && looking === null) void look();
      return { again: false };
    },
  };
}
