import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { DiscordStandIn, MessageJson } from '#sandbox/discord/discord.ts';
import { png } from '#test/images.ts';
import { begin, no } from './discord-raw.ts';

const guilds = 1 << 0;
const guildMessages = 1 << 9;
const directMessages = 1 << 12;
const isVoice = 1 << 13;

/** The message events that a client with these intents gets. */
async function listen(discord: DiscordStandIn, intents: number) {
  const socket = new WebSocket(`${discord.url.replace('http:', 'ws:').replace('/api', '')}/?v=10&encoding=json`);
  onTestFinished(() => socket.terminate());
  const events: { t: string; d: MessageJson & { guild_id?: string; channel_type?: number } }[] = [];
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data));
    if (String(frame.t).startsWith('MESSAGE_')) events.push(frame);
  });
  await new Promise((resolve) => socket.on('open', resolve));
  const properties = { os: 'linux', browser: 'test', device: 'test' };
  socket.send(JSON.stringify({ op: 2, d: { token: discord.botToken, intents, properties } }));
  await discord.gateway.waitForReady();
  const names = () => events.map(({ t, d }) => `${t} ${d.content ?? ''}`.trim());
  return { events, names, seen: (...wanted: string[]) => expect.poll(names).toEqual(wanted) };
}

describe('a direct message', () => {
  test('is told to who has DIRECT_MESSAGES, words and all, with the bot’s own answer, edits and ends', async () => {
    const { discord, ask } = await begin();
    const { id } = discord.dmWith(discord.ownerId);
    const client = await listen(discord, guilds | directMessages);

    const said = discord.say(id, discord.ownerId, 'a fox');
    await ask('POST', `/channels/${id}/messages`, { body: { content: 'a draft', allowed_mentions: { parse: [] } } });
    discord.rewrite(said.id, 'a wolf');
    discord.deleteMessage(said.id);

    await client.seen('MESSAGE_CREATE a fox', 'MESSAGE_CREATE a draft', 'MESSAGE_UPDATE a wolf', 'MESSAGE_DELETE');
    expect(client.events[0]?.d).toMatchObject({ channel_id: id, channel_type: 1, author: { id: discord.ownerId } });
    expect(client.events[0]?.d).not.toHaveProperty('guild_id');
    expect(client.events[1]?.d).toMatchObject({ author: { id: discord.botUserId, bot: true } });
    expect(client.events[3]?.d).toEqual({ id: said.id, channel_id: id, channel_type: 1 });
  });

  test('is told to nobody else', async () => {
    const { discord, use } = await begin();
    const client = await listen(discord, guilds | guildMessages);

    discord.say(discord.dmWith(discord.ownerId).id, discord.ownerId, 'a fox');
    discord.say(use().payload.channel_id as string, discord.ownerId, 'in a server');

    // Without the privileged MESSAGE_CONTENT the words of others are blank there.
    await client.seen('MESSAGE_CREATE');
    expect(client.events[0]?.d).toHaveProperty('guild_id');
  });

  test('of somebody in a group DM without the bot is told to nobody', async () => {
    const { discord } = await begin();
    const group = discord.addChannel({ recipients: [discord.ownerId, discord.addUser().id] });
    const client = await listen(discord, guilds | directMessages);

    discord.say(group.id, discord.ownerId, 'a fox');
    discord.say(discord.dmWith(discord.ownerId).id, discord.ownerId, 'a wolf');

    await client.seen('MESSAGE_CREATE a wolf');
  });

  test('carries files, stickers, and the mark of a voice message', async () => {
    const { discord } = await begin();
    const { id } = discord.dmWith(discord.ownerId);
    const client = await listen(discord, directMessages);

    discord.say(id, discord.ownerId, 'look', { attachments: [{ name: 'a.png', bytes: png() }] });
    discord.say(id, discord.ownerId, '', { stickers: ['wave'] });
    discord.say(id, discord.ownerId, '', {
      isVoice: true,
      attachments: [{ name: 'voice-message.ogg', bytes: new Uint8Array(9) }],
    });

    await client.seen('MESSAGE_CREATE look', 'MESSAGE_CREATE', 'MESSAGE_CREATE');
    const [picture, sticker, voice] = client.events.map(({ d }) => d);
    expect(picture?.attachments).toMatchObject([{ filename: 'a.png', content_type: 'image/png' }]);
    expect(sticker).toMatchObject({ attachments: [], sticker_items: [{ name: 'wave' }] });
    expect(voice).toMatchObject({ flags: isVoice, attachments: [{ filename: 'voice-message.ogg' }] });
  });

  test('is read again by the bot with links that work, when those of the event are dead', async () => {
    const { discord, ask } = await begin();
    const { id } = discord.dmWith(discord.ownerId);
    const said = discord.say(id, discord.ownerId, 'look', { attachments: [{ name: 'a.png', bytes: png() }] });
    discord.cdn.expire(said.attachments[0]?.url ?? '');

    const again = await ask('GET', `/channels/${id}/messages/${said.id}`);
    const fresh = (again.body as MessageJson).attachments[0]?.url ?? '';

    expect((await fetch(said.attachments[0]?.url ?? '')).status).toBe(404);
    expect((await fetch(fresh)).status).toBe(200);
    discord.deleteMessage(said.id);
    expect(await ask('GET', `/channels/${id}/messages/${said.id}`)).toMatchObject(no(404, 10008));
  });

  test('longer than Discord’s client takes cannot be written', async () => {
    const { discord } = await begin();
    const { id } = discord.dmWith(discord.ownerId);

    expect(() => discord.say(id, discord.ownerId, 'x'.repeat(4001))).toThrow('4000 characters');
    expect(discord.say(id, discord.ownerId, 'x'.repeat(3000)).content).toHaveLength(3000);
  });
});

test('a component of a message that the bot posted into a DM can be pressed, and updated by the answer', async () => {
  const { discord, ask, answer } = await begin();
  const { id } = discord.dmWith(discord.ownerId);
  discord.say(id, discord.ownerId, 'a fox');
  const buttons = [{ type: 2, style: 1, label: 'Go', custom_id: 'go' }];
  const posted = await ask('POST', `/channels/${id}/messages`, {
    body: { content: 'a draft', components: [{ type: 1, components: buttons }] },
  });
  const { id: messageId } = posted.body as MessageJson;

  const press = discord.press({ messageId, customId: 'go', locale: 'nl' });
  await answer(press, { type: 7, data: { content: 'done', components: [] } });

  expect(press.payload).toMatchObject({
    type: 3,
    context: 1,
    locale: 'nl',
    user: { id: discord.ownerId },
    authorizing_integration_owners: { 0: '0' },
    message: { id: messageId },
    data: { custom_id: 'go', component_type: 2 },
  });
  expect(discord.messages(id).at(-1)).toMatchObject({ id: messageId, content: 'done', components: [] });
  expect(() => discord.press({ messageId, customId: 'go' })).toThrow('no component go');
});
