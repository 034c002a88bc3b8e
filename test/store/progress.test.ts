import { describe, expect } from 'vitest';
import { age, test } from '#test/store.ts';

const minute = 60_000;

describe('a reply is looked at', () => {
  test('two minutes before its token dies, and not before', async ({ store, database }) => {
    const task = await store.render();
    store.jobs.length = 0;
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
