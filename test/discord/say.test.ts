import { expect, test } from 'vitest';
import { makeCallback } from '#src/discord/callback.ts';
import { type Press, readCall } from '#src/discord/calls.ts';
import { makeReplies } from '#src/discord/replies.ts';
import { makeSay } from '#src/discord/say.ts';
import { begin } from './begin.ts';

async function start() {
  const world = await begin({ officialChecks: true });
  const callback = makeCallback(world.rests.callbacks);
  const say = makeSay({ ...makeReplies(world.rests.webhooks), callback });
  return { ...world, ...say, callback };
}

test('a private word is seen by the member alone and pings nobody', async () => {
  const { sayPrivately, use, discord } = await start();
  const { it, call } = use();

  await sayPrivately(call, 'no, @everyone');

  expect(it.isPrivate()).toBe(true);
  expect(it.reply()).toMatchObject({ content: 'no, @everyone', mentions: [] });
  expect(discord.violations).toEqual([]);
});

test('an apology for a press that was taken already comes as a private message beside the one it was pressed on', async () => {
  const { apologise, callback, use, rests, discord } = await start();
  const { it, call } = use();
  await callback(call, { type: 4, data: { content: 'the video', components: [row] } as never });
  const click = it.component({ customId: 'show:1' });
  const press = readCall(click.payload) as Press;
  await rests.callbacks.post(`/interactions/${press.id}/${press.token}/callback`, { body: { type: 6 }, auth: false });

  await apologise(press);

  expect(it.reply()?.content).toBe('the video');
  expect(click.followups).toMatchObject([{ content: expect.stringContaining('Something went wrong'), flags: 4 | 64 }]);
  expect(discord.violations).toEqual([]);
});

test.each([
  ['of others', 0, 'bob'],
  ['of one’s own', 64, undefined],
])('a press on a message %s knows it, whether it is private, and who pressed', async (_, flags, name) => {
  const { callback, use, discord } = await start();
  const { it, call } = use();
  await callback(call, { type: 4, data: { content: 'x', flags, components: [row] } as never });
  const userId = name === undefined ? call.userId : discord.addUser({ name }).id;

  const press = readCall(it.component({ customId: 'show:1', userId }).payload);

  expect(press).toMatchObject({
    kind: 'press',
    customId: 'show:1',
    userId,
    reply: { messageId: it.reply()?.id, isPrivate: flags === 64, channelId: call.reply.channelId },
  });
  expect(press?.token).not.toBe(call.token);
});

const row = { type: 1, components: [{ type: 2, style: 2, label: 'Show', custom_id: 'show:1' }] };
