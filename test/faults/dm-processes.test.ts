import { expect, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { openDm } from '#test/dm.ts';
import { eventually } from '#test/eventually.ts';
import { expectGoodEnd, taskRows } from '#test/outcome.ts';

const generate = /^draft-make:/;

test('a message seen by two processes has one answer, and Generate pressed twice at once makes one task', async () => {
  await using world = await startWorld();
  await world.boot();
  const dm = openDm(world, world.user.id);

  const draft = await dm.ask('a fox');
  const presses = [dm.press(draft, generate), dm.press(draft, generate)];
  await Promise.all(presses.map((press) => press.callback));
  await eventually(() => dm.now(draft)?.attachments.length === 1, 'the video');
  const next = await dm.ask('a wolf');

  const toldPrivately = dm.botsOwn().filter(({ flags }) => (flags & 64) !== 0);
  expect(dm.botsOwn().filter(({ id }) => !toldPrivately.some((told) => told.id === id))).toMatchObject([
    { id: draft.id },
    { id: next.id },
  ]);
  expect(world.rivya.tasks).toHaveLength(1);
  expect(await taskRows(world)).toMatchObject([{ status: 'succeeded', delivery: 'delivered', rung: 'reply' }]);
  await expectGoodEnd(world);
}, 90_000);

test('a draft that a killed process had stored is posted by the next; a request that it could not answer is not made', async () => {
  await using world = await startWorld();
  const dm = openDm(world, world.user.id);
  const { promise: hold, resolve: release } = Promise.withResolvers<void>();
  const post = world.discord.faults.add({ method: 'POST', route: '/channels/:id/messages', hold, drop: true });
  dm.say('a fox');
  await eventually(() => post.hits === 1, 'the post to be held');
  await world.bot?.kill('SIGKILL');
  release();
  await world.database.sql`update drafts set show_at = now()`;

  const second = await world.boot();
  const draft = await dm.answer();
  const { promise: holdAnswer, resolve: releaseAnswer } = Promise.withResolvers<void>();
  const answer = world.discord.faults.add({ method: 'POST', route: /callback/, hold: holdAnswer, drop: true });
  dm.press(draft, generate);
  await eventually(() => answer.hits === 1, 'the answer to be held');
  await second.kill('SIGKILL');
  releaseAnswer();
  await world.database.sql`update tasks set accepted_at = accepted_at - interval '11 s', wake_at = now()`;
  await world.boot();
  await eventually(async () => (await taskRows(world))[0]?.status === 'canceled', 'the cancel');
  await dm.press(draft, generate).callback;

  expect(dm.botsOwn()).toHaveLength(1);
  expect(dm.now(draft)).toMatchObject({ content: expect.stringContaining('did not get through'), components: [] });
  expect(world.rivya.tasks).toEqual([]);
  await expectGoodEnd(world);
}, 120_000);
