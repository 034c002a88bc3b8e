import { expect, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { jpeg, png } from '#test/images.ts';
import { expectGoodEnd, finishedRows } from '#test/outcome.ts';

const command = 'Animate with Kling';
const site = { url: 'https://site.example/b.jpg', picture: { name: 'b.jpg', bytes: jpeg() } };

test('the images of a message become a video, whoever answers the modal; a link that has ended costs nothing', async () => {
  await using world = await startWorld();
  const { discord, rivya, channel, user } = world;
  const post = () => {
    const saying = { attachments: [{ name: 'a.png', bytes: png() }], links: [site] };
    return discord.say(channel.id, discord.ownerId, site.url, saying);
  };
  const fill = { values: { prompt: 'it runs', 'setting.duration': '3' } };

  const opened = discord.interact({ command, userId: user.id, targetId: post().id });
  const late = post();
  const other = discord.interact({ command, userId: user.id, targetId: late.id });
  const [modal] = await Promise.all([opened.callback, other.callback]);
  await world.bot?.kill('SIGKILL');
  await world.boot();
  const sent = opened.modalSubmit(fill);
  await sent.waitFor(({ attachments }) => attachments.length === 1);
  discord.cdn.expire(late.attachments[0]?.url ?? '');
  const inVain = other.modalSubmit(fill);
  const notice = await inVain.waitFor(({ content }) => content.includes('❌'));

  expect(modal).toMatchObject({ type: 9, data: { title: command } });
  expect(rivya.files.map(({ name, size }) => [name, size])).toEqual([
    ['a.png', png().length],
    ['b.jpg', jpeg().length],
  ]);
  const files = rivya.files.map(({ id }) => id);
  expect(rivya.tasks).toMatchObject([{ files, body: { prompt: 'it runs', params: { duration: '3' } } }]);
  expect(sent.isPrivate()).toBe(false);
  expect(notice.content).toMatch(/can no longer be read from Discord.*credits are back/s);
  expect((await finishedRows(world)).map(({ status }) => status)).toEqual(['succeeded', 'failed']);
  await expectGoodEnd(world);
});
