import { describe, expect } from 'vitest';
import type { Task } from '#src/domain/task.ts';
import { age, type TestStore, test } from '#test/store.ts';

const minute = 60_000;

describe('a reply is looked at', () => {
  test('ten seconds after its answer, and when the provider has it, but never twice within ten', async ({
    store,
    database,
  }) => {
    const task = await store.accept();
    await store.answer(task);
    expect(await store.showDue(10)).toBe(0);
    await age(database, task.id, 10_000);
    expect(await store.showDue(10)).toBe(1);
    const waiting = await store.found(task.id);
    await store.markShown(waiting, 'line-1', new Date(waiting.now.getTime() + 600_000));

    await store.fill();
    await store.beginSend(task.id, 60_000, 'key');
    await store.markRendering(task.id, 'render', 90, 0);

    expect(await store.showDue(10)).toBe(0);
    await age(database, task.id, 10_000);
    expect(await store.showDue(10)).toBe(1);
  });

  test('soon, if it moved while something else was being said', async ({ store, database }) => {
    const seen = await store.accept();
    await store.answer(seen);
    const waiting = await store.found(seen.id);
    await store.beginEdit(waiting);
    await store.fill();
    await store.beginSend(seen.id, 60_000, 'key');
    await store.markRendering(seen.id, 'render', 90, 0);

    await store.markShown(waiting, 'line-1', new Date(waiting.now.getTime() + 10 * minute));
    await age(database, seen.id, 10_000);

    expect(await store.showDue(10)).toBe(1);
  });

  test('no more, where nothing may be said any more, however it moves', async ({ store, database }) => {
    const task = await store.accept();
    await store.answer(task);
    await store.lookAgain(await store.found(task.id), null);

    await store.showPlaces();
    await store.fill();
    await store.beginSend(task.id, 60_000, 'key');
    await store.markRendering(task.id, 'render', 90, 0);
    await age(database, task.id, 5 * minute);

    expect(await store.showDue(10)).toBe(0);
  });

  test('two minutes before its token dies, and not before', async ({ store, database }) => {
    const task = await store.render();
    store.jobs.length = 0;
    await store.lookAgain(task, new Date(task.reply.tokenExpiresAt.getTime() - 2 * minute));
    await age(database, task.id, 12.9 * minute);
    expect(await store.showDue(10)).toBe(0);

    await age(database, task.id, 0.2 * minute);

    expect(await store.showDue(10)).toBe(1);
    expect(store.jobs).toEqual([{ queue: 'deliver', taskId: task.id }]);
    // A lease: made again only if the job is lost.
    expect(await store.showDue(10)).toBe(0);
    await age(database, task.id, 16_000);
    expect(await store.showDue(10)).toBe(1);
  });

  test('at once where it is not known what the answer says', async ({ store }) => {
    const task = await store.accept();
    await store.markAnswered([{ taskId: task.id, messageId: '1', isPrivate: true, shown: null }]);

    expect(await store.showDue(10)).toBe(1);
  });

  test('never after the outcome was shown', async ({ store, database }) => {
    const task = await store.render();
    await store.succeed(task.id, 90, ['https://media.example/film.mp4']);
    await store.markDelivered(task.id, 'reply', '1');
    await age(database, task.id, 20 * minute);

    expect(await store.showDue(10)).toBe(0);
  });

  test('a last time when no rung took the outcome and its token lives', async ({ store }) => {
    const task = await store.render();
    await store.succeed(task.id, 90, ['https://media.example/film.mp4']);
    await store.markUndeliverable(await store.found(task.id));

    expect(await store.showDue(10)).toBe(1);
  });
});

describe('an edit of progress', () => {
  test('is known to be under way until it is known to have landed', async ({ store }) => {
    const task = await store.render();

    expect(await store.beginEdit(task)).toBe(true);
    const during = await store.found(task.id);
    await store.markShown(during, 'late-here', null);
    const after = await store.found(task.id);

    expect(during).toMatchObject({ shown: null, editAt: expect.any(Date) });
    expect(after).toMatchObject({ shown: 'late-here', showAt: null, editAt: null });
  });

  test('is not begun once there is an outcome to show', async ({ store }) => {
    const task = await store.render();
    await store.succeed(task.id, 90, ['https://media.example/film.mp4']);

    expect(await store.beginEdit(task)).toBe(false);
  });
});

describe('the place in line', () => {
  const user = (nth: number) => `20000000000000000${nth}`;
  const waiting = async (store: TestStore, userId: string) => {
    const task = await store.accept({ userId });
    await store.answer(task);
    return task;
  };
  const placeOf = async (store: TestStore, task: Task) => (await store.situationOf(await store.found(task.id))).place;

  test('is the order in which slots are given: everybody’s first before anybody’s second', async ({ store }) => {
    const [a1, a2, b1] = [await waiting(store, user(1)), await waiting(store, user(1)), await waiting(store, user(2))];

    expect(await Promise.all([a1, b1, a2].map((task) => placeOf(store, task)))).toEqual([1, 2, 3]);
    expect(await store.fill()).toEqual(expect.arrayContaining([a1.id, b1.id]));
    expect(await placeOf(store, a1)).toBeNull();
  });

  test('is rounded up far back', async ({ store }) => {
    const tasks: Task[] = [];
    for (let nth = 0; nth < 7; nth += 1) tasks.push(await waiting(store, user(nth)));

    expect(await Promise.all(tasks.map((task) => placeOf(store, task)))).toEqual([1, 2, 3, 4, 5, 10, 10]);
  });

  test('that moved is shown, of those replies alone that say another, each ten seconds after its last word', async ({
    store,
    database,
  }) => {
    const [first, second] = [await waiting(store, user(1)), await waiting(store, user(2))];
    for (const [task, shown] of [
      [first, 'line-1'],
      [second, 'line-3'],
    ] as const) {
      const row = await store.found(task.id);
      await store.markShown(row, shown, new Date(row.now.getTime() + 600_000));
    }

    await store.showPlaces();
    expect(await store.showDue(10)).toBe(0);
    await age(database, second.id, 10_000);
    await age(database, first.id, 10_000);

    store.jobs.length = 0;
    expect(await store.showDue(10)).toBe(1);
    expect(store.jobs).toEqual([{ queue: 'deliver', taskId: second.id }]);
  });

  test('that moved waits for nobody who moves its task just now', async ({ store, database }) => {
    const [first, second] = [await waiting(store, user(1)), await waiting(store, user(2))];
    await age(database, first.id, 10_000);
    await age(database, second.id, 10_000);
    for (const { id } of [first, second]) {
      await store.markShown(await store.found(id), 'line-9', new Date(Date.now() + 600_000));
      await age(database, id, 10_000);
    }

    await database.sql.begin(async (tx) => {
      await tx`select from tasks where id = ${first.id} for update`;
      await store.showPlaces();
    });

    store.jobs.length = 0;
    expect(await store.showDue(10)).toBe(1);
    expect(store.jobs).toEqual([{ queue: 'deliver', taskId: second.id }]);
  });
});
