import { describe, expect, onTestFinished } from 'vitest';
import { makeReadCredits } from '#src/app/credits.ts';
import { makeCallback } from '#src/discord/callback.ts';
import { makeTellCredits } from '#src/discord/credits.ts';
import { makeTellHelp } from '#src/discord/help.ts';
import { makeReplies } from '#src/discord/replies.ts';
import { makeSay } from '#src/discord/say.ts';
import { guildOwner, userOwner } from '#src/domain/credits.ts';
import { kling } from '#src/domain/parameters.ts';
import type { Database } from '#src/store/database.ts';
import { test } from '#test/database.ts';
import { newAct, newWish, openTestStore, type TestStore } from '#test/store.ts';
import { begin, silent } from './begin.ts';

type ReadStatement = TestStore['readStatement'];

async function start(database: Database, more: { readStatement?: ReadStatement; isStranger?: boolean } = {}) {
  const world = await begin({}, onTestFinished);
  const store = openTestStore(database, { quota: 200 });
  const callback = makeCallback(world.rests.callbacks);
  const { sayPrivately } = makeSay({ ...makeReplies(world.rests.webhooks), callback });
  const readCredits = makeReadCredits({
    readStatement: more.readStatement ?? store.readStatement,
    access: async () => (more.isStranger ? { refused: 'stranger' } : { hasAllowance: true }),
  });
  const tellCredits = makeTellCredits({ model: kling, period: 'week', log: silent, readCredits, sayPrivately });

  /** What the member reads; nobody else does. */
  async function ask(locale = 'en-US'): Promise<string> {
    const { it, call } = world.use({ command: 'kling-credits', options: {}, locale });
    await tellCredits(call);
    expect(it.isPrivate()).toBe(true);
    expect(world.discord.violations).toEqual([]);
    return it.reply()?.content ?? '';
  }

  const { call } = world.use();
  // Settings of their own: for those seen before, the last price counts.
  const wish = (cost: number) =>
    newWish({
      ...{ userId: call.userId, reply: call.reply, roles: call.roles, baseCredits: cost },
      request: { ...newWish().request, settings: { duration: String(cost) } },
    });
  return { ...world, store, ask, wish, sayPrivately, userId: call.userId };
}

describe('/kling-credits', () => {
  test('tells what is left, held, spent and given, and the last entries', async ({ database }) => {
    const { store, ask, userId } = await start(database);
    const first = await store.render({ userId, request: { ...newWish().request, prompt: 'a *fox*' } });
    await store.succeed(first.id, 80, ['https://files.example/1.mp4']);
    await store.render({ userId });
    await store.grant(newAct('grant', userOwner(userId), { reason: 'thanks' }), userId, 50);

    const said = await ask();

    expect(said).toMatch(/^\*\*80 credits left\*\*/);
    expect(said).toMatch(/Allowance: 200 per week; it renews <t:\d+:R>\./);
    expect(said).toContain('-# 80 spent, 90 held for videos under way');
    expect(said).toContain('Bonus: 50 left of 50; 0 spent, 0 held.');
    const entries = said.split('\n').filter((line) => line.startsWith('-# <t:'));
    expect(entries.map((line) => line.replace(/^-# <t:\d+:R> · /, ''))).toEqual([
      '50 bonus granted · thanks',
      '90 held · a fox',
      '10 given back · a \\*fox\\*',
      '80 spent · a \\*fox\\*',
      '90 held · a \\*fox\\*',
    ]);
  });

  test('tells just what the next request would find left', async ({ database }) => {
    const { store, ask, wish, userId } = await start(database);
    await store.render({ userId });
    await store.grant(newAct('grant', userOwner(userId), { reason: 'thanks' }), userId, 25);

    const said = await ask();
    const [refused] = await store.acceptAll([wish(136)]);
    const [taken] = await store.acceptAll([wish(135)]);

    expect(said).toContain('**135 credits left**');
    expect(refused).toMatchObject({ refused: 'quota', left: 135 });
    expect(taken).toHaveProperty('accepted');
  });

  test('tells an allowance of the server, its cap, and that the member is blocked', async ({ database }) => {
    const { store, ask, guild, userId } = await start(database);
    const set = (kind: 'allowance' | 'cap' | 'block', subject: string, credits: number | null) =>
      store.setRule(newAct(kind, subject), kind, { credits, reason: null });
    await set('allowance', guildOwner(guild.id), 500);
    await set('cap', guildOwner(guild.id), 300);
    await set('block', userOwner(userId), null);

    const said = await ask();

    expect(said).toContain('**500 credits left**');
    expect(said).toContain('use 300 here in a period; you have 300 of them left');
    expect(said).toContain('⚠️ The operators of this bot have blocked you.');
  });

  test('speaks the member’s language', async ({ database }) => {
    const { ask } = await start(database);

    expect(await ask('zh-CN')).toContain('额度：每周 200');
    expect(await ask('nl')).toContain('Tegoed: 200 per week');
  });

  test('says no to a stranger', async ({ database }) => {
    const { ask } = await start(database, { isStranger: true });

    expect(await ask()).toContain('for members of the servers that run it');
  });

  test.for<[string, ReadStatement]>([
    ['fails', () => Promise.reject(new Error('connection lost'))],
    ['does not answer', () => new Promise(() => {})],
  ])('answers while the database %s', async ([, readStatement], { database }) => {
    const { ask } = await start(database, { readStatement });

    expect(await ask()).toContain('cannot be reached right now');
  });

  test('fits a message, whatever was asked for', async ({ database }) => {
    const { ask, store, userId, guild } = await start(database);
    await store.setRule(newAct('allowance', userOwner(userId)), 'allowance', { credits: 90_000_000, reason: null });
    await store.setRule(newAct('cap', guildOwner(guild.id)), 'cap', { credits: 90_000_000, reason: null });
    const prompt = '*'.repeat(2000);
    for (let index = 0; index < 9; index += 1) {
      await store.accept({ userId, request: { ...newWish().request, prompt } });
    }

    const said = await ask();

    expect(said.match(/^-# <t:/gm)).toHaveLength(8);
    expect(said.length).toBeLessThan(2000);
  });
});

describe('/kling-help', () => {
  test.for(['en-US', 'zh-CN', 'nl'])(
    'tells the figures of this bot in %s, with no database',
    async (locale, { database }) => {
      const { use, sayPrivately, discord } = await start(database);
      const operatorIds = Array.from({ length: 9 }, (_, index) => `90000000000000000${index}`);
      const { it, call } = use({ command: 'kling-help', options: {}, locale });
      const facts = { quota: 123, period: 'month', active: 4, waiting: 17, retentionDays: 31 } as const;

      const readQuota = () => Promise.reject(new Error('connection lost'));
      await makeTellHelp({ model: kling, ...facts, operatorIds, log: silent, readQuota, sayPrivately })(call);

      const said = it.reply()?.content ?? '';
      for (const figure of ['90', '123', '4', '17', '31', '<@900000000000000004>']) expect(said).toContain(figure);
      expect(said).not.toContain('<@900000000000000005>');
      expect(said.length).toBeLessThan(2000);
      expect(it.isPrivate()).toBe(true);
      expect(discord.violations).toEqual([]);
    },
  );
});
