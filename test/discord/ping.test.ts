import { expect, test } from 'vitest';
import { makeSendPing } from '#src/discord/ping.ts';
import { aTask } from '../domain/builders.ts';
import { begin, voice } from './begin.ts';

test.each([
  ['by the reply’s token', 'by reply', false],
  ['by the bot’s once that is dead', 'in channel', true],
] as const)('a ping %s is a form that Discord knows, and mentions the member alone', async (_, sent, isDead) => {
  const { discord, rests, use, user, channel } = await begin({ officialChecks: true });
  const { it, call } = use();
  await rests.callbacks.post(`/interactions/${it.id}/${it.token}/callback`, {
    body: { type: 4, data: { content: 'Accepted' } },
    auth: false,
  });
  if (isDead) it.expireToken();

  const reply = { ...call.reply, messageId: it.reply()?.id ?? null };
  expect(await makeSendPing({ ...rests, voice })(aTask({ userId: user.id, status: 'succeeded', reply }))).toBe(sent);

  const [, ping, ...more] = discord.messages(channel.id);
  expect(ping).toMatchObject({
    content: `<@${user.id}> your video is done. https://discord.com/channels/${reply.guildId}/${channel.id}/${reply.messageId}`,
    mentions: [{ id: user.id }],
  });
  expect(more).toEqual([]);
  expect(discord.violations).toEqual([]);
});
