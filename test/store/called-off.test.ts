import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { books } from '#src/store/books.ts';
import { unbalanced, unsettled, wrongTasks } from '#test/books.ts';
import { account, newAct, test } from '#test/store.ts';

/** The statement that operators are told to use on an old backup. */
async function calledOff(): Promise<string> {
  const text = await readFile('docs/operations.md', 'utf8');
  const [, statement = ''] = /```sql\n([\s\S]+?)```/.exec(text) ?? [];
  return statement;
}

test('what waits in an old backup is called off as docs/operations.md says: nothing of it is sent, and all is given back', async ({
  store,
  database,
}) => {
  const rendering = await store.render();
  const sending = await store.accept({ userId: '200000000000000002' });
  await store.answer(sending);
  await store.fill();
  await store.beginSend(sending.id, 60_000, 'key-of-a-test');
  const waiting = await store.accept({ userId: '200000000000000003' });
  await store.answer(waiting);
  expect((await store.readFigures()).tasks).toMatchObject({ accepted: 1, submitting: 1, rendering: 1 });

  await database.sql.unsafe(await calledOff());
  const { repairTask } = books(database);
  for (const { task } of await wrongTasks(database)) {
    await repairTask(newAct('repair', `task:${task.taskId}`, { source: randomUUID() }), task.taskId);
  }
  const given = await store.fill();

  expect(given).toEqual([]);
  const left = await store.readFigures();
  expect(left.tasks).toEqual({ accepted: 0, submitting: 0, rendering: 1, uncertain: 0 });
  expect(await account(database, 'bot')).toEqual({ held: 90, spent: 0 });
  expect((await store.found(rendering.id)).status).toBe('rendering');
  expect([await wrongTasks(database), await unbalanced(database), await unsettled(database)]).toEqual([[], [], []]);
});
