import { describe, expect, test } from 'vitest';
import { makeReadMessage, readDirectMessage } from '#src/discord/direct-message.ts';
import { png } from '#test/images.ts';
import { begin } from './begin.ts';

const message = {
  id: '400000000000000001',
  channel_id: '300000000000000001',
  channel_type: 1,
  type: 0,
  content: 'a fox',
  author: { id: '200000000000000001', username: 'ann' },
  attachments: [],
  flags: 0,
};
const attachment = {
  id: '500000000000000001',
  filename: 'a.png',
  url: 'https://cdn.discordapp.com/attachments/1/2/a.png?ex=1',
  size: 9,
  content_type: 'image/png',
};

describe('a raw message', () => {
  test('of a member in a DM is read: who, where, the words and the files', () => {
    expect(readDirectMessage({ ...message, attachments: [attachment] })).toEqual({
      id: message.id,
      userId: message.author.id,
      channelId: message.channel_id,
      text: 'a fox',
      wantsHelp: false,
      files: [
        {
          ...{ id: attachment.id, name: 'a.png', url: attachment.url, size: 9, contentType: 'image/png' },
          source: { channelId: message.channel_id, messageId: message.id, key: expect.any(String) },
        },
      ],
    });
  });

  test.each([
    ['in a server', { guild_id: '100000000000000001' }],
    ['of a bot, its own included', { author: { ...message.author, bot: true } }],
    ['of Discord itself', { author: { ...message.author, system: true } }],
    ['of a webhook', { webhook_id: '100000000000000001' }],
    ['about a call', { type: 3 }],
    ['about a pin', { type: 6 }],
    ['of a command', { type: 20 }],
  ])('%s is not for the bot', (_, more) => {
    expect(readDirectMessage({ ...message, ...more })).toBeNull();
  });

  test('that replies to another is read as any', () => {
    expect(readDirectMessage({ ...message, type: 19 })?.text).toBe('a fox');
  });

  test.each([null, 'x', {}, { ...message, id: 7 }, { ...message, author: undefined }])('like %j is refused', (raw) => {
    expect(() => readDirectMessage(raw)).toThrow();
  });

  test.each(['help', 'Help!', ' HELP ? ', '/help', 'hulp', '帮助', '帮助！'])(
    'that says %s asks for help',
    (content) => {
      expect(readDirectMessage({ ...message, content })?.wantsHelp).toBe(true);
    },
  );

  test.each(['help the fox', 'a fox', ''])('that says "%s" does not', (content) => {
    expect(readDirectMessage({ ...message, content })?.wantsHelp).toBe(false);
  });
});

describe('reading a message again', () => {
  async function say() {
    const world = await begin();
    const { discord, user, rests } = world;
    const { id: channelId } = discord.dmWith(user.id);
    const said = discord.say(channelId, user.id, 'a fox', { attachments: [{ name: 'a.png', bytes: png() }] });
    return { ...world, channelId, said, readMessage: makeReadMessage(rests.bot) };
  }

  test('gives it as it is now, with links that work', async () => {
    const { discord, channelId, said, readMessage } = await say();
    discord.rewrite(said.id, 'a wolf');
    discord.cdn.expire(said.attachments[0]?.url ?? '');

    const again = await readMessage(channelId, said.id);

    expect(again).toMatchObject({ id: said.id, text: 'a wolf', files: [{ name: 'a.png' }] });
    const [file] = typeof again === 'string' ? [] : again.files;
    expect((await fetch(file?.url ?? '')).status).toBe(200);
  });

  test('tells that it is gone, from no word of Discord’s', async () => {
    const { discord, channelId, said, readMessage } = await say();

    discord.faults.add({ route: `/channels/${channelId}/messages/${said.id}`, status: 503 });
    discord.faults.add({ route: `/channels/${channelId}/messages/${said.id}`, status: 404, body: 'not found' });
    discord.faults.add({ route: `/channels/${channelId}/messages/${said.id}`, drop: true });
    const unclear = [];
    for (let round = 0; round < 3; round += 1) unclear.push(await readMessage(channelId, said.id));
    discord.deleteMessage(said.id);

    expect(unclear).toEqual(['unknown', 'unknown', 'unknown']);
    expect(await readMessage(channelId, said.id)).toBe('gone');
  });
});
