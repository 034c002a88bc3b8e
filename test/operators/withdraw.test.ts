import { expect, onTestFinished, test } from 'vitest';
import { openStaff } from './begin.ts';

test('what an operator takes back of another’s is in the log, once for each press; what members take back is not', async () => {
  const staff = await openStaff();
  onTestFinished(() => staff[Symbol.asyncDispose]());
  const { people, database, discord } = staff;
  const ask = async () => {
    const it = await staff.see(staff.send('member', 'server', 'kling', { prompt: 'a fox' }));
    const [task] = await database.sql<
      { id: string }[]
    >`select id from tasks where message_id = ${it.reply()?.id ?? ''}`;
    return { it, id: task?.id ?? '' };
  };
  // Three are sent at once, and what is sent cannot be canceled.
  const [sent] = [await ask(), await ask(), await ask()];
  const [first, second] = [await ask(), await ask()];

  const press = first.it.component({ userId: people.operator, customId: `cancel:${first.id}` });
  await Promise.all([staff.see(press), staff.see(press)]);
  await staff.see(second.it.component({ userId: people.member, customId: `cancel:${second.id}` }));
  // As the modal is sent that *Delete* opens: a message of this moment shows *Cancel* alone.
  const { payload } = sent.it.component({ userId: people.operator, customId: `cancel:${sent.id}` });
  staff.dispatch({ ...payload, type: 5, data: { custom_id: `delete:${sent.id}`, components: [] } });
  await staff.drain();

  const states = await database.sql`select id from tasks where status = 'canceled'`;
  expect(states.map(({ id }) => id).toSorted()).toEqual([first.id, second.id].toSorted());
  const lines = await database.sql`select actor, action, subject from audit where subject like 'task:%' order by id`;
  expect(lines.map((line) => ({ ...line }))).toEqual([
    { actor: people.operator, action: 'cancel', subject: `task:${first.id}` },
    { actor: people.operator, action: 'delete', subject: `task:${sent.id}` },
  ]);
  expect(discord.violations).toEqual([]);
});
