import { expect, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { expectGoodEnd, finishedRows } from '#test/outcome.ts';

test('one member’s many wishes never delay another’s first, whichever process gives the slots away', async () => {
  await using world = await startWorld({
    start: false,
    rivya: { render: 'manual', minPollMs: 0 },
    env: { MAX_ACTIVE_TASKS: '1', MAX_WAITING_TASKS_PER_USER: '3' },
  });
  const { discord, guild, rivya } = world;
  await world.boot({ ROLE: 'gateway' });
  await Promise.all([world.boot({ ROLE: 'worker' }), world.boot({ ROLE: 'worker' })]);
  const bob = discord.addUser({ name: 'bob' });
  discord.addMember(guild.id, bob.id);
  const asked = async (prompt: string, userId = world.user.id) => {
    const it = world.kling({ prompt }, { userId });
    await it.callback;
    return it;
  };

  const replies = [await asked('ann 1')];
  await eventually(() => rivya.tasks.length === 1, 'the first at the provider');
  for (const prompt of ['ann 2', 'ann 3', 'ann 4']) replies.push(await asked(prompt));
  const beyond = await asked('ann 5');
  replies.push(await asked('bob 1', bob.id));
  for (let made = 1; made <= 5; made += 1) {
    const task = await eventually(() => rivya.tasks[made - 1], `task ${made} at the provider`);
    rivya.finish(task.id);
  }
  for (const reply of replies) await reply.waitFor(({ attachments }) => attachments.length === 1);
  await finishedRows(world);

  expect(rivya.tasks.map(({ body }) => body.prompt)).toEqual(['ann 1', 'bob 1', 'ann 2', 'ann 3', 'ann 4']);
  expect(beyond.isPrivate()).toBe(true);
  expect(beyond.reply()?.content).toMatch(/You have 3 videos waiting, which is the most allowed\. There is room again/);
  await expectGoodEnd(world);
});
