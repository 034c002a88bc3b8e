import { afterAll, beforeAll, describe, type TestContext, test } from 'vitest';
import { buttons, commands, messageCommands, modals } from '#commands/index.ts';
import { makeCallback } from '#src/discord/callback.ts';
import { makeDispatch } from '#src/discord/dispatch.ts';
import { makeReplies } from '#src/discord/replies.ts';
import { makeSay } from '#src/discord/say.ts';
import { makeAnswerShow } from '#src/discord/show-video.ts';
import { answers } from '#src/discord/texts/answers.ts';
import type { Rung } from '#src/domain/task.ts';
import { type Database, openDatabase } from '#src/store/database.ts';
import { createDatabase, type TestDatabase } from '#test/database.ts';
import { accepted, refused, slow, start as startAnswering } from '../discord/answering.ts';
import { noHands, silent } from '../discord/begin.ts';
import { aTask } from '../domain/builders.ts';
import { startDelivering } from './delivering.ts';

const minutes = 60_000;
const original = '/webhooks/:app/:token/messages/@original';
const message = '/channels/:channel/messages/:message';
const messages = '/channels/:channel/messages';

let created: TestDatabase;
let database: Database;
beforeAll(async () => {
  created = await createDatabase();
  database = openDatabase(created.url);
});
afterAll(async () => {
  await database.close();
  await created[Symbol.asyncDispose]();
});

type World = Awaited<ReturnType<typeof start>>;
const start = (rung: Rung, context: TestContext) => startDelivering(database, rung, 'video', context);

/** Statuses of the calls of a route, in order. */
const calls = ({ discord }: World, method: string, path: RegExp) =>
  discord.requests.filter((one) => one.method === method && path.test(one.path)).map(({ status }) => status);
const edits = (world: World) => calls(world, 'PATCH', /^\/webhooks\/.*@original$/);
const channelEdits = (world: World) => calls(world, 'PATCH', /^\/channels\//);
const posts = (world: World) => calls(world, 'POST', /^\/channels\/.*\/messages$/);

/** Delivers until nothing is left to do, however often faults put it off. */
async function deliverAll({ deliver, task, age }: World): Promise<void> {
  for (let again = 0; again < 6 && (await task()).delivery === 'pending'; again += 1) {
    if ((await task()).rungAt !== null) await age(3 * minutes);
    await deliver();
  }
}

const isLink = {
  attachments: { length: 0 },
  // Beside the link, what can be done about the task.
  components: [{ components: [{ url: 'https://media.example/film.mp4' }, {}, {}, {}] }],
};
const isVideo = { attachments: { length: 1 } };

describe.concurrent('a code of Discord’s at a delivery', () => {
  test('50027: the token is dead; the same message is edited with the bot’s, which it did not cost', async (context) => {
    const { expect } = context;
    const world = await start('reply', context);
    world.it.expireToken();

    await deliverAll(world);

    expect([edits(world), channelEdits(world)]).toEqual([[401], [200]]);
    expect(await world.task()).toMatchObject({ delivery: 'delivered', rung: 'message' });
    expect(await world.rests.bot.get('/users/@me')).toHaveProperty('id', world.discord.botUserId);
    expect(world.discord.violations).toEqual([]);
  });

  test('10015: the same', async (context) => {
    const { expect } = context;
    const world = await start('reply', context);
    world.discord.faults.add({
      method: 'PATCH',
      route: original,
      status: 404,
      body: { code: 10015, message: 'Unknown Webhook' },
    });

    await deliverAll(world);

    expect([edits(world), channelEdits(world)]).toEqual([[404], [200]]);
    expect(world.shown()).toMatchObject([isVideo]);
  });

  test('10008: the message was deleted; a new one is posted, and nobody asks for the old one again', async (context) => {
    const { expect } = context;
    const world = await start('reply', context);
    world.it.deleteReply();

    await deliverAll(world);

    expect([edits(world), channelEdits(world), posts(world)]).toEqual([[404], [], [200]]);
    expect(world.shown()).toMatchObject([isVideo]);
    expect(world.discord.violations).toEqual([]);
  });

  test('50001: the bot cannot see the channel; the video comes by DM', async (context) => {
    const { expect } = context;
    const world = await start('message', context);
    world.channel.permissions = 0n;

    await deliverAll(world);

    expect([channelEdits(world), posts(world)]).toEqual([[403], [403, 200]]);
    expect(world.discord.dms(world.user.id)).toMatchObject([isVideo]);
  });

  test('50013: the bot may not send or attach there; the video comes by DM', async (context) => {
    const { expect } = context;
    const world = await start('channel', context);
    world.channel.permissions = 0x400n;

    await deliverAll(world);

    expect(posts(world)).toEqual([403, 200]);
    expect(world.discord.dms(world.user.id)).toMatchObject([isVideo]);
  });

  test.for([
    ['50007: DMs are closed', { dmsClosed: true }],
    ['50278: no server in common', { mutualGuild: false }],
  ] as const)(
    '%s: not deliverable, but the video is kept, settled, and asked for no more',
    async ([, closed], context) => {
      const { expect } = context;
      const world = await start('dm', context);
      Object.assign(world.user, closed);

      await deliverAll(world);

      expect(posts(world)).toEqual([403]);
      expect(await world.task()).toMatchObject({
        ...{ delivery: 'undeliverable', status: 'succeeded', finalCredits: 90 },
        resultUrls: ['https://media.example/film.mp4'],
      });
    },
  );
});

describe.concurrent('40094: an interaction takes no more follow-ups', () => {
  const used = { status: 400, body: { message: 'maximum number of follow up messages', code: 40094 }, times: 9 };
  const followUps = { method: 'POST', route: '/webhooks/:app/:token' } as const;

  test('a refusal that cannot be told apart is said by an edit of the reply instead, without its figures', async ({
    expect,
    onTestFinished,
  }) => {
    const { it, answer, discord } = await startAnswering(slow(refused), onTestFinished);
    const fault = discord.faults.add({ ...followUps, ...used });

    await answer();

    expect(it.reply()).toMatchObject({ flags: 4, content: `-# ${answers('en').refusedUntold()}` });
    expect([it.followups, fault.hits]).toEqual([[], 1]);
  });

  test('a click whose answer is not taken leaves the message, and nothing more is sent', async ({
    expect,
    onTestFinished,
  }) => {
    const { it, call, discord, rests } = await startAnswering(accepted, onTestFinished);
    const replies = makeReplies(rests.webhooks);
    const callback = makeCallback(rests.callbacks);
    const showVideo = makeAnswerShow({
      ...{ ...replies, callback, log: silent },
      showVideo: async () => ({ refused: 'stranger' }),
    });
    const { dispatch, drain } = makeDispatch({
      ...{
        commands,
        messageCommands,
        buttons,
        modals,
        log: silent,
        ...makeSay({ ...replies, callback }),
        remember: async () => {},
      },
      hands: { ...noHands, showVideo },
    });
    const customId = `show:${aTask().id}`;
    const button = { type: 2, style: 2, label: 'Show video', custom_id: customId };
    await callback(call, { type: 4, data: { content: 'late', components: [{ type: 1, components: [button] }] } });
    const fault = discord.faults.add({ ...followUps, ...used });

    const press = it.component({ customId });
    dispatch(press.payload);
    await drain();

    expect((await press.callback).type).toBe(6);
    expect([it.reply()?.content, press.followups, fault.hits]).toEqual(['late', [], 1]);
  });
});

describe.concurrent('what is dead is called once, however often the rest fails', () => {
  test.for<[number, number]>([
    [401, 50027],
    [401, 0],
    [403, 50001],
    [403, 50013],
    [403, 0],
    [404, 10015],
    [404, 10008],
    [404, 0],
  ])('a reply that answered %i with code %i', async ([status, code], context) => {
    const { expect } = context;
    const world = await start('reply', context);
    const { faults, violations } = world.discord;
    faults.add({ method: 'PATCH', route: original, status, body: { message: 'no', code } });
    faults.add({ method: 'PATCH', route: message, status: 503, times: 2 });
    faults.add({ method: 'POST', route: messages, status: 503 });

    await deliverAll(world);

    expect(edits(world)).toEqual([status]);
    expect(await world.task()).toMatchObject({ delivery: 'delivered' });
    expect(world.shown()).toMatchObject([isVideo]);
    expect(violations).toEqual([]);
  });

  test.for<[number, number]>([
    [403, 50001],
    [403, 50013],
    [404, 10003],
    [404, 10008],
  ])('a message that answered the bot %i with code %i', async ([status, code], context) => {
    const { expect } = context;
    const world = await start('message', context);
    const { faults, violations } = world.discord;
    faults.add({ method: 'PATCH', route: message, status, body: { message: 'no', code } });
    faults.add({ method: 'POST', route: messages, status: 503, times: 2 });

    await deliverAll(world);

    expect(channelEdits(world)).toEqual([status]);
    expect(await world.task()).toMatchObject({ delivery: 'delivered', rung: 'channel' });
    expect(violations).toEqual([]);
  });

  test('a channel that is closed to the bot', async (context) => {
    const { expect } = context;
    const world = await start('channel', context);
    world.channel.permissions = 0n;
    world.discord.faults.add({ method: 'POST', route: '/users/@me/channels', status: 503, times: 3 });

    await deliverAll(world);

    expect(posts(world)).toEqual([403, 200]);
    expect(await world.task()).toMatchObject({ delivery: 'delivered', rung: 'dm' });
  });
});

describe.concurrent('a bot token that is refused (401) closes no rung: the video waits for the operator', () => {
  test.for(['message', 'channel', 'dm'] as const)('%s', async (rung, context) => {
    const { expect } = context;
    const world = await start(rung, context);
    world.discord.faults.add({
      route: /^\/(channels|users)\//,
      status: 401,
      times: 2,
      body: { message: '401: Unauthorized', code: 0 },
    });

    await world.deliver();
    expect(await world.task()).toMatchObject({ delivery: 'pending', rungAt: null });
    world.discord.faults.clear();
    world.rests.bot.setToken(world.discord.botToken);
    await deliverAll(world);

    expect(await world.task()).toMatchObject({ delivery: 'delivered', rung });
  });
});

describe.concurrent.each(['reply', 'message', 'channel', 'dm'] as const)(
  'the video is not lost on the rung %s',
  (rung) => {
    const where = { reply: original, message, channel: messages, dm: messages }[rung];

    test('to automatic moderation of the prompt (200000): it is sent again without it', async (context) => {
      const { expect } = context;
      const world = await start(rung, context);
      world.discord.autoModerate(/fox/);

      await deliverAll(world);

      expect(await world.task()).toMatchObject({ delivery: 'delivered', rung });
      expect(world.shown()).toMatchObject([isVideo]);
      expect(world.shown()[0]?.content).not.toContain('fox');
    });

    test('to automatic moderation of anything (200000)', async (context) => {
      const { expect } = context;
      const world = await start(rung, context);
      world.discord.autoModerate(/./);

      await deliverAll(world);
      const [task] = [await world.task()];

      expect(task).toMatchObject({ delivery: 'undeliverable', status: 'succeeded', resultUrls: { length: 1 } });
    });

    test.for([
      ['413 with 40005', { status: 413, body: { message: 'Request entity too large', code: 40005 } }],
      ['413 of a proxy', { status: 413, body: '<html>' }],
      ['400 with 40005', { status: 400, body: { message: 'Request entity too large', code: 40005 } }],
    ] as const)('to a file that is too large (%s): its link is shown', async ([, fault], context) => {
      const { expect } = context;
      const world = await start(rung, context);
      world.discord.faults.add({ route: where, ...fault });

      await deliverAll(world);

      expect(await world.task()).toMatchObject({ delivery: 'delivered', rung });
      expect(world.shown()).toMatchObject([isLink]);
    });

    test.for([50001, 50013])('to a permission that is missing (%i)', async (code, context) => {
      const { expect } = context;
      const world = await start(rung, context);
      world.discord.faults.add({ route: where, status: 403, body: { message: 'no', code } });

      await deliverAll(world);

      const delivery = rung === 'dm' ? 'undeliverable' : 'delivered';
      expect(await world.task()).toMatchObject({ delivery, status: 'succeeded', resultUrls: { length: 1 } });
      expect(world.shown()).toHaveLength(rung === 'dm' ? 0 : 1);
    });
  },
);
