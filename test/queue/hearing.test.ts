import { expect, onTestFinished } from 'vitest';
import { bossDatabase } from '#src/queue/adapter.ts';
import { hearing } from '#src/queue/hearing.ts';
import { startQueues } from '#src/queue/queues.ts';
import { openDatabase } from '#src/store/database.ts';
import { test } from '#test/database.ts';
import { silent } from '../discord/begin.ts';

test('the queue runs while its database has answered it within half a minute', async ({ database }) => {
  let now = 0;
  const { database: boss, hasHeard } = hearing(bossDatabase(database.sql), () => now);
  const before = hasHeard();
  await boss.executeSql('select 1');
  const atOnce = hasHeard();
  now += 31_000;
  const silence = hasHeard();

  await expect(boss.executeSql('select no_such_thing')).rejects.toThrow();
  const afterFault = hasHeard();
  await boss.executeSql('select $1::int as n', [1]);

  expect([before, atOnce, silence, afterFault, hasHeard()]).toEqual([false, true, false, false, true]);
});

test('a queue runs from its start to its stop', async ({ databaseUrl }) => {
  const database = openDatabase(databaseUrl, { max: 4, columns: 'plain' });
  onTestFinished(() => database.close());
  const queues = await startQueues(database.sql, silent);
  const started = queues.isRunning();

  await queues.stop(1_000);

  expect([started, queues.isRunning()]).toEqual([true, false]);
});
