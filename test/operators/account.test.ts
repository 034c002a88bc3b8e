import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeTellAlarms } from '#src/app/alarms.ts';
import { makeTellOperators } from '#src/discord/alarms.ts';
import type { Log } from '#src/domain/log.ts';
import { silent } from '../discord/begin.ts';
import { openStaff, type Staff } from './begin.ts';

let staff: Staff;
beforeEach(async () => {
  staff = await openStaff();
});
afterEach(async () => {
  expect(staff.discord.violations).toEqual([]);
  await staff[Symbol.asyncDispose]();
});

/** A worker that tells operators at Discord. */
function teller(channelId: string | null, log: Log = silent) {
  const { store, rests, people } = staff;
  const operatorIds = [people.operator, people.partner];
  return makeTellAlarms({
    ...store,
    log,
    tell: makeTellOperators({ ...store, bot: rests.bot, log, operatorIds, channelId }),
  });
}
const alarms = () => staff.database.sql`select key from alarms`;
const contents = (channelId: string) =>
  staff.discord.messages(channelId).flatMap(({ content }) => (content.startsWith('⚠️') ? [content] : []));
const later = () =>
  staff.database.sql`update alarms set told_at = told_at - interval '2 hours', due_at = due_at - interval '2 hours'`;

describe('an account with too few credits', () => {
  test('is told of once, by however many processes it is seen, until it was better for an hour', async () => {
    const watches = [staff.account, ...Array.from({ length: 3 }, () => staff.openProcess().account)];
    const { id } = staff.channel;
    const tell = teller(id);
    staff.rivya.credits = 179;

    for (let round = 0; round < 3; round += 1) {
      await Promise.all(watches.map(({ look }) => look()));
      await Promise.all([tell(), tell()]);
    }
    const first = contents(id);
    staff.rivya.credits = 180;
    await staff.account.look();
    staff.rivya.credits = 100;
    await staff.account.look();
    await tell();
    const soon = contents(id);
    await later();
    await tell();
    staff.rivya.credits = 900;
    await staff.account.look();
    staff.rivya.credits = 90;
    await staff.account.look();
    await tell();

    expect(first).toEqual([expect.stringMatching(/^⚠️ The provider account has 179 credits left, fewer than 180\./)]);
    expect(soon).toEqual(first);
    expect(contents(id)).toEqual([...first, expect.stringMatching(/has 90 credits left/)]);
  });

  test('has a command refused at once while it cannot pay a video, and taken again by itself', async () => {
    staff.rivya.credits = 90;
    await staff.account.look();
    const last = await staff.ask('member', 'kling', { prompt: 'a fox' });
    staff.rivya.credits = 89;
    await staff.account.look();
    const refused = await staff.ask('member', 'kling', { prompt: 'a fox' }, { locale: 'nl' });
    const inDm = await staff.ask('member', 'kling', { prompt: 'a fox' }, { dm: true });
    const tasks = await staff.database.sql`select from tasks`;
    staff.rivya.credits = 500;
    await staff.account.look();
    const again = await staff.ask('member', 'kling', { prompt: 'a fox' });

    expect(last.isPrivate).toBe(false);
    expect(refused).toMatchObject({
      isPrivate: true,
      said: expect.stringMatching(/^De rekening.* is leeg.*niets afgeschreven/),
    });
    expect(inDm.said).toMatch(/^The account at the video provider that pays for all is empty.*Nothing was charged\.$/);
    expect(tasks).toHaveLength(1);
    expect(again.isPrivate).toBe(false);
  });

  test('costs no answer a question: what is known counts, and an unanswered look changes nothing', async () => {
    staff.rivya.credits = 0;
    await staff.account.look();
    const asked = staff.rivya.requests.length;
    staff.rivya.faults.add({ route: /credits/, status: 503, times: 2 });

    await staff.ask('member', 'kling', { prompt: 'a fox' });
    expect(staff.rivya.requests).toHaveLength(asked);
    await staff.account.look();
    const { said } = await staff.ask('member', 'kling', { prompt: 'a fox' });

    expect(said).toMatch(/is empty/);
  });
});

describe('a key that is refused', () => {
  test('is told of once, refuses commands, and recovers by itself', async () => {
    const { id } = staff.channel;
    const tell = teller(id);
    const key = staff.rivya.apiKey;
    staff.rivya.faults.add({ route: /credits/, code: 'api_key_revoked', times: 3 });

    await staff.account.look();
    await staff.account.look();
    const refused = await staff.ask('member', 'kling', { prompt: 'a fox' });
    await tell();
    await staff.account.look();
    await tell();
    const told = contents(id);
    await later();
    await staff.account.look();
    const accepted = await staff.ask('member', 'kling', { prompt: 'a fox' });

    expect(refused.said).toMatch(/^The video provider does not let me in now/);
    expect(told).toEqual([expect.stringMatching(/^⚠️ The provider refuses RIVYA_API_KEY/)]);
    expect(told.join()).not.toContain(key);
    expect(accepted.isPrivate).toBe(false);
    expect(await alarms()).toEqual([]);
  });
});

describe('operators are told', () => {
  const raise = () =>
    staff.store.raiseAlarm({ key: 'balance x', kind: 'balance', facts: { credits: 1_000, least: 1_800 } });

  test('in their channel, mentioning nobody', async () => {
    await raise();

    await teller(staff.channel.id)();

    expect(contents(staff.channel.id)).toHaveLength(1);
    expect(staff.discord.dms(staff.people.operator)).toEqual([]);
  });

  test('by DM, each in their language, where there is no channel or it is closed', async () => {
    const { operator, partner } = staff.people;
    await staff.store.saveLocales([{ userId: partner, locale: 'zh-CN' }]);
    staff.channel.deleted = true;
    await raise();

    await teller(staff.channel.id)();

    expect(staff.discord.dms(operator).map(({ content }) => content)).toEqual([
      expect.stringContaining('has 1,000 credits'),
    ]);
    expect(staff.discord.dms(partner).map(({ content }) => content)).toEqual([
      expect.stringContaining('只剩 1,000 积分'),
    ]);
  });

  test('by the log alone where nobody can be written to, and once', async () => {
    for (const id of [staff.people.operator, staff.people.partner]) {
      const user = staff.discord.addUser({ id });
      user.dmsClosed = true;
    }
    const error = vi.fn();
    const tell = teller(null, { ...silent, error });
    await raise();

    await tell();
    await tell();

    expect(error).toHaveBeenCalledExactlyOnceWith(
      { alarm: 'balance', credits: 1_000, least: 1_800 },
      'the provider account has few credits left',
    );
  });

  test('later if Discord fails, and who had it already not twice', async () => {
    const { operator, partner } = staff.people;
    const tell = teller(null);
    await raise();
    const closed = staff.discord.faults.add({
      route: `/channels/${staff.discord.dmWith(partner).id}/messages`,
      status: 500,
    });

    await tell();
    expect(closed.hits).toBe(1);
    await later();
    await tell();

    for (const id of [operator, partner]) expect(staff.discord.dms(id)).toHaveLength(1);
    expect(await staff.database.sql`select from alarms where told_at is null`).toEqual([]);
  });

  test('of a task that may have been made without our knowing, each once', async () => {
    const { id } = await staff.store.render();
    await staff.store.doubt(id, { code: 'send_uncertain', message: null });
    const tell = teller(staff.channel.id);

    await tell();
    await staff.store.doubt(id, { code: 'send_uncertain', message: null });
    await tell();

    expect(contents(staff.channel.id)).toEqual([
      expect.stringMatching(new RegExp(`^⚠️ Task \`${id}\` may have been made and paid .*\`attach\`\\.$`)),
    ]);
  });

  test('of a budget that is used up: the bot’s, and a server’s', async () => {
    await staff.ask('operator', 'kling-admin budget', { server_id: staff.guild.id, credits: 0 });
    await staff.ask('operator', 'kling-admin budget', { server_id: staff.guild.id, credits: 89 });

    const { said } = await staff.ask('member', 'kling', { prompt: 'a fox' });
    await staff.ask('member', 'kling', { prompt: 'a fox' });
    await teller(staff.channel.id)();

    expect(said).toMatch(/^This server has 89 credits left .* renews <t:/);
    expect(contents(staff.channel.id)).toEqual([
      expect.stringMatching(
        new RegExp(`^⚠️ The budget of 89 credits for server \`${staff.guild.id}\` is used up. It renews <t:`),
      ),
    ]);
  });
});
