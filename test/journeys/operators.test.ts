import { expect, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';

const boss = '900000000000000001';

test('operators have their command in their server alone, are told of an empty account once, and it recovers by itself', async () => {
  await using world = await startWorld({ start: false, rivya: { credits: 20 } });
  const { discord, rivya, guild, channel } = world;
  const desk = discord.addChannel({ guildId: guild.id });
  const env = { OPERATOR_IDS: boss, OPERATOR_GUILD_ID: guild.id, OPERATOR_CHANNEL_ID: desk.id };
  const bot = await world.boot(env);
  await discord.commands.waitFor('kling');
  await eventually(() => discord.commands.list(guild.id).length === 1, 'the operators’ command');
  await discord.waitForMessage(desk.id);

  const refused = world.kling();
  await refused.waitFor(({ content }) => content !== '');
  const options = [{ name: 'balance', type: 1 }];
  const asked = discord.interact({
    command: 'kling-admin',
    options,
    userId: boss,
    guildId: guild.id,
    channelId: channel.id,
  });
  await asked.waitFor(({ content }) => content !== '');
  rivya.credits = 900;
  await eventually(async () => {
    const accepted = world.kling();
    const { content } = await accepted.waitFor((reply) => reply.content !== '');
    return !content.includes('is empty');
  }, 'requests to be taken again');

  expect(discord.commands.list(guild.id).map(({ command }) => command.name)).toEqual(['kling-admin']);
  expect(discord.commands.list().map(({ command }) => command.name)).not.toContain('kling-admin');
  expect(refused.reply()?.content).toMatch(/^The account at the video provider that pays for all is empty/);
  expect(refused.isPrivate()).toBe(true);
  expect(asked.reply()?.content).toBe('The provider account has 20 credits: 0 videos.');
  expect(discord.messages(desk.id).map(({ content }) => content)).toEqual([
    expect.stringMatching(/^⚠️ The provider account has 20 credits left, fewer than 180/),
  ]);
  expect(bot.lines.filter(({ level }) => level === 'fatal')).toEqual([]);
  expect(discord.violations).toEqual([]);
});
