import { afterAll, beforeAll, describe, expect as expectOnce, test } from 'vitest';
import { startWorld, type World } from '#test/bot.ts';
import { customIds, openDm } from '#test/dm.ts';
import { ageDrafts } from '#test/drafts.ts';
import { eventually } from '#test/eventually.ts';
import { gif, jpeg, png } from '#test/images.ts';
import { expectGoodEnd } from '#test/outcome.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const generate = /^draft-make:/;
const cancel = /^draft-cancel:/;
const duration = /^draft-set:.*:duration$/;
const sound = /^draft-switch:.*:sound:/;
const hasVideo = ({ attachments }: { attachments: readonly unknown[] }) => attachments.length === 1;
const isClosed = ({ components }: { components: readonly unknown[] }) => components.length === 0;

// Members of one bot, side by side.
let world: World;
beforeAll(async () => {
  world = await startWorld({ env: { QUOTA_CREDITS: '900' } });
}, 60_000);
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

function meet() {
  const { id: userId } = world.discord.addUser();
  const tasks = () => world.database.sql`select id, status from tasks where user_id = ${userId}`;
  const drafts = () => world.database.sql<{ state: string; showAt: Date | null }[]>`
    select state, show_at from drafts where user_id = ${userId} order by created_at`;
  return { ...openDm(world, userId), userId, tasks, drafts };
}

describe.concurrent('a plain message to the bot', () => {
  test('becomes a draft, and by Generate alone the video, in that very message, of just what it showed', async ({
    expect,
  }) => {
    const dm = meet();

    const draft = await dm.ask('a fox in the *snow*', {
      attachments: [
        { name: 'first.png', bytes: png() },
        { name: 'last.jpg', bytes: jpeg() },
      ],
    });
    await dm.press(draft, duration, '10').callback;
    await dm.press(draft, sound).callback;
    const tasks = await dm.tasks();
    const ledger = await world.database.sql`select 1 from ledger where owner = ${`user:${dm.userId}`}`;
    // The links that the event came with are dead by now.
    for (const { url } of dm.said()[0]?.attachments ?? []) world.discord.cdn.expire(url);
    const pressed = dm.press(draft, generate);
    const shown = await pressed.waitFor(hasVideo);

    expect(draft.content).toBe(
      '**a fox in the \\*snow\\***\n🖼️ first\\.png\n🖼️ last\\.jpg\n-# 90 credits · 900 left · nothing is charged before *Generate*',
    );
    expect(draft.components).toHaveLength(5);
    expect([tasks, ledger]).toEqual([[], []]);
    expect((await pressed.callback).type).toBe(7);
    expect(shown.id).toBe(draft.id);
    expect(customIds(shown.components).filter((id) => id.startsWith('draft'))).toEqual([]);
    expect(shown.content).toContain('Pro · 10 s · Generate audio · 16:9 · 90 credits · 810 left');
    expect(dm.botsOwn()).toHaveLength(1);
    expect(await dm.tasks()).toMatchObject([{ status: 'succeeded' }]);
  });

  test('that is no request gets help, or the rule it breaks', async ({ expect }) => {
    const picture = { name: 'a.png', bytes: png() };
    const recording = { name: 'voice-message.ogg', bytes: new Uint8Array(9) };
    const cases: [text: string, saying: Parameters<World['discord']['say']>[3], words: RegExp][] = [
      ['', { stickers: ['wave'] }, /^Write me what should happen .* up to 2 pictures/],
      ['', { isVoice: true, attachments: [recording] }, /^Write me/],
      ['', { attachments: [picture] }, /^Write me/],
      ['Help!', {}, /^Write me/],
      ['hulp', {}, /^Write me/],
      ['帮助', {}, /^Write me/],
      ['a fox', { attachments: [picture, picture, picture] }, /At most 2 images.*Nothing was charged/],
      ['x'.repeat(3000), {}, /3,000 characters; at most 2,000.*Nothing was charged/],
      ['a fox', { attachments: [{ name: 'fun.gif', bytes: gif() }] }, /\*\*fun\\\.gif\*\* is not a JPEG, PNG or WebP/],
      ['a fox', { attachments: [{ name: 'notes.txt', bytes: Buffer.from('x') }] }, /notes\\\.txt\*\* is not a JPEG/],
    ];

    for (const [text, saying, words] of cases) {
      const dm = meet();
      dm.say(text, saying);
      const answer = await dm.answer();

      expect(answer.content, text).toMatch(words);
      expect(answer.components).toEqual([]);
      expect(await dm.drafts()).toMatchObject([{ state: 'told' }]);
    }
  });

  test('is none if it is by a webhook or Discord’s own news, and no malformed event ends the bot', async ({
    expect,
  }) => {
    const dm = meet();

    dm.say('pinned', { type: 6 });
    dm.say('by a webhook', { webhookId: world.guild.id });
    for (const event of ['MESSAGE_CREATE', 'MESSAGE_UPDATE', 'MESSAGE_DELETE'])
      world.discord.gateway.dispatch(event, { channel_id: dm.channelId, author: 7 });
    await dm.ask('a fox');

    expect(dm.botsOwn()).toHaveLength(1);
    expect(await dm.drafts()).toMatchObject([{ state: 'open' }]);
  });

  test('is answered in the locale of the member’s last interaction, else in English; five times a minute', async ({
    expect,
  }) => {
    const dm = meet();
    const { id: channelId } = world.channel;
    const asked = { command: 'kling', options: { prompt: ' ' }, userId: dm.userId, channelId, locale: 'nl' };

    const english = await dm.ask('first');
    await world.discord.interact(asked).callback;
    await eventually(() => localeOf(dm.userId), 'the locale to be kept');
    const dutch = await dm.ask('second');
    const inChinese = { messageId: dutch.id, customId: ofKind(dutch, duration), values: ['3'], locale: 'zh-CN' };
    await world.discord.press(inChinese).callback;
    const chinese = dm.now(dutch);
    for (const text of ['third', 'fourth', 'fifth']) await dm.ask(text);
    dm.say('sixth');
    const last = await dm.answer(({ content }) => content.includes('5 条消息'));
    await ageDrafts(world.database, minute + 1_000, dm.userId);
    await dm.ask('next minute');

    expect(english.content).toContain('nothing is charged before *Generate*');
    expect(dutch.content).toContain('90 credits · nog 900 over · voor *Genereren* wordt niets afgeschreven');
    expect(chinese?.content).toContain('按 *生成* 之前不会扣除积分');
    expect(last.components).toEqual([]);
    expect(dm.botsOwn()).toHaveLength(7);
  });
});

describe.concurrent('a draft', () => {
  test('ends by Cancel, by a newer message and after a day, and says so; pressed after that it makes nothing', async ({
    expect,
  }) => {
    const dm = meet();

    const first = await dm.ask('first');
    await dm.press(first, cancel).callback;
    const second = await dm.ask('second');
    const third = await dm.ask('third');
    await eventually(() => isClosed(dm.now(second) ?? second), 'the second draft to be closed');
    await ageDrafts(world.database, day + minute, dm.userId);
    // A press may come before the sweep does.
    const late = dm.press(third, generate);
    await late.callback;
    await eventually(async () => (await dm.drafts()).every(({ state }) => state !== 'open'), 'the sweep');

    expect(dm.now(first)).toMatchObject({ content: '**first**\n-# Canceled. Nothing was charged.', components: [] });
    expect(dm.now(second)?.content).toBe('**second**\n-# Closed by your newer message. Nothing was charged.');
    expect(dm.now(third)?.content).toMatch(/^\*\*third\*\*\n-# This draft was open for a day/);
    expect((await late.callback).type).toBe(7);
    expect(dm.botsOwn()).toHaveLength(3);
    expect(await dm.tasks()).toEqual([]);
  });

  test('of yesterday is ended by the sweep, also where Discord takes no edit: three tries and no more', async ({
    expect,
  }) => {
    const [dm, other] = [meet(), meet()];
    const stuck = await dm.ask('stuck');
    const good = await other.ask('good');
    const edits = world.discord.faults.add({ method: 'PATCH', route: new RegExp(stuck.id), status: 500, times: 100 });

    for (const { userId } of [dm, other]) await ageDrafts(world.database, day + minute, userId);
    for (const tries of [1, 2, 3]) {
      await eventually(() => edits.hits === tries, `try ${tries}`);
      await ageDrafts(world.database, minute, dm.userId);
    }
    const ended = await eventually(() => [other.now(good)].find((one) => one && isClosed(one)), 'the other to end');
    // By now the sweep has come by again.
    const later = await meet().ask('later');
    await eventually(() => isClosed(ended) && later, 'an answer');

    expect(ended.content).toContain('was open for a day');
    expect(edits.hits).toBe(3);
    expect(await dm.drafts()).toMatchObject([{ state: 'expired', showAt: null }]);
  });

  test('stays usable where Generate is refused: over the quota, and while Discord does not show the message', async ({
    expect,
  }) => {
    const dm = meet();
    const subject = `user:${dm.userId}`;
    const allow = (credits: number) => world.database.sql`
      insert into rules (subject, kind, credits, actor) values (${subject}, 'allowance', ${credits}, '1')
      on conflict (subject, kind) do update set credits = excluded.credits`;
    await allow(10);
    const draft = await dm.ask('a fox');

    const over = dm.press(draft, generate);
    const refused = await over.waitFor(() => true);
    await allow(90);
    world.discord.faults.add({ method: 'GET', route: `/channels/${dm.channelId}/messages/:id`, status: 503 });
    const blind = await dm.press(draft, generate).waitFor(() => true);
    const made = await dm.press(draft, generate).waitFor(hasVideo);

    expect(draft.content).toContain('90 credits · 10 left');
    expect(over.isPrivate()).toBe(true);
    expect(refused.content).toMatch(/costs 90 credits and you have 10 left of 10/);
    expect(blind.content).toMatch(/did not let me read your message.*Nothing was charged/);
    expect(made.id).toBe(draft.id);
    expect(await dm.tasks()).toMatchObject([{ status: 'succeeded' }]);
  });

  test('follows its message: edited, it is shown anew before anything is made; deleted, it is closed', async ({
    expect,
  }) => {
    const dm = meet();
    const attachments = ['a.png', 'b.png'].map((name) => ({ name, bytes: png() }));

    const said = dm.say('a fox', { attachments });
    const draft = await dm.answer();
    world.discord.rewrite(said.id, 'a wolf', 1);
    await dm.press(draft, generate).callback;
    const revised = dm.now(draft);
    const tasks = await dm.tasks();
    await dm.press(draft, generate).waitFor(hasVideo);
    const taken = dm.say('a bear');
    const bear = await dm.answer(({ content }) => content.includes('bear'));
    world.discord.deleteMessage(taken.id);
    await dm.press(bear, generate).callback;

    expect(revised?.content).toMatch(/^⚠️ This has changed.*\n\*\*a wolf\*\*\n🖼️ a\\.png\n-# 90 credits/);
    expect(tasks).toEqual([]);
    expect(await dm.tasks()).toMatchObject([{ status: 'succeeded' }]);
    expect(dm.now(bear)?.content).toMatch(/^-# The message that this came from is gone/);
    expect((await dm.drafts()).map(({ state }) => state)).toEqual(['generated', 'withdrawn']);
  });
});

test('the books balance after all of that, and Discord has nothing to complain of', async () => {
  await expectGoodEnd(world);
  expectOnce(world.bot?.output()).not.toMatch(/"level":"(error|fatal)"(?!.*cannot be read)/);
});

async function localeOf(userId: string): Promise<string | undefined> {
  const [row] = await world.database.sql<{ locale: string }[]>`select locale from members where user_id = ${userId}`;
  return row?.locale;
}

function ofKind({ components }: { components: readonly unknown[] }, which: RegExp): string {
  return customIds(components).find((id) => which.test(id)) ?? '';
}
