import { afterEach, beforeEach, expect, test } from 'vitest';
import { buttons, declarations, modals } from '#commands/index.ts';
import { draftActions } from '#src/discord/draft-body.ts';
import { openStaff, type Staff } from './begin.ts';

let staff: Staff;
beforeEach(async () => {
  staff = await openStaff();
});
afterEach(async () => {
  expect(staff.discord.violations).toEqual([]);
  await staff[Symbol.asyncDispose]();
});

test('only what makes nothing and shows nothing anew obeys no command’s rule', () => {
  const free = [...buttons, ...modals].flatMap(({ action, obeys }) => (obeys === undefined ? [action] : []));
  const named = [...buttons, ...modals].flatMap(({ obeys }) => obeys ?? []);

  const taking = ['show', 'cancel', 'delete', 'delete', 'ping', 'erase'];
  expect(free.toSorted()).toEqual([...taking, ...Object.values(draftActions)].toSorted());
  expect(declarations.map(({ name }) => name)).toEqual(expect.arrayContaining(named));
});

const refusedHere = /^The managers of this server do not let you use this here/;

/** A finished video of the member in this channel, as its buttons find it. */
async function aVideo(channelId = staff.channel.id) {
  const it = staff.send('member', 'server', 'kling', { prompt: 'a fox' }, { channelId, raw: true });
  staff.dispatch(it.payload);
  await staff.drain();
  const [task] = await staff.database.sql<{ id: string }[]>`select id from tasks order by accepted_at desc limit 1`;
  if (task === undefined) throw new Error('no task');
  return { it, id: task.id };
}

/** A press on that message's button, as a forged payload could also make it. */
async function press(it: Awaited<ReturnType<typeof aVideo>>['it'], customId: string): Promise<string> {
  const message = it.reply();
  if (message === undefined) throw new Error('no reply');
  const cancel = (message.components as { components: { custom_id: string }[] }[])[0]?.components[0]?.custom_id ?? '';
  const pressed = it.component({ customId: cancel });
  const payload = structuredClone(pressed.payload) as { data: { custom_id: string } };
  payload.data.custom_id = customId;
  staff.dispatch(payload);
  await staff.drain();
  const answer = pressed.answer();
  return answer?.type === 9 ? 'a modal' : (pressed.reply()?.content ?? '');
}

const tasks = async () => (await staff.database.sql`select from tasks`).length;
const forbid = (commandName: string | null, lines: Parameters<Staff['discord']['commands']['rules']['set']>[2]) => {
  const id = commandName === null ? null : (staff.discord.commands.find(commandName)?.id ?? '');
  staff.discord.commands.rules.set(staff.guild.id, id, lines);
};

test.each(['again', 'retry', 'edit'])('the button %s obeys the rule of /kling over channels', async (action) => {
  const { it, id } = await aVideo();
  forbid('kling', [{ type: 3, id: staff.channel.id, permission: false }]);
  const before = await tasks();

  expect(await press(it, `${action}:${id}`)).toMatch(refusedHere);
  expect(await tasks()).toBe(before);
});

test('a button in a thread obeys the rule of its channel, and one over all commands', async () => {
  const thread = staff.discord.addChannel({ guildId: staff.guild.id, type: 12, parentId: staff.channel.id });
  const { it, id } = await aVideo(thread.id);
  forbid(null, [{ type: 3, id: staff.channel.id, permission: false }]);

  expect(await press(it, `again:${id}`)).toMatch(refusedHere);
});

test('who may use the command may press, and what takes back may be pressed by all whose it is', async () => {
  const { it, id } = await aVideo();
  const { member } = staff.people;
  forbid('kling', [
    { type: 1, id: staff.guild.id, permission: false },
    { type: 2, id: member, permission: true },
  ]);
  const allowed = await press(it, `edit:${id}`);
  forbid('kling', [{ type: 2, id: member, permission: false }]);
  const stale = await press(it, `edit:${id}`);
  const canceled = await press(it, `cancel:${id}`);

  expect(allowed).toBe('a modal');
  // Rules are asked for once a minute.
  expect(stale).toBe('a modal');
  expect(canceled).not.toMatch(refusedHere);
});

test('while Discord does not say the rules it is a no, said so', async () => {
  const { it, id } = await aVideo();
  staff.discord.faults.add({ route: /commands\/permissions$/, status: 500, times: 1 });

  const unknown = await press(it, `edit:${id}`);
  const known = await press(it, `edit:${id}`);

  expect(unknown).toMatch(/^Discord did not say whether you may use this here/);
  expect(known).toBe('a modal');
});
