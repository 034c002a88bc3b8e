import { expect } from 'vitest';
import type { Cursor } from '#src/domain/history.ts';
import { test } from '#test/database.ts';
import { openTestStore } from '#test/store.ts';

const ann = '200000000000000001';
const bob = '200000000000000002';

test('a member’s tasks come in pages, newest first, each found from a task on it or beside it', async ({
  database,
}) => {
  const store = openTestStore(database, { quota: 10_000 });
  const ids: string[] = [];
  for (let index = 0; index < 12; index += 1) {
    const task = await store.accept();
    await store.answer(task);
    ids.unshift(task.id);
    // Two by two at the same moment: the order is one all the same.
    await database.sql`
      update tasks set accepted_at = now() - interval '1 day' + ${Math.floor(index / 2)} * interval '1 minute'
      where id = ${task.id}`;
  }
  const others = await store.accept({ userId: bob });
  await store.answer(others);
  await store.accept();
  const sorted = (
    await database.sql<{ id: string }[]>`
      select id from tasks where user_id = ${ann} and answered_at is not null order by accepted_at desc, id desc`
  ).map(({ id }) => id);
  const read = async (cursor: Cursor, userId = ann) => {
    const { tasks, ...has } = await store.readPage(userId, cursor);
    return { ids: tasks.map(({ id }) => id), ...has };
  };
  const [first, second, third] = [sorted.slice(0, 5), sorted.slice(5, 10), sorted.slice(10)];
  const at = (index: number) => sorted[index] ?? '';

  expect(sorted).toHaveLength(ids.length);
  expect(await read({ way: 'newest' })).toEqual({ ids: first, hasNewer: false, hasOlder: true });
  expect(await read({ way: 'older', taskId: at(4) })).toEqual({ ids: second, hasNewer: true, hasOlder: true });
  expect(await read({ way: 'older', taskId: at(9) })).toEqual({ ids: third, hasNewer: true, hasOlder: false });
  expect(await read({ way: 'newer', taskId: at(10) })).toEqual({ ids: second, hasNewer: true, hasOlder: true });
  expect(await read({ way: 'newer', taskId: at(5) })).toEqual({ ids: first, hasNewer: false, hasOlder: true });
  expect(await read({ way: 'newer', taskId: at(2) })).toMatchObject({ ids: first });
  expect(await read({ way: 'from', taskId: at(5) })).toMatchObject({ ids: second });
  // What is named is looked up among the member's own: another's leads nowhere.
  expect(await read({ way: 'from', taskId: others.id })).toMatchObject({ ids: first });
  expect(await read({ way: 'older', taskId: others.id })).toMatchObject({ ids: first });
  expect(await read({ way: 'older', taskId: at(11) })).toMatchObject({ ids: first });
  expect(await read({ way: 'from', taskId: at(0) }, bob)).toEqual({
    ids: [others.id],
    hasNewer: false,
    hasOlder: false,
  });
});
