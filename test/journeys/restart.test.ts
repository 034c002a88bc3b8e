import { expect, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { expectGoodEnd, taskRows } from '#test/outcome.ts';

const hasVideo = ({ attachments }: { attachments: readonly unknown[] }) => attachments.length === 1;

test('killed in mid-render, the next start delivers into the same reply and pays nothing twice', async () => {
  await using world = await startWorld({ rivya: { render: 'manual' } });
  const interaction = world.kling();
  await eventually(async () => (await taskRows(world))[0]?.status === 'rendering', 'the render');
  await world.bot?.kill('SIGKILL');
  world.rivya.finish(world.rivya.tasks[0]?.id ?? '');

  await world.boot();
  await interaction.waitFor(hasVideo, 30_000);

  expect(world.rivya.tasks).toHaveLength(1);
  expect(world.discord.messages(world.channel.id)).toHaveLength(1);
  await expectGoodEnd(world);
});

test('killed while the create’s answer was on its way, the same create is sent again: one task, one price', async () => {
  await using world = await startWorld();
  const { promise: hold, resolve: release } = Promise.withResolvers<void>();
  const held = world.rivya.faults.add({ method: 'POST', route: '/api/v1/generations', when: 'after', hold });
  const interaction = world.kling();
  await eventually(() => held.hits === 1, 'the create to be held');
  await world.bot?.kill('SIGKILL');
  release();
  await world.database.sql`update tasks set wake_at = now()`;

  await world.boot();
  await interaction.waitFor(hasVideo, 40_000);

  expect(world.rivya.tasks).toHaveLength(1);
  expect(world.rivya.credits).toBe(9000 - 90);
  await expectGoodEnd(world);
}, 60_000);

test('killed before its answer, a task is canceled and released, and nothing is ever sent for it', async () => {
  await using world = await startWorld();
  const { promise: hold, resolve: release } = Promise.withResolvers<void>();
  const held = world.discord.faults.add({
    method: 'POST',
    route: /callback/,
    when: 'before',
    hold,
    drop: true,
  });
  world.kling();
  await eventually(() => held.hits === 1, 'the answer to be held');
  await world.bot?.kill('SIGKILL');
  release();
  await world.database.sql`update tasks set accepted_at = accepted_at - interval '11 s', wake_at = now()`;

  await world.boot();
  await eventually(
    async () => (await taskRows(world)).every(({ status }) => status === 'canceled'),
    'the cancel',
    30_000,
  );

  expect(world.rivya.tasks).toEqual([]);
  await expectGoodEnd(world);
}, 60_000);

test('killed after its answer but before that was stored, a task goes on', async () => {
  await using world = await startWorld();
  const { promise: hold, resolve: release } = Promise.withResolvers<void>();
  const held = world.discord.faults.add({ method: 'POST', route: /callback/, when: 'after', hold });
  const interaction = world.kling();
  await eventually(() => held.hits === 1, 'the answer to be held');
  await world.bot?.kill('SIGKILL');
  release();
  await world.database.sql`update tasks set accepted_at = accepted_at - interval '11 s', wake_at = now()`;

  await world.boot();
  await interaction.waitFor(hasVideo, 30_000);

  expect(world.rivya.tasks).toHaveLength(1);
  await expectGoodEnd(world);
}, 60_000);
