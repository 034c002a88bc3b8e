import { describe, expect, onTestFinished } from 'vitest';
import type { Database } from '#src/store/database.ts';
import { test } from '#test/database.ts';
import { eventually } from '#test/eventually.ts';
import { age } from '#test/store.ts';
import { openDesk } from './desk.ts';

const followUp = { method: 'POST', route: '/webhooks/:app/:token' } as const;
type Desk = Awaited<ReturnType<typeof openDesk>>;
type Asked = Awaited<ReturnType<Desk['ask']>>;

async function start(database: Database) {
  const desk = await openDesk(database, onTestFinished);
  /** Whom Discord notified, by which message. */
  const pings = () => desk.everything().filter(({ mentions }) => mentions.length > 0);
  return { ...desk, pings };
}

/** The render takes a minute and a second. */
async function endLate(database: Database, asked: Asked): Promise<void> {
  await age(database, asked.id, 61_000);
  await asked.succeed();
}

describe('a render of over a minute', () => {
  test('ends with one short word below the video that mentions its member', async ({ database }) => {
    const { ask, pings, discord, guild, channel } = await start(database);
    const asked = await ask();

    await endLate(database, asked);
    for (let round = 0; round < 3; round += 1) await asked.deliver();

    const link = `https://discord.com/channels/${guild.id}/${channel.id}/${asked.it.reply()?.id}`;
    expect(asked.it.followups).toMatchObject([
      { content: `<@${asked.userId}> your video is done. ${link}`, mentions: [{ id: asked.userId }] },
    ]);
    expect(pings()).toHaveLength(1);
    expect(asked.it.reply()?.attachments).toHaveLength(1);
    expect(discord.violations).toEqual([]);
  });

  test('that failed says so too', async ({ database }) => {
    const { ask, store, discord } = await start(database);
    const asked = await ask();

    await age(database, asked.id, 61_000);
    await store.fail(asked.id, { code: 'generation_failed', message: null });
    await asked.deliver();

    expect(asked.it.followups).toMatchObject([{ content: expect.stringContaining('could not be made') }]);
    expect(discord.violations).toEqual([]);
  });

  test('delivered by two processes at once ends with one', async ({ database }) => {
    const { ask, pings, discord } = await start(database);
    const asked = await ask();
    await endLate(database, asked);

    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const edits = discord.faults.add({ method: 'PATCH', route: /^\/webhooks\//, when: 'after', hold: held, times: 2 });

    const both = [asked.deliver(), asked.deliver()];
    await eventually(() => edits.hits === 2, 'both to show it');
    release();
    await Promise.all(both);

    expect(pings()).toHaveLength(1);
    expect(discord.violations).toEqual([]);
  });

  test('ends without one where the bot was killed right before it', async ({ database }) => {
    const { ask, pings, store } = await start(database);
    const asked = await ask();
    await endLate(database, asked);
    await store.markDelivered(asked.id, 'reply', asked.it.reply()?.id ?? null);
    await store.beginPing(asked.id);

    await asked.deliver();

    expect(pings()).toEqual([]);
    expect(await store.beginPing(asked.id)).toBe(false);
  });

  test.for([
    ['refused', { status: 404 }, ['the channel']],
    [
      'refused for now',
      { status: 429, body: { message: 'Slow down', retry_after: 30, global: false } },
      ['the channel'],
    ],
    ['lost', { drop: true }, []],
    ['answered by a 503', { status: 503 }, []],
    ['taken, its answer lost', { drop: true, when: 'after' }, ['below']],
  ] as const)('ends with one at most where the word below it is %s', async ([, fault, where], { database }) => {
    const { ask, pings, discord } = await start(database);
    const asked = await ask();
    await endLate(database, asked);
    discord.faults.add({ ...followUp, ...fault, times: 9 });

    for (let round = 0; round < 2; round += 1) await asked.deliver();

    const below = asked.it.followups.map(({ id }) => id);
    expect(pings().map(({ id }) => (below.includes(id) ? 'below' : 'the channel'))).toEqual(where);
    expect(await asked.task()).toMatchObject({ delivery: 'delivered' });
  });

  test('ends without one where the word below is refused and the bot is no member', async ({ database }) => {
    const { ask, pings, discord } = await start(database);
    const foreign = discord.addGuild({ name: 'Foreign', bot: false });
    const asked = await ask({ guildId: foreign.id, channelId: discord.addChannel({ guildId: foreign.id }).id });
    await endLate(database, asked);
    discord.faults.add({ ...followUp, status: 404 });

    await asked.deliver();

    expect(pings()).toEqual([]);
    expect(discord.requests.filter(({ method, path }) => method === 'POST' && path.startsWith('/channels/'))).toEqual(
      [],
    );
  });

  test('ends with a message in the channel once the token is dead, with a nonce of its own', async ({ database }) => {
    const { ask, pings, discord, channel } = await start(database);
    const asked = await ask();
    await endLate(database, asked);
    await asked.expire();

    await asked.deliver();

    expect(await asked.task()).toMatchObject({ rung: 'message' });
    expect(asked.it.followups).toEqual([]);
    expect(pings()).toMatchObject([{ channel_id: channel.id, mentions: [{ id: asked.userId }] }]);
    expect(discord.violations).toEqual([]);
  });
});

describe('no ping', () => {
  test('ends a render of a minute', async ({ database }) => {
    const { ask, pings } = await start(database);
    const asked = await ask();
    await age(database, asked.id, 50_000);
    await asked.succeed();

    await asked.deliver();

    expect(pings()).toEqual([]);
  });

  test('follows a new message, which mentions the member itself', async ({ database }) => {
    const { ask, pings, discord, channel } = await start(database);
    const asked = await ask();
    asked.it.deleteReply();
    await endLate(database, asked);

    await asked.deliver();

    expect(await asked.task()).toMatchObject({ rung: 'channel' });
    expect(pings()).toMatchObject([{ channel_id: channel.id, attachments: [{}], mentions: [{ id: asked.userId }] }]);
    expect(discord.messages(channel.id)).toHaveLength(1);
    expect(discord.violations).toEqual([]);
  });

  test.for([
    ['where the reply is private', true, {}],
    ['in a group', false, { context: 2 }],
  ] as const)('is sent %s', async ([, isPrivate, place], { database }) => {
    const { ask, pings, discord, user } = await start(database);
    const group = { ...place, channelId: discord.addChannel({ recipients: [user.id, discord.addUser().id] }).id };
    const asked = await ask('context' in place ? group : {}, isPrivate);
    await endLate(database, asked);

    await asked.deliver();

    expect(await asked.task()).toMatchObject({ delivery: 'delivered', rung: 'reply' });
    expect(pings()).toEqual([]);
    expect(asked.it.followups).toEqual([]);
    expect(discord.violations).toEqual([]);
  });

  test('is sent to who has turned it off, nor are they mentioned by a new message', async ({ database }) => {
    const { ask, pings, store, channel, discord } = await start(database);
    const [edited, renewed] = [await ask(), await ask()];
    await store.savePing(edited.userId, false);
    renewed.it.deleteReply();
    for (const asked of [edited, renewed]) {
      await endLate(database, asked);
      await asked.deliver();
    }

    expect(pings()).toEqual([]);
    expect(discord.messages(channel.id).filter(({ content }) => content.includes('<@'))).toEqual([]);
    expect(edited.it.followups).toEqual([]);
  });
});
