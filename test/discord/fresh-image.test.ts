import { expect, test } from 'vitest';
import type { DiscordOptions, MessageJson } from '#sandbox/discord/discord.ts';
import { makeFreshImage } from '#src/discord/fresh-image.ts';
import { readPictures } from '#src/discord/pictures.ts';
import { jpeg, png } from '#test/images.ts';
import { begin } from './begin.ts';

const files = { attachments: [{ name: 'a.png', bytes: png() }] };
const links = { links: [{ url: 'https://site.example/b.jpg', picture: { name: 'b.jpg', bytes: jpeg() } }] };

async function start(options: DiscordOptions = {}) {
  const world = await begin(options);
  const freshImage = makeFreshImage(world.rests.bot);
  const find = (message: MessageJson) => {
    const source = readPictures(message)[0]?.source ?? expect.unreachable('no picture');
    return freshImage(source);
  };
  const dm = world.discord.dmWith(world.user.id);
  return { ...world, dm, find };
}

test('an image is found on its message again, with a link that works', async () => {
  const { discord, user, dm, find } = await start();
  const message = discord.say(dm.id, user.id, 'look', files);
  const { url } = message.attachments[0] ?? expect.unreachable('no file');
  discord.cdn.expire(url);

  const fresh = await find(message);

  const link = typeof fresh === 'object' ? fresh.url : fresh;
  expect((await fetch(url)).status).toBe(404);
  expect((await fetch(link)).status).toBe(200);
  expect(fresh).toMatchObject({ name: 'a.png', size: png().length, contentType: 'image/png' });
  expect(await find(discord.say(dm.id, user.id, 'look', links))).toMatchObject({ name: 'b.jpg', size: null });
});

test('in a server it is, where the message mentions the bot or the bot may see what all write', async () => {
  const { discord, user, channel, find } = await start();
  const open = await start({ seesContent: true });

  const mention = discord.say(channel.id, user.id, `look <@${discord.botUserId}>`, files);
  const other = discord.say(channel.id, user.id, 'look', files);

  expect(await find(mention)).toMatchObject({ name: 'a.png' });
  expect(await find(other)).toBe('gone');
  expect(await open.find(open.discord.say(open.channel.id, open.user.id, 'look', files))).toMatchObject({
    name: 'a.png',
  });
});

test('it is gone with its message, from an edited one, and where the bot is no member', async () => {
  const { discord, user, dm, find } = await start();
  const [deleted, edited] = [discord.say(dm.id, user.id, 'a', files), discord.say(dm.id, user.id, 'b', files)];
  discord.deleteMessage(deleted.id);
  discord.rewrite(edited.id, 'b', 0);
  const foreign = discord.addChannel({ guildId: discord.addGuild({ bot: false }).id });

  expect(await find(deleted)).toBe('gone');
  expect(await find(edited)).toBe('gone');
  expect(await find(discord.say(foreign.id, user.id, 'c', files))).toBe('gone');
});

test.each([{ status: 500 }, { status: 403, body: '<html>' }, { drop: true }, { status: 200, body: { odd: true } }])(
  'Discord in trouble says nothing of it (%o)',
  async (trouble) => {
    const { discord, user, dm, find } = await start();
    const message = discord.say(dm.id, user.id, 'look', files);
    discord.faults.add({ route: '/channels/:channel/messages/:message', times: 9, ...trouble });

    expect(await find(message)).toBe('unknown');
  },
);
