import { describe, expect, test } from 'vitest';
import type { DiscordOptions, MessageJson } from '#sandbox/discord/discord.ts';
import { jpeg, png } from '#test/images.ts';
import { begin, no } from './discord-raw.ts';

const command = 'Animate';
const picture = { name: 'a.png', bytes: png() };
const site = { url: 'https://site.example/b.jpg', picture: { name: 'b.jpg', bytes: jpeg() } };

async function start(options: DiscordOptions = {}) {
  const world = await begin(options);
  const { discord, ask, channel } = world;
  await ask('PUT', `/applications/${discord.applicationId}/commands`, {
    body: [{ type: 3, name: command, contexts: [0, 1, 2], integration_types: [0, 1] }],
  });
  const ann = discord.addUser({ name: 'ann' });
  const say = (saying: Parameters<typeof discord.say>[3], content = '') =>
    discord.say(channel.id, ann.id, content, saying);
  const apply = (targetId: string) => discord.interact({ command, userId: ann.id, targetId });
  const target = ({ payload }: ReturnType<typeof apply>) => {
    const { resolved } = payload.data as { resolved: { messages: Record<string, MessageJson> } };
    return Object.values(resolved.messages)[0] as MessageJson;
  };
  const read = (messageId: string, channelId = channel.id) =>
    ask('GET', `/channels/${channelId}/messages/${messageId}`);
  return { ...world, ann, say, apply, target, read };
}

describe('a message command', () => {
  test('comes with its message whole, without MESSAGE_CONTENT', async () => {
    const { say, apply, target, guild, channel } = await start();
    const { id } = say({ attachments: [picture], links: [site] }, 'look');

    const it = apply(id);

    expect(it.payload).toMatchObject({ type: 2, guild_id: guild.id, channel_id: channel.id });
    expect(it.payload.data).toMatchObject({ type: 3, name: command, target_id: id });
    expect(it.payload.data).not.toHaveProperty('options');
    expect(target(it)).toMatchObject({ id, channel_id: channel.id, content: 'look' });
    expect(target(it).attachments).toMatchObject([{ filename: 'a.png', size: picture.bytes.length }]);
    expect(target(it).embeds).toMatchObject([{ type: 'image', url: site.url, thumbnail: { url: site.url } }]);
  });

  test('is not there for a message that is gone, or under another type’s name', async () => {
    const { discord, say, apply, ann } = await start();
    const { id } = say({}, 'look');

    expect(() => discord.interact({ command, userId: ann.id })).toThrow('no command');
    discord.deleteMessage(id);

    expect(() => apply(id)).toThrow('no message');
  });

  test('is answered by a reply to its message, and by a modal as well', async () => {
    const { say, apply, answer } = await start();
    const { id } = say({}, 'look');
    const [first, second] = [apply(id), apply(id)];
    const input = { type: 18, label: 'Prompt', component: { type: 4, custom_id: 'p', style: 1 } };

    await answer(first);
    await answer(second, { type: 9, data: { custom_id: 'x', title: 'X', components: [input] } });
    const sent = second.modalSubmit({ values: { p: 'run' } });
    await answer(sent);

    expect(first.reply()).toMatchObject({ type: 23, message_reference: { message_id: id } });
    expect(first.reply()?.interaction_metadata).toMatchObject({ command_type: 3, target_message_id: id });
    expect(sent.payload).toMatchObject({ type: 5, data: { custom_id: 'x' } });
    expect(sent.payload).not.toHaveProperty('message');
    expect(sent.reply()).not.toHaveProperty('message_reference');
  });
});

describe('pictures on messages', () => {
  test('of other sites lie behind the media proxy, which does not say how long they are', async () => {
    const { discord, say } = await start();
    const [embed] = say({ links: [site] }, site.url).embeds as { thumbnail: { proxy_url: string } }[];
    const address = embed?.thumbnail.proxy_url ?? '';

    const response = await fetch(address);

    expect(new URL(address).host).toBe(discord.mediaHost);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(site.picture.bytes);
    expect(response.headers.get('content-length')).toBeNull();
    discord.media.forget(address);
    expect((await fetch(address)).status).toBe(404);
  });

  test('in a gallery are files of the message, resolved', async () => {
    const { say } = await start();

    const message = say({ attachments: [picture], isGallery: true });

    const { id, url } = message.attachments[0] as { id: string; url: string };
    const media = { url, attachment_id: id, content_type: 'image/png' };
    expect(message.components).toMatchObject([{ type: 12, items: [{ media }] }]);
  });

  test('a forward has in its snapshot alone, as they were', async () => {
    const { discord, say, apply, target, ann, channel } = await start();
    const group = discord.addChannel({ recipients: [ann.id, discord.addUser().id] });
    const source = say({ attachments: [picture] }, 'look');

    const { id } = discord.forward(source.id, group.id, ann.id);
    discord.rewrite(source.id, 'changed', 0);

    const forwarded = target(apply(id));
    expect(forwarded).toMatchObject({ content: '', attachments: [], flags: 1 << 14 });
    const reference = { type: 1, channel_id: channel.id, message_id: source.id };
    expect(forwarded.message_reference).toEqual(reference);
    expect(forwarded.message_snapshots).toMatchObject([
      { message: { content: 'look', attachments: [{ filename: 'a.png' }] } },
    ]);
    expect(forwarded.message_snapshots?.[0]?.message).not.toHaveProperty('author');
  });
});

describe('a message read over REST', () => {
  const blank = { status: 200, body: { content: '', attachments: [], embeds: [] } };
  const whole = { status: 200, body: { attachments: [{ filename: 'a.png' }] } };

  test('by another member of a server is blank, but where it mentions the bot', async () => {
    const { discord, say, read, ann, channel } = await start();
    const saying = { attachments: [picture], links: [site] };
    const other = say(saying, 'look');
    const mention = say(saying, `look <@${discord.botUserId}>`);
    const forward = discord.forward(mention.id, channel.id, ann.id);
    const dm = discord.dmWith(ann.id);
    const direct = discord.say(dm.id, ann.id, 'look', saying);

    expect(await read(other.id)).toMatchObject(blank);
    expect(await read(mention.id)).toMatchObject(whole);
    expect(await read(direct.id, dm.id)).toMatchObject(whole);
    expect(await read(forward.id)).toMatchObject({
      body: { message_snapshots: [{ message: { content: '', attachments: [] } }] },
    });
  });

  test('is whole where MESSAGE_CONTENT is turned on', async () => {
    const { say, read } = await start({ seesContent: true });

    expect(await read(say({ attachments: [picture] }, 'look').id)).toMatchObject(whole);
  });

  test('is not there where the bot is no member', async () => {
    const { discord, read, ann } = await start();
    const foreign = discord.addGuild({ bot: false });
    const channel = discord.addChannel({ guildId: foreign.id });
    const { id } = discord.say(channel.id, ann.id, 'look', { attachments: [picture] });

    expect(await read(id, channel.id)).toMatchObject(no(403, 50001));
  });
});
