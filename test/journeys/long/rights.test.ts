import { expect, test } from 'vitest';
import { unbalanced, wrongTasks } from '#test/books.ts';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';

test('a deletion that a killed process began is carried out by another: what waits is canceled, the member told', async () => {
  await using world = await startWorld({
    rivya: { render: 'manual' },
    env: { MAX_ACTIVE_TASKS: '1', QUOTA_CREDITS: '1000' },
  });
  const { discord, database, rivya, user, guild, channel, bot } = world;
  const options = [{ name: 'delete', type: 1, options: [] }] as never;
  const place = { userId: user.id, guildId: guild.id, channelId: channel.id };
  const film = world.kling();
  await eventually(() => rivya.tasks.length === 1, 'a render');
  const waiting = world.kling();
  await waiting.waitFor(({ content }) => content !== '');
  const asked = discord.interact({ command: 'kling-me', options, ...place });
  await asked.waitFor(({ content }) => content !== '');
  const click = asked.component({ customId: 'erase:asked' });
  await click.waitFor(({ content }) => content.includes('being deleted'));

  await bot?.kill('SIGKILL');
  await Promise.all([world.boot(), world.boot()]);
  await waiting.waitFor(({ content }) => content.includes('Canceled'));
  rivya.finish(rivya.tasks[0]?.id ?? '');
  await film.waitFor(({ attachments }) => attachments.length === 1);
  const gone = async () => (await database.sql`select from tasks where user_id = ${user.id}`).length === 0;
  await eventually(gone, 'the member to be forgotten', 60_000);

  const again = world.kling();
  await again.waitFor(({ content }) => content !== '');
  await eventually(() => rivya.tasks.length === 2, 'a render of whom nobody knows any more');
  const [account] = await database.sql`select held, spent from accounts where owner = ${`user:${user.id}`}`;
  expect(account).toEqual({ held: 90, spent: 90 });
  expect(await database.sql`select from deletions`).toHaveLength(0);
  expect(await unbalanced(database)).toEqual([]);
  expect(await wrongTasks(database)).toEqual([]);
  expect(discord.violations).toEqual([]);
}, 180_000);
