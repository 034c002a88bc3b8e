import { expect, test } from 'vitest';
import { unbalanced, wrongTasks } from '#test/books.ts';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { finishedRows } from '#test/outcome.ts';

test('a member gets their data, and is forgotten once the render under way was shown; managers’ rules go with the server', async () => {
  await using world = await startWorld({ rivya: { render: 'manual' } });
  const { discord, database, rivya, user, guild, channel } = world;
  const me = (subcommand: string) => {
    const options = [{ name: subcommand, type: 1, options: [] }] as never;
    return discord.interact({
      command: 'kling-me',
      options,
      userId: user.id,
      guildId: guild.id,
      channelId: channel.id,
    });
  };
  const left = discord.addGuild({ name: 'left', bot: true });
  await database.sql`
    insert into rules (subject, kind, credits, actor) values (${`guild:${left.id}`}, 'cap', 5, '700000000000000001')`;
  const film = world.kling({ prompt: 'a fox that nobody may know' });
  await eventually(() => rivya.tasks.length === 1, 'a render');

  const told = me('data');
  await told.waitFor(({ attachments }) => attachments.length === 1);
  const asked = me('delete');
  await asked.waitFor(({ content }) => content !== '');
  const click = asked.component({ customId: 'erase:asked' });
  await click.waitFor(({ content }) => content.includes('being deleted'));
  discord.removeBot(left.id);
  const [task] = rivya.tasks;
  rivya.finish(task?.id ?? '');
  await film.waitFor(({ attachments }) => attachments.length === 1);
  const gone = async () => (await database.sql`select from tasks where user_id = ${user.id}`).length === 0;
  await eventually(gone, 'the member to be forgotten', 60_000);

  expect(JSON.parse(told.uploads()[0]?.bytes?.toString() ?? '')).toMatchObject({
    videos: [{ prompt: 'a fox that nobody may know', delivery: 'none' }],
  });
  expect(await finishedRows(world)).toMatchObject([{ status: 'succeeded', delivery: 'delivered' }]);
  expect(await database.sql`select prompt, message_id from tasks`).toEqual([{ prompt: '', messageId: null }]);
  expect(await database.sql`select from deletions`).toHaveLength(0);
  expect(await database.sql`select from accounts where owner like ${`%${user.id}`}`).toHaveLength(0);
  expect(await database.sql`select from remainders`).toHaveLength(2);
  const rules = async () => (await database.sql`select from rules`).length;
  await eventually(async () => (await rules()) === 0, 'the rules of the server that was left to go');
  expect(await unbalanced(database)).toEqual([]);
  expect(await wrongTasks(database)).toEqual([]);
  expect(world.bot?.lines.some((line) => JSON.stringify(line).includes('nobody may know'))).toBe(false);
  expect(world.bot?.lines.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
  expect(discord.violations).toEqual([]);
}, 120_000);
