import { describe, expect } from 'vitest';
import { openDatabase } from '#src/store/database.ts';
import { age, openTestStore, test } from '#test/store.ts';

describe('the clock over renders', () => {
  test('claims each due render for one worker only, and again when the lease is over', async ({
    databaseUrl,
    database,
    store,
  }) => {
    for (let index = 0; index < 12; index += 1) {
      await store.render({ userId: `2000000000000000${String(index).padStart(2, '0')}` });
    }
    const pools = Array.from({ length: 6 }, () => openDatabase(databaseUrl, { max: 1 }));

    const claimed = await Promise.all(pools.map((pool) => openTestStore(pool).claimDue(5, 60_000)));
    const [first] = claimed.flat();
    if (first !== undefined) await age(database, first.id, 61_000);
    const again = await store.claimDue(5, 60_000);
    await Promise.all(pools.map((pool) => pool.close()));

    expect(claimed.flat()).toHaveLength(12);
    expect(new Set(claimed.flat().map(({ id }) => id)).size).toBe(12);
    expect(again.map(({ id }) => id)).toEqual([first?.id]);
  });

  test('a claimant that lost its lease writes no time', async ({ database, store }) => {
    const task = await store.render();
    const [old] = await store.claimDue(1, 60_000);
    await age(database, task.id, 61_000);
    const [fresh] = await store.claimDue(1, 60_000);

    await store.schedule([{ taskId: task.id, attempt: old?.attempt ?? -1, afterMs: 0 }]);
    const stolen = await store.claimDue(1, 60_000);
    await store.schedule([{ taskId: task.id, attempt: fresh?.attempt ?? -1, afterMs: -1_000 }]);
    const due = await store.claimDue(1, 60_000);

    expect(stolen).toEqual([]);
    expect(due).toHaveLength(1);
  });

  test('knows what such renders usually take once five have been seen', async ({ database, store }) => {
    const task = await store.render({ userId: '200000000000000099' });
    for (let index = 0; index < 5; index += 1) {
      expect((await store.usualMs([task.id])).size).toBe(0);
      const past = await store.render({ userId: `2000000000000000${String(index).padStart(2, '0')}` });
      await database.sql`update tasks set rendering_at = now() - ${index + 1} * interval '10 s' where id = ${past.id}`;
      await store.succeed(past.id, 90, ['https://media.example/v.mp4']);
    }

    const usual = await store.usualMs([task.id]);

    expect(Math.round((usual.get(task.id) ?? 0) / 1000)).toBe(30);
  });
});

describe('wakes', () => {
  test('a pending delivery is woken for delivery, a submission for submission', async ({ database, store }) => {
    const done = await store.render();
    await store.succeed(done.id, 90, ['https://media.example/v.mp4']);
    const sending = await store.accept();
    await store.answer(sending);
    await store.fill();
    store.jobs.length = 0;
    for (const { id } of [done, sending]) await age(database, id, 61_000);

    await store.wakeDue(10);

    expect(new Set(store.jobs.map(({ queue, taskId }) => `${queue} ${taskId}`))).toEqual(
      new Set([`deliver ${done.id}`, `submit ${sending.id}`]),
    );
  });

  test('tokens go when they are of no more use: dead, or delivered', async ({ database, store }) => {
    const late = await store.render();
    const done = await store.render();
    await store.succeed(done.id, 90, ['https://media.example/v.mp4']);
    await age(database, late.id, 16 * 60_000);

    await store.dropDeadTokens();
    await store.markDelivered(done.id, 'reply', null);

    expect((await store.found(late.id)).reply.token).toBeNull();
    expect(await store.found(done.id)).toMatchObject({ delivery: 'delivered', reply: { token: null } });
  });

  test('what is left is shown for the present period, bonus included', async ({ database }) => {
    const store = openTestStore(database, { quota: 200 });
    await database.sql`insert into accounts (owner, purse, granted) values ('user:200000000000000001', 'bonus', 15)`;
    await store.accept();

    expect(await store.creditsLeft({ userId: '200000000000000001', allowance: 200 })).toBe(125);
    expect(await store.creditsLeft({ userId: '200000000000000002', allowance: null })).toBe(200);
    expect(await store.hasOwnCredits('200000000000000001')).toBe(true);
    expect(await store.hasOwnCredits('200000000000000002')).toBe(false);
  });
});
