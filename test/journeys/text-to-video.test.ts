import { expect, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { expectGoodEnd, finishedRows, taskRows } from '#test/outcome.ts';

test('a prompt turns into a video in the same reply, paid once', async () => {
  await using world = await startWorld();

  const interaction = world.kling({
    prompt: '**@everyone** [look](https://evil.example) <@1>\n# now',
    duration: '3',
    aspect_ratio: '9:16',
    sound: true,
  });
  const answer = await interaction.callback;
  const reply = await interaction.waitFor(({ attachments }) => attachments.length === 1);

  expect(answer).toMatchObject({ type: 4, withResponse: true });
  expect(interaction.isPrivate()).toBe(false);
  expect(interaction.states.filter(({ message }) => message.attachments.length === 1)).toHaveLength(1);
  expect(reply.content.split('\n')).toHaveLength(2);
  expect(reply.content).toBe(
    '**\\*\\*\\@everyone\\*\\* \\[look\\]\\(https\\://evil\\.example\\) \\<\\@1\\> \\# now**\n' +
      '-# Pro · 3 s · Generate audio · 9:16 · 90 credits · 810 left',
  );
  expect(reply.attachments[0]?.filename).toMatch(/^kling-[0-9a-f]{8}\.mp4$/);
  const [task] = world.rivya.tasks;
  const [row] = await finishedRows(world);
  expect(row).toMatchObject({ status: 'succeeded', delivery: 'delivered', rung: 'reply' });
  expect(task).toMatchObject({
    idempotencyKey: row?.id,
    clientRequestId: row?.id,
    body: {
      model: 'kling-3-0',
      prompt: '**@everyone** [look](https://evil.example) <@1>\n# now',
      params: { mode: 'pro', multi_shots: 'false', duration: '3', sound: 'true', aspect_ratio: '9:16' },
    },
  });
  expect(world.rivya.tasks).toHaveLength(1);
  expect(interaction.uploads()[0]?.size).toBe(world.rivya.downloads.at(-1)?.bytes);
  await expectGoodEnd(world);
});

test('the same event seen twice, and in two processes, is one task and one answer', async () => {
  await using world = await startWorld();
  await world.boot();

  const interaction = world.kling();
  interaction.redispatch();
  await interaction.waitFor(({ attachments }) => attachments.length === 1);

  expect(world.discord.gateway.identifies).toBe(2);
  expect(world.rivya.tasks).toHaveLength(1);
  expect(await taskRows(world)).toHaveLength(1);
  expect(world.discord.messages(world.channel.id)).toHaveLength(1);
  await expectGoodEnd(world);
});

test('works in a DM with the bot, in a group DM, and in a server by user install', async () => {
  await using world = await startWorld();
  const { discord, user } = world;
  const group = discord.addChannel({ recipients: [user.id] });
  const elsewhere = discord.addGuild({ name: 'Elsewhere', bot: false });
  const theirs = discord.addChannel({ guildId: elsewhere.id });
  discord.addMember(elsewhere.id, user.id);

  const interactions = [
    discord.interact({ command: 'kling', options: { prompt: 'in a DM' }, userId: user.id, context: 1 }),
    discord.interact({
      command: 'kling',
      options: { prompt: 'in a group' },
      userId: user.id,
      channelId: group.id,
      context: 2,
    }),
    discord.interact({
      command: 'kling',
      options: { prompt: 'by user install' },
      userId: user.id,
      guildId: elsewhere.id,
      channelId: theirs.id,
      userInstall: true,
    }),
  ];
  for (const one of interactions) await one.waitFor(({ attachments }) => attachments.length === 1);

  expect((await finishedRows(world)).map(({ rung }) => rung)).toEqual(['reply', 'reply', 'reply']);
  await expectGoodEnd(world);
});
