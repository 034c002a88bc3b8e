import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { makeReport, mostReports, type Reported } from '#src/app/report.ts';
import { openTestStore, type TestStore, test } from '#test/store.ts';

const by = '200000000000000009';
const message = (taskIds: readonly string[] = [], id = '400000000000000001'): Reported => {
  return { id, channelId: '300000000000000001', guildId: null, taskIds };
};

/** Tasks of a member, by their ids. */
async function make(store: TestStore, count: number): Promise<string[]> {
  const tasks = await Promise.all(Array.from({ length: count }, () => store.accept()));
  return tasks.map(({ id }) => id);
}

describe('a report', () => {
  test('is filed once for each person and task, by however many processes at once', async ({ database }) => {
    const [store, other] = [openTestStore(database, { quota: 100_000 }), openTestStore(database)];
    const [task = ''] = await make(store, 1);
    const one = message([task, task]);

    const said = await Promise.all(
      [store, other, store, other].map((each, nth) => makeReport(each)(nth < 3 ? by : '200000000000000008', one)),
    );

    expect(said).toEqual(said.map(() => ({ reported: true })));
    const rows = await database.sql`select key from alarms where kind = 'report' order by key`;
    expect(rows.map(({ key }) => key)).toEqual([`report 200000000000000008 ${task}`, `report ${by} ${task}`]);
  });

  test(`is refused after ${mostReports} others of the same person, at once or not, until a day is over`, async ({
    database,
  }) => {
    const store = openTestStore(database, { quota: 100_000 });
    const report = makeReport(store);
    const tasks = await make(store, mostReports + 3);

    const said = await Promise.all(tasks.map((task) => report(by, message([task]))));
    const [refused = ''] = tasks.filter((_, nth) => 'refused' in (said[nth] ?? {}));
    const [filed = ''] = tasks.filter((_, nth) => 'reported' in (said[nth] ?? {}));
    const again = await report(by, message([filed]));
    const ofAnother = await report('200000000000000008', message([refused]));
    await database.sql`update alarms set raised_at = raised_at - interval '1 day'`;
    const nextDay = await report(by, message([refused]));

    expect(said.filter((one) => 'reported' in one)).toHaveLength(mostReports);
    expect(said.filter((one) => 'refused' in one)).toEqual(Array(3).fill({ refused: 'too-many' }));
    expect([again, ofAnother, nextDay]).toEqual(Array(3).fill({ reported: true }));
  });

  test('of a message without buttons goes to the task whose reply it is; of anything else there is none', async ({
    database,
  }) => {
    const store = openTestStore(database, { quota: 100_000 });
    const report = makeReport(store);
    const [first = '', second = ''] = await make(store, 2);
    await database.sql`update tasks set message_id = '400000000000000002' where id = ${first}`;

    const found = await report(by, message([], '400000000000000002'));
    const others = await Promise.all(
      [null, message(), message([randomUUID()]), message([`${first}'`]), message([first, second])].map((one) =>
        report(by, one),
      ),
    );

    expect(found).toEqual({ reported: true });
    expect(others).toEqual(others.map(() => ({ refused: 'no-task' })));
  });

  test('is told to who made it with all their data, and goes with either person’s', async ({ database }) => {
    const store = openTestStore(database, { quota: 100_000 });
    const carol = '200000000000000008';
    const [first = '', second = ''] = await make(store, 2);
    await store.cancelUnanswered(first);
    await store.cancelUnanswered(second);
    await makeReport(store)(by, message([first]));
    await makeReport(store)(carol, message([second]));
    const reporters = async () => {
      const rows = await database.sql`select facts ->> 'by' as by from alarms where kind = 'report'`;
      return rows.map((row) => row.by);
    };

    const { reports } = await store.readMemberData(by, 1);
    await store.askDeletion(by);
    await store.eraseMember(by);
    const left = await reporters();
    await store.askDeletion('200000000000000001');
    await store.eraseMember('200000000000000001');

    expect(reports).toEqual([{ at: expect.any(Date), video: first }]);
    expect(left).toEqual([carol]);
    expect(await reporters()).toEqual([]);
  });

  test('goes as long after it was told as a kept video does, and never before it was', async ({ database }) => {
    const store = openTestStore(database, { quota: 100_000 });
    const [first = '', second = '', third = ''] = await make(store, 3);
    for (const task of [first, second, third]) await makeReport(store)(by, message([task]));
    await database.sql`
      update alarms set raised_at = now() - interval '40 days',
        told_at = case facts ->> 'task' when ${first} then now() - interval '31 days' when ${second} then now() end`;

    await store.dropKept(30, 10);

    const rows = await database.sql`select facts ->> 'task' as task from alarms where kind = 'report'`;
    expect(rows.map(({ task }) => task).toSorted()).toEqual([second, third].toSorted());
  });
});
