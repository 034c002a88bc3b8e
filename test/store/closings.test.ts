import { describe, expect } from 'vitest';
import { lockSlots } from '#src/store/line.ts';
import { unbalanced, unsettled } from '#test/books.ts';
import { eventually } from '#test/eventually.ts';
import { account, age, newWish, openTestStore, test } from '#test/store.ts';

const owner = 'user:200000000000000001';
const urls = ['https://media.example/v.mp4'];
const words = { code: 'generation_failed', message: 'no' };

describe('settling', () => {
  test.for([
    { reserved: 90, final: 90, spent: 90 },
    { reserved: 45, final: 45, spent: 45 },
    { reserved: 270, final: 270, spent: 270 },
    { reserved: 45, final: null, spent: 45 },
    { reserved: null, final: null, spent: 90 },
    { reserved: 90, final: 0, spent: 0 },
    { reserved: 90, final: 30, spent: 30 },
    { reserved: 90, final: 270, spent: 270 },
    { reserved: 0, final: 90, spent: 90 },
    { reserved: 0, final: null, spent: 0 },
  ])(
    'reserved $reserved, final $final: the member spends $spent of an allowance of 100',
    async (price, { database }) => {
      const store = openTestStore(database, { quota: 100 });
      const task = await store.render({}, price.reserved);

      await store.succeed(task.id, price.final, urls);

      expect(await account(database, owner)).toEqual({ held: 0, spent: price.spent });
      expect(await account(database, 'bot')).toEqual({ held: 0, spent: price.spent });
      expect(await store.found(task.id)).toMatchObject({ status: 'succeeded', delivery: 'pending' });
      expect(await unbalanced(database)).toEqual([]);
      expect(await unsettled(database)).toEqual([]);
    },
  );

  test('a price above the hold overdraws the allowance, and the next wish is refused', async ({ database }) => {
    const store = openTestStore(database, { quota: 100 });
    await store.render({}, 270);

    const [outcome] = await store.acceptAll([newWish()]);

    expect(await account(database, owner)).toEqual({ held: 270, spent: 0 });
    expect(outcome).toMatchObject({ refused: 'quota', left: 0 });
  });

  test('a price below the hold leaves room for another at once', async ({ database }) => {
    const store = openTestStore(database, { quota: 100 });
    await store.render({}, 45);

    const [second, third] = await store.acceptAll([newWish(), newWish()]);

    expect(second).toMatchObject({ accepted: { heldCredits: 45 } });
    expect(third).toMatchObject({ refused: 'quota', left: 10 });
  });

  test('gives bonus back first when a price that came from both purses shrinks', async ({ database }) => {
    const store = openTestStore(database, { quota: 50 });
    await database.sql`insert into accounts (owner, purse, granted) values (${owner}, 'bonus', 100)`;
    const task = await store.render();

    await store.succeed(task.id, 60, urls);

    const rows = await database.sql`select purse = 'bonus' as bonus, held, spent from accounts
      where owner = ${owner} order by 1`;
    expect(rows.map(({ bonus, held, spent }) => [bonus, held, spent])).toEqual([
      [false, 0, 50],
      [true, 0, 10],
    ]);
    expect(await unbalanced(database)).toEqual([]);
  });

  test('happens once, however many workers see the end at the same moment', async ({ database, store }) => {
    const task = await store.render();

    const closed = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        index % 2 === 0 ? store.succeed(task.id, 90, urls) : store.fail(task.id, words),
      ),
    );

    expect(closed.filter(Boolean)).toHaveLength(1);
    expect(store.jobs.filter(({ queue }) => queue === 'deliver')).toHaveLength(1);
    expect((await account(database, owner)).held).toBe(0);
    expect(await unsettled(database)).toEqual([]);
  });

  test('a failed render gives everything back; what the provider charged is a write-off', async ({
    database,
    store,
  }) => {
    const task = await store.render();

    await store.fail(task.id, words, 40);

    expect(await account(database, owner)).toEqual({ held: 0, spent: 0 });
    expect(await account(database, 'bot')).toEqual({ held: 0, spent: 40 });
    expect(await store.found(task.id)).toMatchObject({ status: 'failed', errorCode: 'generation_failed' });
    expect(await unbalanced(database)).toEqual([]);
  });

  test('after an uncertain spell a late success is free for the member and a write-off for the bot', async ({
    database,
    store,
  }) => {
    const task = await store.render();
    await store.doubt(task.id, { code: 'render_uncertain', message: null });
    expect(await account(database, owner)).toEqual({ held: 0, spent: 0 });
    const doubted = await store.found(task.id);

    await store.succeed(task.id, 90, urls);

    expect(doubted).toMatchObject({ status: 'uncertain', delivery: 'pending' });
    expect(await account(database, owner)).toEqual({ held: 0, spent: 0 });
    expect(await account(database, 'bot')).toEqual({ held: 0, spent: 90 });
    expect(await store.found(task.id)).toMatchObject({ status: 'succeeded', delivery: 'pending' });
    expect(await unbalanced(database)).toEqual([]);
    expect(await unsettled(database)).toEqual([]);
  });

  test('an uncertain render is looked at hourly, one without an id never', async ({ database, store }) => {
    const known = await store.render();
    await store.doubt(known.id, { code: 'render_uncertain', message: null });
    const unknown = await store.accept();
    await store.answer(unknown);
    await store.fill();
    await store.doubt(unknown.id, { code: 'send_uncertain', message: null });

    const rows = await database.sql<{ id: string; next: number | null }[]>`
      select id, extract(epoch from next_poll_at - now())::int as next from tasks`;

    const next = new Map(rows.map((row) => [row.id, row.next]));
    expect(next.get(known.id)).toBeGreaterThan(3_500);
    expect(next.get(unknown.id)).toBeNull();
  });
});

test('a task that ends while it stands in line waits for whoever gives slots away, and holds up nobody', async ({
  database,
  store,
}) => {
  const task = await store.accept();
  await store.answer(task);
  const filler = await database.sql.reserve();
  await filler`begin`;
  await lockSlots(filler as never);

  const failed = store.fail(task.id, words);
  await eventually(async () => {
    const waiting = await database.sql`select from pg_locks where locktype = 'advisory' and not granted`;
    return waiting.length > 0;
  }, 'the end to wait for the slots');
  // The filler takes the very task that ends: either may come first, but neither may wait for the other.
  await filler`update tasks set status = 'submitting', submitting_at = now() where id = ${task.id}`;
  await filler`commit`;
  filler.release();

  expect(await failed).toBe(true);
  expect(await store.found(task.id)).toMatchObject({ status: 'failed' });
  expect(await unbalanced(database)).toEqual([]);
});

describe('an unanswered task', () => {
  test('is canceled and released, once; an answered one is not', async ({ database, store }) => {
    const lost = await store.accept();
    const heard = await store.accept();
    await store.answer(heard);

    expect(await store.cancelUnanswered(lost.id)).toBe(true);
    expect(await store.cancelUnanswered(lost.id)).toBe(false);
    expect(await store.cancelUnanswered(heard.id)).toBe(false);
    expect(await account(database, owner)).toEqual({ held: 90, spent: 0 });
    expect(await store.found(lost.id)).toMatchObject({ status: 'canceled', reply: { token: null } });
    expect(await unsettled(database)).toEqual([]);
  });

  test('keeps its first answer and wakes once', async ({ store }) => {
    const task = await store.accept();
    const answer = { taskId: task.id, messageId: '1', isPrivate: true, shown: 'accepted' };

    const marked = await Promise.all([
      store.markAnswered([answer]),
      store.markAnswered([{ ...answer, messageId: '2' }]),
    ]);

    expect(marked.flat().filter(Boolean)).toHaveLength(1);
    expect(store.jobs).toEqual([{ queue: 'submit', taskId: task.id }]);
    expect((await store.found(task.id)).reply.isPrivate).toBe(true);
  });

  test('is woken after ten seconds, and not before', async ({ database, store }) => {
    const task = await store.accept();
    expect(await store.wakeDue(10)).toBe(0);

    await age(database, task.id, 10_100);

    expect(await store.wakeDue(10)).toBe(1);
    expect(store.jobs).toEqual([{ queue: 'submit', taskId: task.id }]);
  });
});
