import type { Db } from 'pg-boss';

/** Several of the queue's rounds, which it makes each few seconds, so that one slow one is no outage. */
const silentMs = 30_000;

/** Listens to the database's answers to the queue: a queue that gets none does not run, whatever it looks like from here. */
export function hearing(database: Db, now: () => number = () => performance.now()) {
  let heardAt = Number.NEGATIVE_INFINITY;

  return {
    database: {
      ...database,
      async executeSql(text: string, values?: unknown[]) {
        const answer = await database.executeSql(text, values);
        heardAt = now();
        return answer;
      },
    },
    hasHeard: () => now() - heardAt < silentMs,
  };
}
