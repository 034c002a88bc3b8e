import { expect, test } from 'vitest';
import { startWorld, type World } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { expectGoodEnd, finishedRows } from '#test/outcome.ts';
import { age, openTestStore } from '#test/store.ts';

test('the reply tells the place in line, then how far the render is, then shows the video; one that took long is pinged for', async () => {
  await using world = await startWorld({
    start: false,
    rivya: { render: 'manual', minPollMs: 0 },
    env: { MAX_ACTIVE_TASKS: '1' },
  });
  const { discord } = world;
  await fivePastRenders(world, 400_000);
  await world.boot();

  const first = ask(world, 'one');
  await first.isThere(`status = 'rendering'`);
  const second = ask(world, 'two');
  await second.isThere(`shown = 'accepted'`);
  const third = ask(world, 'three');
  await third.isThere(`shown = 'accepted'`);
  await sameSettings(world);
  for (const one of [second, third, first]) await one.age(10_000);
  await second.isThere(`shown = 'line-1'`);
  await third.isThere(`shown = 'line-2'`);
  await first.isThere(`shown = 'rendering-0'`);
  await first.age(110_000);
  await first.isThere(`shown = 'rendering-1'`);
  await first.age(300_000);
  await first.isThere(`shown = 'rendering-4'`);

  await first.finish();
  await second.isThere(`status = 'rendering'`);
  for (const one of [second, third]) await one.age(10_000);
  await second.isThere(`shown like 'rendering-_'`);
  await third.isThere(`shown = 'line-1'`);
  for (const one of [second, third]) {
    await one.isThere(`status = 'rendering'`);
    await one.finish();
    await one.waitFor(({ attachments }) => attachments.length === 1);
  }
  await finishedRows(world);

  expect(first.said()).toEqual([
    expect.stringContaining('in line; this message turns into the video'),
    expect.stringMatching(/ ▱▱▱▱ · started <t:\d+:R>.* · expected <t:\d+:R>$/),
    expect.stringMatching(/ ▰▱▱▱ · started <t:\d+:R>.* · expected <t:\d+:R>$/),
    expect.stringMatching(/ started <t:\d+:R>.* · takes longer than usual$/),
    expect.stringMatching(/ credits .*left$/),
  ]);
  const pinged = await eventually(() => first.followups()[0], 'the ping');
  expect(pinged).toMatchObject({
    content: expect.stringContaining('your video is done'),
    mentions: [{ username: 'one' }],
  });
  expect([first, second, third].map((one) => one.followups().length)).toEqual([1, 0, 0]);
  expect(third.said().slice(1, 3)).toEqual([
    expect.stringContaining('number 2 in line'),
    expect.stringContaining('next in line'),
  ]);
  for (const one of [first, second, third]) {
    expect(new Set(one.said()).size).toBe(one.said().length);
    expect(discord.messages(world.channel.id).filter(({ id }) => id === one.reply()?.id)).toHaveLength(1);
  }
  await expectGoodEnd(world);
});

function ask(world: World, name: string) {
  const { discord, rivya, database, guild } = world;
  const userId = discord.addUser({ name }).id;
  discord.addMember(guild.id, userId);
  const it = world.kling({}, { userId });
  const row = () => database.sql<{ id: string }[]>`select id from tasks where user_id = ${userId}`;
  return {
    waitFor: it.waitFor,
    reply: it.reply,
    followups: () => it.followups,
    said: () => it.states.map(({ message }) => message.content),
    isThere: (state: string) =>
      eventually(
        async () =>
          (await database.sql.unsafe(`select from tasks where user_id = '${userId}' and edit_at is null and ${state}`))
            .length === 1,
        `${name}: ${state}`,
      ),
    /** The provider is done, and the bot asks at once instead of when such renders usually end. */
    async finish() {
      const [task] = await row();
      rivya.finish(rivya.tasks.find(({ clientRequestId }) => clientRequestId === task?.id)?.id ?? '');
      await database.sql`update tasks set next_poll_at = now() where user_id = ${userId}`;
    },
    async age(ms: number) {
      const [task] = await row();
      await age(database, task?.id ?? '', ms);
    },
  };
}

async function fivePastRenders({ database }: World, tookMs: number): Promise<void> {
  const store = openTestStore(database);
  for (let nth = 0; nth < 5; nth += 1) {
    const task = await store.render();
    await store.succeed(task.id, 90, ['https://media.example/film.mp4']);
    await store.markDelivered(task.id, 'reply', '1');
  }
  await database.sql`update tasks set rendering_at = closed_at - ${tookMs} * interval '1 ms'`;
}

async function sameSettings({ database }: World): Promise<void> {
  await database.sql`
    update tasks set settings = now_rendering.settings
    from (select settings from tasks where status = 'rendering') as now_rendering where status = 'succeeded'`;
}
