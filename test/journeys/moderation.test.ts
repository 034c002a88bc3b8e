import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { expectGoodEnd, privateAnswer, taskRows } from '#test/outcome.ts';
import { temporaryFolder } from '#test/temporary.ts';

const operators = '300000000000000001';

test('what operators do not allow is refused privately by every road, a changed list counts, and a report reaches them once', async () => {
  const folder = await temporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const list = join(folder.path, 'words.txt');
  await writeFile(list, 'nude\n/g[o0]re/\n');
  await using world = await startWorld({
    env: { BLOCKLIST_FILE: list, NSFW_CHANNELS_ONLY: 'true', OPERATOR_CHANNEL_ID: operators },
  });
  const { discord, guild, user } = world;
  discord.addChannel({ id: operators, guildId: guild.id });
  const adults = discord.addChannel({ guildId: guild.id, nsfw: true });
  const thread = discord.addChannel({ guildId: guild.id, type: 11, parentId: adults.id });
  const ask = (prompt: string, channelId: string) => world.kling({ prompt }, { channelId });

  const words = [await privateAnswer(ask('a NUDÉ fox', adults.id)), await privateAnswer(ask('a g0re fox', adults.id))];
  const places = [
    await privateAnswer(ask('a fox', world.channel.id)),
    await privateAnswer(ask('a fox', thread.id)),
    await privateAnswer(
      discord.interact({ command: 'kling', options: { prompt: 'a fox' }, userId: user.id, context: 1 }),
    ),
  ];
  const allowed = ask('a fox', adults.id);
  await allowed.waitFor(({ attachments }) => attachments.length === 1);
  const [task] = await taskRows(world);
  const edit = allowed.component({ userId: user.id, customId: `edit:${task?.id}` });
  await edit.callback;
  const edited = await privateAnswer(edit.modalSubmit({ values: { prompt: 'a nude fox' } }));
  const reporter = discord.addUser({ name: 'bob' });
  discord.addMember(guild.id, reporter.id);
  const video = allowed.reply()?.id ?? '';
  const report = () => discord.interact({ command: 'Report video', userId: reporter.id, targetId: video });
  const reported = await Promise.all([privateAnswer(report()), privateAnswer(report())]);
  const told = await eventually(() => discord.messages(operators)[0], 'the operators to be told');
  const reportedAgain = await privateAnswer(report());
  await writeFile(list, 'fox\n');
  await world.bot?.waitForLog(({ msg, entries }) => entries === 1 && msg.includes('BLOCKLIST_FILE'));
  const again = await privateAnswer(allowed.component({ userId: user.id, customId: `again:${task?.id}` }));

  for (const text of [...words, edited, again]) {
    expect(text).toBe('The operators of this bot do not allow what this prompt says. Nothing was charged.');
  }
  for (const text of places)
    expect(text).toMatch(/age-restricted channels alone, and this is none\. Nothing was charged/);
  for (const text of [...reported, reportedAgain])
    expect(text).toMatch(/^Thank you\. The operators of this bot have your/);
  for (const fact of [task?.id, `<@${reporter.id}>`, `<@${user.id}>`, `${guild.id}/${adults.id}/${video}`]) {
    expect(told.content).toContain(fact);
  }
  expect(discord.messages(operators)).toHaveLength(1);
  expect(world.rivya.tasks).toHaveLength(1);
  expect(await taskRows(world)).toHaveLength(1);
  await expectGoodEnd(world);
});
