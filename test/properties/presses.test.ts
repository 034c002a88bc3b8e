import fc from 'fast-check';
import { expect } from 'vitest';
import { buttons, modals } from '#commands/index.ts';
import type { Database } from '#src/store/database.ts';
import { unbalanced } from '#test/books.ts';
import { test } from '#test/database.ts';
import { check } from '#test/property.ts';
import { reply } from '#test/store.ts';
import { begin } from './answering.ts';
import { anyText, nearly } from './arbitraries.ts';
import { envelope, operator, owner, snowflake, stranger, tokens } from './events.ts';

const other = '1400000000000000099';
/** Under which the store's tests have each answer. */
const messageId = '300000000000000001';

/** A task of the owner, and one of another member, in each state that something can be pressed in. */
async function seed(store: Awaited<ReturnType<typeof begin>>['store']): Promise<string[]> {
  const ids: string[] = [];
  for (const userId of [owner, other]) {
    const place = { userId, reply };
    const accepted = await store.accept(place);
    const canceled = await store.accept(place);
    const rendering = await store.render(place);
    const delivered = await store.render(place);
    const given = await store.render(place);
    await store.cancelUnanswered(canceled.id);
    for (const { id } of [delivered, given]) await store.succeed(id, 90, ['https://media.example/film.mp4']);
    await store.markDelivered(delivered.id, 'reply', null);
    await store.markUndeliverable(await store.found(given.id));
    ids.push(...[accepted, canceled, rendering, delivered, given].map(({ id }) => id));
  }
  return ids;
}

/** All that an act could change: a text for each task by its owner, and one for the rest. */
async function snapshot({ sql }: Database): Promise<{ tasks: Map<string, string>; rest: string }> {
  const tasks = await sql<{ key: string; text: string }[]>`
    select user_id || ' ' || id as key, to_jsonb(t)::text as text from tasks t`;
  const [row] = await sql<{ text: string }[]>`
    select concat((select jsonb_agg(l order by id) from ledger l),
      (select jsonb_agg(a order by owner, purse) from accounts a),
      (select jsonb_agg(r order by subject, kind) from rules r), (select jsonb_agg(u order by id) from audit u)) as text`;
  return { tasks: new Map(tasks.map(({ key, text }) => [key, text])), rest: row?.text ?? '' };
}

/** Whose tasks are there now that were not, or are not as they were. */
function touched(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...after].filter(([key, text]) => before.get(key) !== text).map(([key]) => key.split(' ')[0] ?? '');
}

test('what is pressed or filled in acts for who may, whatever its custom id says', async ({ task, database }) => {
  const { dispatch, drain, store, logged } = await begin(database);
  const seeded = await seed(store);
  await expectOwnersPress(database, seeded[2] ?? '', { dispatch, drain });
  const ids = fc.constantFrom(...seeded);
  const actions = [...buttons, ...modals].map(({ action }) => action);
  expect(actions.length).toBeGreaterThan(0);
  const id = fc.oneof(
    { weight: 12, arbitrary: ids },
    ids.map((one) => one.toUpperCase()),
    ids.map((one) => `${one}' or user_id = '${other}`),
    ids.map((one) => `${one}\0`),
    fc.constantFrom('*', '%', '../..', '__proto__', '0b1f6d0e-7c52-4c7f-9a37-6d1f0c9a1e55', 'x'.repeat(90)),
    anyText,
  );
  const parts = fc.tuple(
    fc.constantFrom(...actions, ...actions, ...actions, 'no-action', ''),
    fc.array(id, { maxLength: 3 }),
  );
  const pressed = fc
    .record({
      at: snowflake,
      token: tokens,
      userId: fc.constantFrom(owner, stranger, operator),
      custom_id: parts.map((list) => list.flat().join(':')),
      message: fc.constantFrom(
        { id: messageId, flags: 0 },
        { id: messageId, flags: 64 },
        { id: '1400000000000000012', flags: 0 },
      ),
      type: fc.constantFrom(3, 3, 3, 5),
    })
    .map(({ at, token, userId, custom_id, message, type }) => ({
      ...envelope(at, token, userId),
      type,
      data: { component_type: 2, custom_id, components: [] },
      message,
    }));

  await check(
    task,
    [pressed, nearly(pressed)],
    async (event, changed) => {
      const before = await snapshot(database);
      const jobs = store.jobs.length;
      logged.length = 0;

      dispatch(event);
      await drain();

      const after = await snapshot(database);
      const whose = touched(before.tasks, after.tasks);
      if (event.member.user.id === stranger) expect([after, store.jobs.length]).toEqual([before, jobs]);
      if (event.member.user.id === owner) expect(whose.filter((userId) => userId !== owner)).toEqual([]);
      expect(logged.join()).not.toContain(event.token);

      // Whatever is wrong with the event itself costs nobody anything either.
      dispatch(changed);
      await drain();
      expect(await unbalanced(database)).toEqual([]);
    },
    { share: 0.4 },
  );
}, 900_000);

/** Else the rest would prove nothing: what its owner presses does act. */
async function expectOwnersPress(
  database: Database,
  taskId: string,
  { dispatch, drain }: Pick<Awaited<ReturnType<typeof begin>>, 'dispatch' | 'drain'>,
): Promise<void> {
  const before = await snapshot(database);
  const [id = ''] = fc.sample(snowflake, 1);
  const data = { component_type: 2, custom_id: `show:${taskId}` };

  dispatch({ ...envelope(id, 'a-fresh-token', owner), type: 3, data, message: { id: messageId, flags: 0 } });
  await drain();

  expect(touched(before.tasks, (await snapshot(database)).tasks)).toEqual([owner]);
}
