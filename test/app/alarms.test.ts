import { describe, expect } from 'vitest';
import { makeTellAlarms } from '#src/app/alarms.ts';
import type { Alarm } from '#src/domain/alarms.ts';
import { newWish, openTestStore, type TestStore, test } from '#test/store.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A worker that tells by `tell`, and what it told. */
function worker(store: TestStore, tell: (alarm: Alarm) => Promise<void> = async () => {}) {
  const told: string[] = [];
  const tellAlarms = makeTellAlarms({
    ...store,
    log: silent,
    async tell(alarm) {
      await tell(alarm);
      told.push('subject' in alarm.facts ? alarm.facts.subject : alarm.kind);
    },
  });
  return { told, tellAlarms };
}

async function exhaust(store: TestStore): Promise<void> {
  await store.acceptAll([newWish(), newWish(), newWish()]);
}

describe('operators are told of a budget that is used up', () => {
  test('once, by whichever of many workers', async ({ database }) => {
    const store = openTestStore(database, { budget: 90 });
    await exhaust(store);
    const workers = Array.from({ length: 8 }, () => worker(store));

    await Promise.all(workers.map(({ tellAlarms }) => tellAlarms()));
    await exhaust(store);
    await Promise.all(workers.map(({ tellAlarms }) => tellAlarms()));

    expect(workers.flatMap(({ told }) => told)).toEqual(['bot']);
  });

  test('again later if they could not be told, or if who was telling died', async ({ database }) => {
    const store = openTestStore(database, { budget: 90 });
    await exhaust(store);
    const failing = worker(store, () => Promise.reject(new Error('no channel')));
    const next = worker(store);

    await failing.tellAlarms();
    await next.tellAlarms();
    expect(next.told).toEqual([]);
    await database.sql`update alarms set due_at = due_at - interval '1 minute'`;
    await next.tellAlarms();
    await database.sql`update alarms set due_at = due_at - interval '1 hour'`;
    await next.tellAlarms();

    expect(next.told).toEqual(['bot']);
  });

  test('at the next period anew', async ({ database }) => {
    const store = openTestStore(database, { budget: 90 });
    await exhaust(store);
    const { told, tellAlarms } = worker(store);
    await tellAlarms();
    // The alarm of another period has another key.
    await database.sql`update alarms set key = replace(key, '20', '19')`;

    await exhaust(store);
    await tellAlarms();

    expect(told).toEqual(['bot', 'bot']);
  });
});
