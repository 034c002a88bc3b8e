import type { Alarm } from '#src/domain/alarms.ts';
import type { Log } from '#src/domain/log.ts';

type Ports = {
  readonly log: Log;
  claimAlarms(count: number): Promise<readonly Alarm[]>;
  markTold(key: string): Promise<void>;
  /** Tells the operators; throws if they cannot be told now, and then they are told later. */
  tell(alarm: Alarm): Promise<void>;
};

const atOnce = 10;

/** Tells operators what was raised for them, each alarm once unless a crash comes between telling and writing that down. */
export function makeTellAlarms({ log, claimAlarms, markTold, tell }: Ports) {
  return async function tellAlarms(): Promise<{ again: boolean }> {
    const due = await claimAlarms(atOnce);
    for (const alarm of due) {
      try {
        await tell(alarm);
        log.error({ alarm: alarm.kind, ...alarm.facts }, words[alarm.kind]);
        await markTold(alarm.key);
      } catch (error) {
        log.warn({ err: error, alarm: alarm.key }, 'alarm not told');
      }
    }
    return { again: due.length === atOnce };
  };
}

const words = {
  budget: 'a budget is used up for this period',
  balance: 'the provider account has few credits left',
  uncertain: 'a task may have been made without our knowing',
  report: 'a video was reported',
  key: 'nothing can be made before the bot has a new RIVYA_API_KEY',
} as const satisfies Record<Alarm['kind'], string>;
