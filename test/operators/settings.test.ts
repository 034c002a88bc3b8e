import { afterEach, beforeEach, expect, test } from 'vitest';
import { memberOwner } from '#src/domain/credits.ts';
import { openStaff, type Staff, traces } from './begin.ts';

let staff: Staff;
beforeEach(async () => {
  staff = await openStaff();
});
afterEach(async () => {
  expect(staff.discord.violations).toEqual([]);
  await staff[Symbol.asyncDispose]();
});

test('a cap set by a manager narrows what a member may use there, and can be taken away', async () => {
  const set = await staff.ask('manager', 'kling-settings cap', { credits: 89 });
  const refused = await staff.ask('member', 'kling', { prompt: 'a fox' });
  const elsewhere = await staff.ask('member', 'kling', { prompt: 'a fox' }, { dm: true });
  const taken = await staff.ask('manager', 'kling-settings cap');
  const accepted = await staff.ask('member', 'kling', { prompt: 'a fox' });

  expect(set.said).toBe(
    'Each member may use here: 89 credits per period.\n-# Before: not set, so that what is more general counts',
  );
  expect(refused.said).toContain('let each member use 89 here in a period');
  expect(elsewhere.isPrivate).toBe(false);
  expect(taken.said).toContain('Before: 89 credits');
  expect(accepted.isPrivate).toBe(false);
});

test('a cap above the allowance gives nobody more', async () => {
  await staff.ask('manager', 'kling-settings cap', { credits: 1_000_000 });
  const { member } = staff.people;
  await Promise.all(Array.from({ length: 10 }, () => staff.store.accept({ userId: member })));

  const { said } = await staff.ask('member', 'kling', { prompt: 'a fox' });

  expect(said).toContain('you have 0 left of 900');
});

test('a member blocked here by id is blocked here alone', async () => {
  const { member } = staff.people;

  const blocked = await staff.ask('manager', 'kling-settings block', { user_id: member, reason: 'spam' });
  const here = await staff.ask('member', 'kling', { prompt: 'a fox' });
  const there = await staff.ask('member', 'kling', { prompt: 'a fox' }, { dm: true });
  await staff.ask('manager', 'kling-settings unblock', { user: member });
  const again = await staff.ask('member', 'kling', { prompt: 'a fox' });

  expect(blocked.said).toMatch(new RegExp(`^<@${member}> is blocked`));
  expect(here.said).toContain('managers of this server have blocked you');
  expect(there.isPrivate).toBe(false);
  expect(again.isPrivate).toBe(false);
});

test('spend and log tell of this server alone, newest first, page by page', async () => {
  const { member, manager } = staff.people;
  await staff.ask('operator', 'kling-admin budget', { server_id: staff.guild.id, credits: 900 });
  await staff.ask('operator', 'kling-admin budget', { server_id: staff.elsewhere.id, credits: 450 });
  await staff.ask('operator', 'kling-admin grant', { user: member, credits: 90, reason: 'a secret' });
  for (let credits = 101; credits <= 117; credits += 1) await staff.ask('manager', 'kling-settings cap', { credits });
  await staff.ask('member', 'kling', { prompt: 'a fox' });

  const spend = await staff.ask('manager', 'kling-settings spend');
  const log = await staff.ask('manager', 'kling-settings log');
  const before = Number(/log before:(\d+)/.exec(log.said)?.[1]);
  const older = await staff.ask('manager', 'kling-settings log', { before });

  expect(spend.said).toContain('0 credits spent, 90 held\nBudget of this server: 900\nEach member may use 117.');
  expect(spend.said).toContain(`<@${member}>: 0 spent, 90 held`);
  expect(log.said.match(new RegExp(`<@${manager}> cap`, 'g'))).toHaveLength(15);
  expect(log.said).toContain('116 → 117');
  expect(older.said).toContain('– → 101');
  expect(older.said).toContain(`<@${staff.people.operator}> budget`);
  expect(older.said).not.toContain('log before');
  for (const { said } of [spend, log, older]) expect(said).not.toMatch(/secret|450/);
});

test('the page where Discord’s own rules are set is linked', async () => {
  const { it, said } = await staff.ask('manager', 'kling-settings access', {}, { locale: 'zh-CN' });

  expect(said).toContain('服务器设置 > 整合');
  const url = `discord://-/guilds/${staff.guild.id}/settings/integrations`;
  expect(it.answer()?.data).toMatchObject({ components: [{ components: [{ style: 5, label: '整合', url }] }] });
});

test('the permissions of this very use count, and none of what a payload claims of another server', async () => {
  const { manager, member } = staff.people;
  await staff.ask('manager', 'kling-settings cap', { credits: 180 });
  staff.discord.addMember(staff.guild.id, manager, { permissions: 0n });
  staff.discord.addMember(staff.elsewhere.id, member, { permissions: 1n << 5n });
  const before = await traces(staff);

  const formerly = await staff.ask('manager', 'kling-settings cap', { credits: 900 });
  const foreign = await staff.ask('member', 'kling-settings cap', { credits: 900, server_id: staff.guild.id });

  for (const { said } of [formerly, foreign]) expect(said).toMatch(/^Only those who may manage this server/);
  expect(await traces(staff)).toBe(before);
});

test('where the bot itself is not, its manager by an own install settles nothing', async () => {
  const { id } = staff.guild;
  staff.discord.removeBot(id);
  const before = await traces(staff);

  for (const [who, name] of [
    ['manager', 'cap'],
    ['operator', 'block'],
  ] as const) {
    const given = { credits: 1, user: memberOwner(id, '1') };
    const { said } = await staff.ask(who, `kling-settings ${name}`, given, { userInstall: true });
    expect(said).toMatch(/in a server that has this bot/);
  }
  expect(await traces(staff)).toBe(before);
});
