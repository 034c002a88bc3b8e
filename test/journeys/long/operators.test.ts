import { expect, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';

const boss = '900000000000000001';

test('with processes apart, a grant acts once, an empty account is told of once, and each refuses and recovers', async () => {
  await using world = await startWorld({ start: false, rivya: { credits: 20 } });
  const { discord, rivya, database, guild, channel, user } = world;
  const desk = discord.addChannel({ guildId: guild.id });
  const env = { OPERATOR_IDS: boss, OPERATOR_CHANNEL_ID: desk.id };
  discord.addMember(guild.id, boss, { permissions: 1n << 3n });
  await Promise.all([
    world.boot({ ...env, ROLE: 'gateway' }),
    world.boot({ ...env, ROLE: 'gateway' }),
    world.boot({ ...env, ROLE: 'worker' }),
    world.boot({ ...env, ROLE: 'worker' }),
  ]);
  await discord.commands.waitFor('kling-admin');

  const options = [
    {
      name: 'grant',
      type: 1,
      options: [
        { name: 'user', type: 6, value: user.id },
        { name: 'credits', type: 4, value: 90 },
        { name: 'reason', type: 3, value: 'once' },
      ],
    },
  ];
  const granted = discord.interact({
    ...{ command: 'kling-admin', options, userId: boss, guildId: guild.id, channelId: channel.id },
  });
  await granted.waitFor(({ content }) => content !== '');
  await discord.waitForMessage(desk.id);
  const refused = world.kling();
  await refused.waitFor(({ content }) => content !== '');
  // Each has looked at the account at its start, and again since.
  const looks = () => rivya.requests.filter(({ path }) => path.endsWith('/credits')).length;
  await eventually(() => looks() >= 3 * 4, 'all to look again');
  const told = discord.messages(desk.id);
  rivya.credits = 900;
  await eventually(async () => {
    const { content } = await world.kling().waitFor((reply) => reply.content !== '');
    return !content.includes('is empty');
  }, 'requests to be taken again');

  expect(granted.reply()?.content).toMatch(/^90 bonus credits granted .* 90 to use/);
  expect(granted.followups).toEqual([]);
  const grants = await database.sql`select amount from ledger where kind = 'grant'`;
  expect(grants).toEqual([{ amount: 90 }]);
  expect(refused.isPrivate()).toBe(true);
  expect(told.map(({ content }) => content)).toEqual([expect.stringMatching(/^⚠️ The provider account has 20 credits/)]);
  expect(discord.violations).toEqual([]);
});
