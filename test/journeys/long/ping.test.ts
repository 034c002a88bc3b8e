import { expect, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { expectGoodEnd, finishedRows } from '#test/outcome.ts';

test('two workers ping once for each long render, by the reply or, where its token has died, in the channel', async () => {
  await using world = await startWorld({
    start: false,
    rivya: { render: 'manual', minPollMs: 0 },
    env: { QUOTA_CREDITS: '900', MAX_ACTIVE_TASKS_PER_USER: '9' },
  });
  const { discord, rivya, database, channel, user } = world;
  const roles = ['gateway', 'worker', 'worker'];
  const [, ...workers] = await Promise.all(roles.map((ROLE) => world.boot({ ROLE })));
  const all = Array.from({ length: 4 }, () => world.kling());
  const areRendering = async () =>
    (await database.sql`select from tasks where status = 'rendering'`).length === all.length;
  await eventually(areRendering, 'all to render');
  const [expired, ...alive] = all;
  expired?.expireToken();
  await database.sql`update tasks set rendering_at = rendering_at - interval '2 minutes'`;

  for (const { id } of rivya.tasks) rivya.finish(id);
  await finishedRows(world);
  const inChannel = () => discord.messages(channel.id).filter(({ content }) => content.includes('your video is done'));
  await eventually(() => inChannel().length >= all.length, 'the pings');
  // Whoever had a hand in a delivery has ended it: nothing follows.
  await expectGoodEnd(world);
  expect(await Promise.all(workers.map((worker) => worker.kill('SIGTERM')))).toEqual([0, 0]);

  expect(inChannel().map(({ mentions }) => mentions.length)).toEqual(all.map(() => 1));
  expect(alive.map(({ followups }) => followups.length)).toEqual(alive.map(() => 1));
  expect(expired?.followups).toEqual([]);
  for (const { mentions } of inChannel()) expect(mentions).toMatchObject([{ id: user.id }]);
});
