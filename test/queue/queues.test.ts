import { randomUUID } from 'node:crypto';
import { expect, onTestFinished } from 'vitest';
import { startQueues } from '#src/queue/queues.ts';
import { openDatabase } from '#src/store/database.ts';
import { test } from '#test/database.ts';
import { eventually } from '#test/eventually.ts';
import { silent } from '../discord/begin.ts';

test('a job that has ended makes room for the next of its task, while others taken with it still run', async ({
  databaseUrl,
}) => {
  // Closed before the test ends: its database is dropped before hooks on the end run.
  await using database = openDatabase(databaseUrl, { max: 4, columns: 'plain' });
  await using closing = new AsyncDisposableStack();
  const queues = await startQueues(database.sql, silent);
  closing.defer(() => queues.stop(5_000));
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  closing.defer(release);
  const [slow, quick] = [randomUUID(), randomUUID()];
  const ended: string[] = [];
  const enqueue = (...ids: string[]) =>
    database.sql.begin((tx) =>
      queues.enqueue(
        tx,
        ids.map((taskId) => ({ queue: 'deliver', taskId })),
      ),
    );
  // There before anybody takes any, so that one worker takes them together.
  await enqueue(slow, quick);
  await queues.startWorkers(
    {
      submit: async () => {},
      deliver: async (taskId) => {
        if (taskId === slow) await held;
        ended.push(taskId);
      },
    },
    async () => {},
  );
  await eventually(() => ended.includes(quick), 'the quick one');

  await eventually(async () => {
    await enqueue(quick);
    return ended.length >= 2;
  }, 'the quick one again');

  expect(ended).not.toContain(slow);
});

test('a stop gives back the job that does not end, lets one end that does, and leaves neither to a dead worker', async ({
  databaseUrl,
}) => {
  await using database = openDatabase(databaseUrl, { max: 4, columns: 'plain' });
  const queues = await startQueues(database.sql, silent);
  const { promise: stuck, resolve: release } = Promise.withResolvers<void>();
  const { promise: brief, resolve: endBrief } = Promise.withResolvers<void>();
  onTestFinished(() => release());
  const [never, soon] = [randomUUID(), randomUUID()];
  const [begun, ended, back] = [new Set<string>(), new Set<string>(), [] as string[]];
  await queues.startWorkers(
    {
      submit: async () => {},
      async deliver(taskId) {
        begun.add(taskId);
        await (taskId === never ? stuck : brief);
        ended.add(taskId);
      },
    },
    async (taskId) => void back.push(taskId),
  );
  await database.sql.begin((tx) =>
    queues.enqueue(
      tx,
      [never, soon].map((taskId) => ({ queue: 'deliver', taskId })),
    ),
  );
  await eventually(() => begun.size === 2, 'both to begin');

  const stopped = queues.stop(500);
  endBrief();
  await stopped;

  expect([[...ended], back]).toEqual([[soon], [never]]);
  const states = await database.sql`select distinct state from pgboss.job where name = 'deliver'`;
  expect(states).toEqual([{ state: 'completed' }]);
});
