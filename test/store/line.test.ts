import { describe, expect } from 'vitest';
import { sendDecision } from '#src/domain/schedule.ts';
import { openDatabase } from '#src/store/database.ts';
import { account, age, newAct, newWish, openTestStore, test } from '#test/store.ts';

const person = (index: number) => `2000000000000000${String(index).padStart(2, '0')}`;

describe('the line', () => {
  test('holds back what is unanswered or whose images are not there yet', async ({ store }) => {
    await store.accept();
    const bare = await store.accept({ body: null });
    await store.answer(bare);

    expect(await store.fill()).toEqual([]);

    await store.freeze(bare.id, '{"model":"x"}');
    expect(await store.fill()).toEqual([bare.id]);
    expect(await store.found(bare.id)).toMatchObject({ status: 'submitting', body: '{"model":"x"}' });
  });

  test('gives a free slot to a ready task with its answer; one that is not ready is woken for what it lacks', async ({
    store,
  }) => {
    const ready = await store.accept();
    const bare = await store.accept({ body: null });
    const answer = (taskId: string) => ({
      taskId,
      messageId: '300000000000000001',
      isPrivate: false,
      shown: 'accepted',
    });

    await store.markAnswered([answer(ready.id), answer(bare.id)]);

    expect(await store.found(ready.id)).toMatchObject({ status: 'submitting' });
    expect(await store.found(bare.id)).toMatchObject({ status: 'accepted' });
    expect(store.jobs.toSorted((a, b) => a.taskId.localeCompare(b.taskId))).toEqual(
      [ready.id, bare.id].toSorted().map((taskId) => ({ queue: 'submit', taskId })),
    );
  });

  test('wakes nobody for a ready task that has to wait', async ({ database }) => {
    const store = openTestStore(database, {}, { perUser: 1, whole: 1 });
    await store.render();
    const next = await store.accept();
    store.jobs.length = 0;

    await store.markAnswered([
      { taskId: next.id, messageId: '300000000000000001', isPrivate: false, shown: 'accepted' },
    ]);

    expect(store.jobs).toEqual([]);
    expect(await database.sql`select from tasks where id = ${next.id} and wake_at is not null`).toHaveLength(0);
  });

  test('gives a user no more slots than their limit, and the whole bot no more than its own', async ({ database }) => {
    const store = openTestStore(database, {}, { perUser: 2, whole: 3 });
    for (let index = 0; index < 4; index += 1) await store.answer(await store.accept({ userId: person(1) }));
    await store.answer(await store.accept({ userId: person(2) }));
    await store.answer(await store.accept({ userId: person(3) }));

    const first = await store.fill();
    const second = await store.fill();

    expect(first).toHaveLength(3);
    expect(second).toEqual([]);
  });

  test('goes round over users, oldest first within one', async ({ database }) => {
    const store = openTestStore(database, {}, { perUser: 10, whole: 4 });
    const mine: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const task = await store.accept({ userId: person(1) });
      await store.answer(task);
      mine.push(task.id);
    }
    const other = await store.accept({ userId: person(2) });
    await store.answer(other);

    const taken = await store.fill();

    expect(new Set(taken)).toEqual(new Set([mine[0], mine[1], mine[2], other.id]));
  });

  test('with one slot goes round all the same: who was served longest ago comes next', async ({ database }) => {
    const store = openTestStore(database, {}, { perUser: 1, whole: 1 });
    const served = [await store.render({ userId: person(1) })];
    for (const who of [1, 1, 2, 2, 3]) await store.answer(await store.accept({ userId: person(who) }));

    for (let turn = 0; turn < 5; turn += 1) {
      await store.fail(served.at(-1)?.id ?? '', { code: 'generation_failed', message: null });
      const [now] = await database.sql<{ id: string }[]>`select id from tasks where status = 'submitting'`;
      served.push(await store.found(now?.id ?? ''));
    }

    expect(served.map(({ userId }) => userId)).toEqual([1, 2, 3, 1, 2, 1].map(person));
  });

  test('a task that ends gives its slot to the next in the same transaction', async ({ database }) => {
    const store = openTestStore(database, {}, { perUser: 3, whole: 1 });
    const first = await store.render({ userId: person(1) });
    const next = await store.accept({ userId: person(2) });
    await store.answer(next);
    expect(await store.fill()).toEqual([]);

    await store.fail(first.id, { code: 'generation_failed', message: null });

    expect(await store.found(next.id)).toMatchObject({ status: 'submitting' });
    expect(store.jobs).toContainEqual({ queue: 'submit', taskId: next.id });
  });

  test('never gives a slot away twice, however many fill at once', async ({ databaseUrl, database, store }) => {
    for (let index = 0; index < 30; index += 1) await store.answer(await store.accept({ userId: person(index) }));
    const pools = Array.from({ length: 8 }, () => openDatabase(databaseUrl, { max: 1 }));

    const taken = await Promise.all(pools.map((pool) => openTestStore(pool, {}, { perUser: 3, whole: 7 }).fill()));
    await Promise.all(pools.map((pool) => pool.close()));

    expect(taken.flat()).toHaveLength(7);
    expect(new Set(taken.flat()).size).toBe(7);
    const [busy] = await database.sql`select count(*)::int as tasks from tasks where status = 'submitting'`;
    expect(busy?.tasks).toBe(7);
  });

  test('stands still while the provider has asked everybody to wait', async ({ database, store }) => {
    const task = await store.accept();
    await store.answer(task);
    expect(await store.heldOffMs()).toBe(0);
    await store.holdOff(300_000);

    expect(await store.fill()).toEqual([]);
    await store.holdOff(1);
    expect(await store.fill()).toEqual([]);
    expect(await store.heldOffMs()).toBeGreaterThan(200_000);
    await database.sql`update pacing set hold_off_until = now() - interval '1 s'`;
    expect(await store.heldOffMs()).toBe(0);
    expect(await store.fill()).toEqual([task.id]);
  });
});

describe('a paused bot', () => {
  const words = { credits: null, reason: 'Back at noon.' };
  const hour = 60 * 60_000;

  test('accepts nothing new, but knows what it accepted before', async ({ database, store }) => {
    const wish = newWish();
    await store.acceptAll([wish]);
    await store.setRule(newAct('pause', 'bot'), 'pause', words);

    const [again, other] = await store.acceptAll([newWish({ origin: wish.origin }), newWish()]);

    expect(again).toMatchObject({ accepted: { id: wish.id }, isNew: false });
    expect(other).toEqual({ refused: 'paused', message: 'Back at noon.' });
    expect(await account(database, 'bot')).toEqual({ held: 90, spent: 0 });
  });

  test('gives no slot away, whatever frees one or is answered; what is at the provider ends and is shown', async ({
    database,
  }) => {
    const store = openTestStore(database, {}, { perUser: 3, whole: 1 });
    const rendering = await store.render({ userId: person(1) });
    const waiting = await store.accept({ userId: person(2) });
    await store.answer(waiting);
    const unanswered = await store.accept({ userId: person(3) });
    await store.setRule(newAct('pause', 'bot'), 'pause', words);
    store.jobs.length = 0;

    await store.succeed(rendering.id, 90, ['https://media.example/v.mp4']);
    await store.markAnswered([
      { taskId: unanswered.id, messageId: '300000000000000001', isPrivate: false, shown: 'accepted' },
    ]);
    expect(await store.fill()).toEqual([]);
    expect(await store.fillLine()).toEqual([]);

    expect(await store.found(rendering.id)).toMatchObject({ status: 'succeeded', delivery: 'pending' });
    expect(store.jobs).toEqual([{ queue: 'deliver', taskId: rendering.id }]);
    for (const { id } of [waiting, unanswered]) expect((await store.found(id)).status).toBe('accepted');
  });

  test('goes on where it stood: the line keeps its order, and the first have their slots at once', async ({
    database,
  }) => {
    const store = openTestStore(database, {}, { perUser: 3, whole: 2 });
    const line: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      const task = await store.accept({ userId: person(index) });
      await store.answer(task);
      line.push(task.id);
    }
    await store.setRule(newAct('pause', 'bot'), 'pause', words);
    for (const id of line) await age(database, id, 30 * hour);
    store.jobs.length = 0;

    await store.setRule(newAct('resume', 'bot'), 'pause', null);

    expect(store.jobs).toEqual(expect.arrayContaining(line.slice(0, 2).map((taskId) => ({ queue: 'submit', taskId }))));
    expect(store.jobs).toHaveLength(2);
    const [first = ''] = line;
    // However long it waited: the day in which a create may be sent begins with its slot.
    expect(sendDecision(await store.found(first))).toBe('send');
    expect((await store.acceptAll([newWish()]))[0]).toHaveProperty('accepted');
  });

  test('has given away no slot once the pause is set, however many are filling at that moment', async ({
    databaseUrl,
    database,
    store,
  }) => {
    for (let index = 0; index < 20; index += 1) await store.answer(await store.accept({ userId: person(index) }));
    const pools = Array.from({ length: 12 }, () => openDatabase(databaseUrl, { max: 1 }));
    const count = async () => {
      const [row] = await database.sql<{ tasks: number }[]>`
        select count(*)::int as tasks from tasks where status = 'submitting'`;
      return row?.tasks;
    };

    const fills = pools.map((pool, index) => openTestStore(pool, {}, { perUser: 3, whole: index + 1 }).fill());
    await store.setRule(newAct('pause', 'bot'), 'pause', words);
    const atPause = await count();
    await Promise.all(fills);
    await Promise.all(pools.map((pool) => pool.close()));

    expect(await count()).toBe(atPause);
  });
});

describe('sending', () => {
  test('is stored before it happens, and not begun while everybody waits', async ({ database, store }) => {
    const task = await store.accept();
    await store.answer(task);
    await store.fill();

    const sending = await store.beginSend(task.id, 60_000, 'a');
    await store.holdOff(60_000);
    const held = await store.beginSend(task.id, 60_000, 'a');

    expect(sending).toMatchObject({ unsureSends: 1, attempt: 1 });
    expect(sending?.firstSentAt).toEqual(sending?.lastSentAt);
    expect(held).toBeNull();
    await store.forgetSend(task.id);
    expect((await store.found(task.id)).unsureSends).toBe(0);
    expect(await database.sql`select from tasks where wake_at is null`).toHaveLength(0);
  });

  test('keeps the frozen body whatever comes later', async ({ store }) => {
    const task = await store.accept({ body: '{"b": 1,  "a":2}' });

    await store.freeze(task.id, '{}');

    expect((await store.found(task.id)).body).toBe('{"b": 1,  "a":2}');
  });
});

describe('images', () => {
  test('each is stored as soon as it is uploaded, and Discord’s link goes', async ({ store }) => {
    const images = [
      { name: 'a.png', url: 'https://cdn.example/a', size: 3 },
      { name: 'b.png', url: 'https://cdn.example/b', size: 4 },
    ];
    const request = { model: 'kling-3-0', prompt: 'a fox', settings: {}, images };
    const task = await store.accept({ request, body: null });

    await store.saveUpload(task.id, 1, { name: 'b.png', url: 'https://files.example/b', mimeType: 'image/png' });

    expect((await store.found(task.id)).images).toEqual([
      { name: 'a.png', size: 3, discordUrl: 'https://cdn.example/a' },
      {
        name: 'b.png',
        size: 4,
        uploaded: { name: 'b.png', url: 'https://files.example/b', mimeType: 'image/png' },
      },
    ]);
  });

  test.for(['canceled', 'failed'] as const)('one %s with them keeps no link of Discord', async (status, { store }) => {
    const images = ['a', 'b', 'c'].map((name) => ({
      name: `${name}.png`,
      url: `https://cdn.example/${name}`,
      size: 3,
    }));
    const request = { model: 'kling-3-0', prompt: 'a fox', settings: {}, images };
    const task = await store.accept({ request, body: null });
    const uploaded = { name: 'b.png', url: 'https://files.example/b', mimeType: 'image/png' };
    await store.saveUpload(task.id, 1, uploaded);

    if (status === 'canceled') await store.cancelUnanswered(task.id);
    else await store.fail(task.id, { code: 'image_type', message: 'a.png' });

    expect(await store.found(task.id)).toMatchObject({ status });
    expect((await store.found(task.id)).images).toEqual([
      { name: 'a.png', size: 3 },
      { name: 'b.png', size: 3, uploaded },
      { name: 'c.png', size: 3 },
    ]);
  });
});
