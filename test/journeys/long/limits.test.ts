import { expect, test } from 'vitest';
import { bot, guildOwner, memberOwner, userOwner } from '#src/domain/credits.ts';
import { type RuleKind, roleSubject } from '#src/domain/rules.ts';
import { startWorld, type World } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { expectGoodEnd, finishedRows, privateAnswer, taskRows } from '#test/outcome.ts';
import { newAct, openTestStore } from '#test/store.ts';

/** Sets a rule (null takes it away) as an operator's command does; slots are given away by the bot itself. */
async function set(
  { database }: World,
  kind: RuleKind,
  subject: string,
  credits?: number | null,
  reason: string | null = null,
) {
  const store = openTestStore(database, {}, { perUser: 0, whole: 0 });
  const after = credits === null ? null : { credits: credits ?? null, reason };
  await store.setRule(newAct(kind === 'pause' ? 'pause' : 'allowance', subject), kind, after);
}

test('a role gives its members more in that server, and the default counts everywhere else', async () => {
  await using world = await startWorld({ env: { QUOTA_CREDITS: '90' } });
  const { discord, guild, user } = world;
  const role = '500000000000000001';
  discord.addMember(guild.id, user.id, { roles: ['500000000000000002', role] });
  await set(world, 'allowance', roleSubject(guild.id, role), 270);

  const reply = await world.kling().waitFor(({ attachments }) => attachments.length === 1);
  const second = await world.kling().waitFor(({ attachments }) => attachments.length === 1);
  const inDm = { command: 'kling', options: { prompt: 'a fox' }, userId: user.id, context: 1 } as const;
  const refused = await privateAnswer(discord.interact(inDm));
  discord.addMember(guild.id, user.id, { roles: [] });
  const withoutRole = await privateAnswer(world.kling());

  expect(reply.content).toMatch(/ 180 left$/);
  expect(second.content).toMatch(/ 90 left$/);
  for (const text of [refused, withoutRole]) expect(text).toMatch(/costs 90 credits and you have 0 left of 90/);
  await expectGoodEnd(world);
});

test('a server’s budget: members are told when it renews, operators once', async () => {
  await using world = await startWorld({ env: { BUDGET_CREDITS_PER_GUILD: '100' } });
  const { discord, guild, user } = world;
  const other = discord.addUser({ name: 'bob' });

  await world.kling().waitFor(({ attachments }) => attachments.length === 1);
  const refused = await privateAnswer(world.kling());
  const alsoRefused = await privateAnswer(world.kling({}, { userId: other.id }));
  const inDm = { command: 'kling', options: { prompt: 'a fox' }, userId: user.id, context: 1 } as const;
  await discord.interact(inDm).waitFor(({ attachments }) => attachments.length === 1);

  for (const text of [refused, alsoRefused]) {
    expect(text).toMatch(
      /^This server has 10 credits left .* costs 90\. Its budget renews <t:\d+:R>\. Nothing was charged/,
    );
  }
  const alarms = () => world.bot?.lines.filter(({ msg }) => /budget is used up/.test(msg)) ?? [];
  await eventually(() => alarms().length > 0, 'operators to be told');
  await privateAnswer(world.kling());
  await eventually(async () => {
    const [row] = await world.database.sql`select count(*)::int as open from alarms where told_at is null`;
    return row?.open === 0;
  }, 'all alarms to be told');
  expect(alarms()).toMatchObject([{ subject: guildOwner(guild.id), most: 100 }]);
  await expectGoodEnd(world);
});

test('blocked and capped members are told by whom; everywhere else they may ask', async () => {
  await using world = await startWorld();
  const { discord, guild, user } = world;
  const inDm = () => discord.interact({ command: 'kling', options: { prompt: 'a fox' }, userId: user.id, context: 1 });

  await set(world, 'cap', guildOwner(guild.id), 89);
  const capped = await privateAnswer(world.kling());
  await set(world, 'block', memberOwner(guild.id, user.id));
  const here = await privateAnswer(world.kling());
  await inDm().waitFor(({ attachments }) => attachments.length === 1);
  await set(world, 'block', guildOwner(guild.id));
  const server = await privateAnswer(world.kling({}, { userId: discord.ownerId }));
  await set(world, 'block', userOwner(user.id));
  const everywhere = await privateAnswer(inDm());

  expect(capped).toMatch(/each member use 89 here .* 89 of them left.*<t:\d+:R>/);
  expect(here).toMatch(/managers of this server have blocked you/);
  expect(server).toMatch(/operators of this bot have blocked this server/);
  expect(everywhere).toMatch(/operators of this bot have blocked you/);
  expect(await taskRows(world)).toHaveLength(1);
  await expectGoodEnd(world);
});

test('a pause: what renders arrives, what waits stays in line, new wishes read why; then the line goes on', async () => {
  await using world = await startWorld({
    env: { MAX_ACTIVE_TASKS: '1' },
    rivya: { render: 'manual' },
  });
  const { rivya } = world;
  const first = world.kling();
  await eventually(() => rivya.tasks.length === 1, 'a render');
  const second = world.kling();
  await second.callback;
  const third = world.kling();
  await third.callback;

  await set(world, 'pause', bot, undefined, 'New prices; back at noon.');
  const refused = await privateAnswer(world.kling());
  rivya.finish(rivya.tasks[0]?.id ?? '');
  await first.waitFor(({ attachments }) => attachments.length === 1);
  // Its slot was free from the moment it ended.
  expect(rivya.tasks).toHaveLength(1);
  expect((await taskRows(world)).map(({ status }) => status)).toEqual(['succeeded', 'accepted', 'accepted']);

  await set(world, 'pause', bot, null);
  await eventually(() => rivya.tasks.length === 2, 'the next render');
  rivya.finish(rivya.tasks[1]?.id ?? '');
  await second.waitFor(({ attachments }) => attachments.length === 1);
  await eventually(() => rivya.tasks.length === 3, 'the last render');
  rivya.finish(rivya.tasks[2]?.id ?? '');
  await third.waitFor(({ attachments }) => attachments.length === 1);

  expect(refused).toMatch(/paused.*still arrive\. Its operators say: New prices; back at noon\..*Nothing was charged/);
  expect((await finishedRows(world)).map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  await expectGoodEnd(world);
});
