import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { userOwner } from '#src/domain/credits.ts';
import { roleSubject } from '#src/domain/rules.ts';
import { unbalanced } from '#test/books.ts';
import { newWish } from '#test/store.ts';
import { openStaff, type Staff, traces } from './begin.ts';

let staff: Staff;
beforeEach(async () => {
  staff = await openStaff();
});
afterEach(async () => {
  expect(staff.discord.violations).toEqual([]);
  await staff[Symbol.asyncDispose]();
});

const newcomer = '700000000000000001';
const bonusOf = async (userId: string) => {
  const [row] = await staff.database.sql<{ granted: number }[]>`
    select granted from accounts where owner = ${userOwner(userId)} and purse = 'bonus'`;
  return row?.granted ?? 0;
};
const ruleOf = (subject: string, kind: string) =>
  staff.database.sql`select credits, reason from rules where subject = ${subject} and kind = ${kind}::rule_kind`;

describe('/kling-admin grant and revoke', () => {
  test('reach somebody who never used the bot, by id, in the operator’s language, and mention nobody', async () => {
    const given = { user_id: ` <@${newcomer}> `, credits: 180, reason: 'won the contest' };

    const { said, it } = await staff.ask('operator', 'kling-admin grant', given, { locale: 'nl' });

    expect(said).toBe(`180 bonuscredits gegeven aan <@${newcomer}>, die er nu 180 kan gebruiken.`);
    expect(it.answer()?.data).toMatchObject({ allowed_mentions: { parse: [] }, flags: 4 | 64 });
    expect(await bonusOf(newcomer)).toBe(180);
    const [line] = await staff.database.sql`select actor, reason, source from ledger`;
    expect(line).toEqual({ actor: staff.people.operator, reason: 'won the contest', source: it.id });
  });

  test.each([0, -1, 0.5, 1_000_001, 1e21, Number.NaN, '90', null])('of %j credits change nothing', async (credits) => {
    const before = await traces(staff);

    const given = { user_id: newcomer, credits, reason: 'x' };
    const { said, isPrivate } = await staff.ask('operator', 'kling-admin grant', given);

    expect(said).toBe('Credits must be a whole number from 1 to 1,000,000. Nothing was changed.');
    expect(isPrivate).toBe(true);
    expect(await traces(staff)).toBe(before);
  });

  test.each([
    ['nobody', {}],
    ['two people', { user: newcomer, user_id: '700000000000000009' }],
    ['no id', { user_id: 'ann' }],
    ['an id of another kind', { user: 12 }],
  ])('for %s change nothing', async (_, who) => {
    const before = await traces(staff);

    for (const verb of ['grant', 'revoke']) {
      const { said } = await staff.ask('operator', `kling-admin ${verb}`, { ...who, credits: 90, reason: 'x' });
      expect(said).toMatch(/^Name one user/);
    }
    expect(await traces(staff)).toBe(before);
  });

  test('without a reason change nothing', async () => {
    for (const reason of [undefined, ' ', 'x'.repeat(401)]) {
      const { said } = await staff.ask('operator', 'kling-admin grant', { user: newcomer, credits: 90, reason });
      expect(said).toBe('This needs a text of 1 to 400 characters. Nothing was changed.');
    }
    expect(await bonusOf(newcomer)).toBe(0);
  });

  test('take back no more than what is neither held nor spent, and tell the figure', async () => {
    const { member } = staff.people;
    await staff.store.setRule(
      { source: 'a', actor: 'b', action: 'allowance', subject: userOwner(member), reason: null },
      'allowance',
      { credits: 0, reason: null },
    );
    await staff.ask('operator', 'kling-admin grant', { user: member, credits: 200, reason: 'gift' });
    await staff.store.accept({ userId: member });

    const tooMuch = await staff.ask('operator', 'kling-admin revoke', { user: member, credits: 111, reason: 'x' });
    const unknown = await staff.ask('operator', 'kling-admin revoke', { user: newcomer, credits: 1, reason: 'x' });
    const all = await staff.ask('operator', 'kling-admin revoke', { user: member, credits: 110, reason: 'x' });

    expect(tooMuch.said).toMatch(/has 110 bonus credits neither held nor spent, so that 111 cannot/);
    expect(unknown.said).toMatch(/has 0 bonus credits neither held nor spent, so that 1 cannot/);
    expect(all.said).toMatch(/^110 bonus credits taken back .* has 0 left/);
    expect(await unbalanced(staff.database)).toEqual([]);
  });

  test('by one event at two processes act once, and one answer is seen', async () => {
    const second = staff.openProcess();
    const options = [
      {
        name: 'grant',
        type: 1,
        options: [
          { name: 'user', type: 6, value: newcomer },
          { name: 'credits', type: 4, value: 90 },
          { name: 'reason', type: 3, value: 'once' },
        ],
      },
    ];
    const it = staff.send('operator', 'server', 'kling-admin', options, { raw: true });

    staff.dispatch(it.payload);
    second.dispatch(it.payload);
    await Promise.all([staff.drain(), second.drain()]);

    expect(it.reply()?.content).toMatch(/^90 bonus credits granted .* 90 to use/);
    expect(it.followups).toEqual([]);
    expect(await bonusOf(newcomer)).toBe(90);
    expect(await staff.database.sql`select from audit where action = 'grant'`).toHaveLength(1);
  });

  test('by two operators at once both count', async () => {
    const given = { user: newcomer, credits: 90, reason: 'both' };

    await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        staff.ask(index % 2 === 0 ? 'operator' : 'partner', 'kling-admin grant', given),
      ),
    );

    expect(await bonusOf(newcomer)).toBe(6 * 90);
    expect(await unbalanced(staff.database)).toEqual([]);
  });
});

describe('/kling-admin allowance and budget', () => {
  const wish = (more = {}) =>
    newWish({ ...more, reply: { ...newWish().reply, guildId: staff.guild.id }, baseCredits: 500 });

  test('set everybody’s figure, which counts where nothing else is set, and take it away again', async () => {
    const set = await staff.ask('operator', 'kling-admin allowance', { credits: 499 });
    const [refused] = await staff.store.acceptAll([wish()]);
    const help = await staff.ask('member', 'kling-help');
    const taken = await staff.ask('operator', 'kling-admin allowance');
    const [accepted] = await staff.store.acceptAll([wish()]);

    expect(set.said).toContain('everybody for whom nothing else is set: 499 credits per period');
    expect(set.said).toContain('Before: not set');
    expect(help.said).toContain('Each member has 499 per day');
    expect(refused).toMatchObject({ refused: 'quota', quota: 499 });
    expect(taken.said).toContain('not set, so that what is more general counts per period.');
    expect(taken.said).toContain('Before: 499 credits');
    expect(accepted).toHaveProperty('accepted');
  });

  test('name a role that was deleted, by its id and that of its server; everyone’s role is the server', async () => {
    const role = '710000000000000001';

    const here = await staff.ask('operator', 'kling-admin allowance', { role_id: role, credits: 100 });
    const there = await staff.ask(
      'operator',
      'kling-admin allowance',
      { role_id: role, server_id: staff.elsewhere.id, credits: 200 },
      { dm: true },
    );
    const nowhere = await staff.ask('operator', 'kling-admin allowance', { role_id: role, credits: 1 }, { dm: true });
    await staff.ask('operator', 'kling-admin allowance', { role: staff.guild.id, credits: 300 });

    expect(here.said).toContain(`the role <@&${role}> of server \`${staff.guild.id}\`: 100 credits`);
    expect(there.said).toContain('200 credits');
    expect(nowhere.said).toMatch(/^Name one of them/);
    expect(await ruleOf(roleSubject(staff.guild.id, role), 'allowance')).toMatchObject([{ credits: 100 }]);
    expect(await ruleOf(roleSubject(staff.elsewhere.id, role), 'allowance')).toMatchObject([{ credits: 200 }]);
    expect(await ruleOf(staff.here, 'allowance')).toMatchObject([{ credits: 300 }]);
  });

  test.each([-1, 0.5, 1e10])('of %d credits change nothing', async (credits) => {
    const { said } = await staff.ask('operator', 'kling-admin allowance', { user: newcomer, credits });

    expect(said).toMatch(/^Credits must be a whole number from 0 to 1,000,000,000/);
    expect(await ruleOf(userOwner(newcomer), 'allowance')).toEqual([]);
  });

  test('set a budget of a server that the bot has left, without limit or with', async () => {
    const { id } = staff.elsewhere;
    staff.discord.removeBot(id);

    const limit = await staff.ask('operator', 'kling-admin budget', { server_id: id, credits: 450 });
    const none = await staff.ask('operator', 'kling-admin budget', { server_id: id, unlimited: true });
    const both = await staff.ask('operator', 'kling-admin budget', { server_id: id, unlimited: true, credits: 1 });

    expect(limit.said).toContain('450 credits per period');
    expect(none.said).toContain('no limit per period.\n-# Before: 450 credits');
    expect(both.said).toMatch(/^Give either/);
  });
});

describe('/kling-admin block, pause and their ends', () => {
  test('stop and open the way for a user and a server', async () => {
    const { member } = staff.people;

    for (const whom of [{ user: member }, { server_id: staff.guild.id }]) {
      const blocked = await staff.ask('operator', 'kling-admin block', { ...whom, reason: 'spam' });
      const again = await staff.ask('operator', 'kling-admin block', whom);
      const refused = await staff.ask('member', 'kling', { prompt: 'a fox' });
      await staff.ask('operator', 'kling-admin unblock', whom);
      const free = await staff.ask('member', 'kling', { prompt: 'a fox' });

      expect(blocked.said).toMatch(/is blocked: nothing new is accepted\. What was accepted goes on\.$/);
      expect(again.said).toContain('It was so before.');
      expect(refused.said).toMatch(/operators of this bot have blocked/);
      expect(free.isPrivate).toBe(false);
    }
  });

  test('keep what waits in its place, let what is being made end, and tell members why', async () => {
    const { member } = staff.people;
    const making = await staff.store.render({ userId: member });
    const waiting = await staff.store.accept({ userId: member });
    await staff.store.answer(waiting);

    await staff.ask('operator', 'kling-admin pause', { message: 'back at *noon* @everyone' });
    const refused = await staff.ask('member', 'kling', { prompt: 'a fox' });
    await staff.store.fill();
    await staff.store.succeed(making.id, 90, ['https://media.example/film.mp4']);
    const held = await staff.store.found(waiting.id);
    const resumed = await staff.ask('operator', 'kling-admin resume');

    expect(refused.said).toContain('Its operators say: back at');
    expect(held.status).toBe('accepted');
    expect((await staff.store.found(making.id)).delivery).toBe('pending');
    expect(resumed.said).toBe('The bot accepts again and goes on with what waits.');
    expect((await staff.store.found(waiting.id)).status).toBe('submitting');
    expect((await staff.ask('operator', 'kling-admin resume')).said).toContain('It was so before.');
  });
});
