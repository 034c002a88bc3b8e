import { expect } from 'vitest';
import { age, test } from '#test/store.ts';

test('figures tell open tasks by status, the line, outcomes to be shown, and the credits of all', async ({
  store,
  database,
}) => {
  const { accept, answer, render, fail, doubt, succeed } = store;
  await accept({ userId: '200000000000000001' });
  const waiting = await accept({ userId: '200000000000000002' });
  await render({ userId: '200000000000000003' });
  const lost = await render({ userId: '200000000000000004' });
  const done = await render({ userId: '200000000000000005' });
  await doubt(lost.id, { code: 'render_uncertain', message: null });
  await succeed(done.id, 90, ['https://rivya.invalid/a.mp4']);
  await fail((await accept({ userId: '200000000000000006' })).id, { code: 'image_type', message: null });
  await answer(waiting);
  await age(database, waiting.id, 3_600_000);

  const { tasks, line, pending, credits } = await store.readFigures();

  expect(tasks).toEqual({ accepted: 2, submitting: 0, rendering: 1, uncertain: 1 });
  expect(line).toEqual({ length: 1, oldestSeconds: expect.closeTo(3_600, -2) });
  expect(pending).toMatchObject({ length: 3 });
  expect(credits).toEqual({ held: 270, spent: 90 });
});

test('of nothing, figures are 0', async ({ store }) => {
  const nothing = { length: 0, oldestSeconds: 0 };

  expect(await store.readFigures()).toEqual({
    tasks: { accepted: 0, submitting: 0, rendering: 0, uncertain: 0 },
    line: nothing,
    pending: nothing,
    credits: { held: 0, spent: 0 },
  });
});
