import { describe, expect } from 'vitest';
import { openDatabase } from '#src/store/database.ts';
import { unbalanced } from '#test/books.ts';
import { account, newWish, openTestStore, test } from '#test/store.ts';

const user = '200000000000000001';

describe('accepting', () => {
  test('makes a task with its credits held on the member and on the budget', async ({ database, store }) => {
    const task = await store.accept();

    expect(task).toMatchObject({ status: 'accepted', heldCredits: 90, answeredAt: null, delivery: 'none' });
    expect(await account(database, `user:${user}`)).toEqual({ held: 90, spent: 0 });
    expect(await account(database, 'bot')).toEqual({ held: 90, spent: 0 });
    expect(await unbalanced(database)).toEqual([]);
    expect(store.jobs).toEqual([]);
  });

  test('gives the same task for the same origin, now, later and within one batch', async ({ database, store }) => {
    const wish = newWish();
    const again = newWish({ origin: wish.origin });

    const [first, twin] = await store.acceptAll([wish, again]);
    const [later] = await store.acceptAll([newWish({ origin: wish.origin })]);
    const [retried] = await store.acceptAll([wish]);

    expect(first).toMatchObject({ accepted: { id: wish.id }, isNew: true });
    expect(twin).toMatchObject({ accepted: { id: wish.id }, isNew: false });
    expect(later).toMatchObject({ accepted: { id: wish.id }, isNew: false });
    expect(retried).toMatchObject({ accepted: { id: wish.id }, isNew: true });
    expect(await account(database, 'bot')).toEqual({ held: 90, spent: 0 });
  });

  test('keeps images that lie at the provider already as they lie there', async ({ store }) => {
    const used = { name: 'a.png', size: 3, uploaded: { name: 'a.png', url: 'https://x/1', mimeType: 'image/png' } };
    const offered = { name: 'b.png', size: 4, url: 'https://cdn/b.png', contentType: 'image/png' };

    const task = await store.accept({ request: { ...newWish().request, images: [used, offered] } });

    expect(task.images).toEqual([
      { ...used, isUsed: true },
      { name: 'b.png', size: 4, discordUrl: 'https://cdn/b.png' },
    ]);
  });

  test('gives the same task to eight processes that accept one origin at once', async ({ databaseUrl, database }) => {
    const origin = 'the-same-interaction';
    const pools = Array.from({ length: 8 }, () => openDatabase(databaseUrl, { max: 1 }));
    const stores = pools.map((pool) => openTestStore(pool));

    const outcomes = await Promise.all(stores.map((store) => store.acceptAll([newWish({ origin })])));
    await Promise.all(pools.map((pool) => pool.close()));

    const ids = new Set(outcomes.flat().map((outcome) => ('accepted' in outcome ? outcome.accepted.id : 'refused')));
    expect(ids.size).toBe(1);
    expect(outcomes.flat().filter((outcome) => 'accepted' in outcome && outcome.isNew)).toHaveLength(1);
    expect(await account(database, 'bot')).toEqual({ held: 90, spent: 0 });
  });

  test('refuses beyond the quota with the exact figures and the renewal, and holds nothing', async ({ database }) => {
    const store = openTestStore(database, { quota: 100 });
    await store.accept();

    const [outcome] = await store.acceptAll([newWish()]);

    const [clock] = await database.sql<{ renews: Date }[]>`
      select (date_trunc('day', now() at time zone 'utc') + interval '1 day') at time zone 'utc' as renews`;
    expect(outcome).toEqual({ refused: 'quota', cost: 90, left: 10, quota: 100, renewsAt: clock?.renews });
    expect(await account(database, `user:${user}`)).toEqual({ held: 90, spent: 0 });
  });

  test('counts within one batch too: of ten wishes at once only as many pass as fit', async ({ database }) => {
    const store = openTestStore(database, { quota: 300 });

    const outcomes = await store.acceptAll(Array.from({ length: 10 }, () => newWish()));

    expect(outcomes.filter((outcome) => 'accepted' in outcome)).toHaveLength(3);
    expect(await account(database, `user:${user}`)).toEqual({ held: 270, spent: 0 });
  });

  test('refuses beyond the budget of the whole bot', async ({ database }) => {
    const store = openTestStore(database, { budget: 200 });
    await store.accept({ userId: '200000000000000001' });
    await store.accept({ userId: '200000000000000002' });

    const [outcome] = await store.acceptAll([newWish({ userId: '200000000000000003' })]);

    expect(outcome).toMatchObject({ refused: 'budget', cost: 90, left: 20 });
    expect(await account(database, 'user:200000000000000003')).toEqual({ held: 0, spent: 0 });
  });

  test('refuses when the line is full', async ({ database }) => {
    const store = openTestStore(database, { maxWaiting: 2 });
    await store.accept();
    await store.accept();

    const [outcome] = await store.acceptAll([newWish()]);

    expect(outcome).toEqual({ refused: 'line-full', maxWaiting: 2 });
  });

  test('takes the allowance first, then the bonus, one line per purse', async ({ database }) => {
    const store = openTestStore(database, { quota: 50 });
    await database.sql`insert into accounts (owner, purse, granted) values (${`user:${user}`}, 'bonus', 60)`;

    const task = await store.accept();

    const lines = await database.sql`select purse = 'bonus' as bonus, amount from ledger
      where task_id = ${task.id} and owner like 'user:%' order by 1`;
    expect(lines.map(({ bonus, amount }) => ({ bonus, amount }))).toEqual([
      { bonus: false, amount: 50 },
      { bonus: true, amount: 40 },
    ]);
  });

  test('lets people without an allowance spend their bonus and nothing else', async ({ database, store }) => {
    await database.sql`insert into accounts (owner, purse, granted) values (${`user:${user}`}, 'bonus', 100)`;

    const [first, second] = await store.acceptAll([newWish({ hasAllowance: false }), newWish({ hasAllowance: false })]);

    expect(first).toHaveProperty('accepted');
    expect(second).toMatchObject({ refused: 'quota', left: 10, quota: 0 });
  });

  test('holds the last price that the provider showed for the same settings', async ({ database, store }) => {
    await store.render({}, 45);
    const other = newWish();

    const same = await store.accept();
    const different = await store.accept({ request: { ...other.request, settings: { mode: 'std', duration: '5' } } });

    expect(same.heldCredits).toBe(45);
    expect(different.heldCredits).toBe(90);
    expect(await unbalanced(database)).toEqual([]);
  });

  test('a hold that crosses the end of its period is settled in the period that it was taken from', async ({
    database,
    store,
  }) => {
    const task = await store.render();
    // Yesterday's purse: the period ends between hold and settlement.
    await database.sql`update ledger set purse = '2026-01-01'`;
    await database.sql`update accounts set purse = '2026-01-01'`;

    await store.succeed(task.id, 90, ['https://media.example/v.mp4']);
    const next = await store.accept();

    const rows =
      await database.sql`select purse, held, spent from accounts where owner = ${`user:${user}`} order by purse`;
    expect(rows.map(({ purse, held, spent }) => [purse === '2026-01-01', held, spent])).toEqual([
      [true, 0, 90],
      [false, 90, 0],
    ]);
    expect(next.heldCredits).toBe(90);
    expect(await unbalanced(database)).toEqual([]);
  });
});
