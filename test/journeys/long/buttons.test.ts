import { expect, test } from 'vitest';
import type { InteractionHandle } from '#sandbox/discord/discord.ts';
import { startWorld, type World } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { png } from '#test/images.ts';
import { expectGoodEnd, finishedRows, taskRows } from '#test/outcome.ts';

type Message = { readonly attachments: readonly unknown[]; readonly components: readonly unknown[] };
type Button = { readonly label: string; readonly custom_id?: string };

const manageMessages = 1n << 13n;
const hasVideo = ({ attachments }: Message) => attachments.length === 1;
const labels = ({ components }: Message) =>
  (components as { components: Button[] }[]).flatMap((row) => row.components.map(({ label }) => label));
const privateWord = async (handle: InteractionHandle) => {
  const { content } = await handle.waitFor(() => true);
  expect(handle.isPrivate()).toBe(true);
  return content;
};

/** A click on the reply's button with this action. */
function press(it: InteractionHandle, action: string, userId?: string): InteractionHandle {
  const components = (it.reply()?.components ?? []) as { components: Button[] }[];
  const found = components
    .flatMap((row) => row.components)
    .find(({ custom_id }) => custom_id?.startsWith(`${action}:`));
  return it.component({ customId: found?.custom_id ?? '', ...(userId !== undefined && { userId }) });
}

/** What one task asked the provider for, but for its own trace id. */
const asked = ({ rivya }: World, index: number) => {
  const task = rivya.tasks[index];
  return { prompt: task?.body.prompt, params: task?.body.params, files: task?.files };
};

test('Again makes the same video once more, images included; Edit makes another; each in a reply of its own', async () => {
  await using world = await startWorld();
  await world.boot();
  const image = { name: 'first.png', bytes: png(), option: 'image' };
  const first = world.kling({ duration: '3', sound: true }, { attachments: [image] });
  await first.waitFor(hasVideo);
  expect(labels(first.reply() as Message)).toEqual(['Again', 'Edit', 'Delete']);

  const again = press(first, 'again');
  again.redispatch();
  await again.waitFor(hasVideo);

  expect(asked(world, 1)).toEqual(asked(world, 0));
  expect(world.rivya.files).toHaveLength(1);
  expect(again.reply()?.id).not.toBe(first.reply()?.id);

  const edit = press(first, 'edit');
  const modal = await edit.callback;
  const edited = edit.modalSubmit({ values: { prompt: 'a hare', 'setting.mode': 'std', switches: [] } });
  await edited.waitFor(hasVideo);

  expect(modal).toMatchObject({ type: 9, data: { title: 'Edit and make a new video' } });
  expect(asked(world, 2)).toMatchObject({
    prompt: 'a hare',
    params: { mode: 'std', sound: 'false', duration: '3' },
    files: asked(world, 0).files,
  });
  expect(await finishedRows(world)).toHaveLength(3);
  expect(world.rivya.credits).toBe(9000 - 3 * 90);
  await expectGoodEnd(world);
});

test('nobody but its owner does anything with a task', async () => {
  await using world = await startWorld();
  const stranger = world.discord.addUser({ name: 'bob' });
  world.discord.addMember(world.guild.id, stranger.id);
  const first = world.kling();
  await first.waitFor(hasVideo);
  const before = first.reply();

  for (const action of ['again', 'edit']) {
    expect(await privateWord(press(first, action, stranger.id))).toContain('Only the person who asked');
  }
  const dialog = press(first, 'delete', stranger.id);
  await dialog.callback;
  expect(await privateWord(dialog.modalSubmit({ userId: stranger.id }))).toContain('Only the person who asked');
  await world.database
    .sql`update tasks set id = gen_random_uuid() where not exists (select from ledger where task_id = tasks.id)`;

  expect(first.states.at(-1)?.message.content).toBe(before?.content);
  expect(first.reply()?.id).toBe(before?.id);
  expect(await finishedRows(world)).toHaveLength(1);
  await expectGoodEnd(world);
});

test('Cancel takes a waiting task out of the line and gives its credits back; at the provider it is too late', async () => {
  await using world = await startWorld({ rivya: { render: 'manual' }, env: { MAX_ACTIVE_TASKS: '1' } });
  const going = world.kling({ prompt: 'the first' });
  await eventually(async () => (await taskRows(world))[0]?.status === 'rendering', 'the render');
  const waiting = world.kling({ prompt: 'the second' });
  await waiting.waitFor((reply) => labels(reply).includes('Cancel'));
  await eventually(async () => (await taskRows(world)).length === 2, 'the second task');

  const late = going.component({ customId: `cancel:${(await taskRows(world))[0]?.id}` });
  await eventually(() => late.followups.length === 1, 'why not');
  const cancel = press(waiting, 'cancel');
  cancel.redispatch();
  const reply = await waiting.waitFor(({ content }) => content.includes('Canceled'));

  expect(late.followups).toMatchObject([{ content: expect.stringContaining('cannot be stopped'), flags: 64 | 4 }]);
  expect(reply.content).toContain('Your credits are back');
  expect(labels(reply)).toEqual(['Again', 'Edit', 'Delete']);
  world.rivya.finish(world.rivya.tasks[0]?.id ?? '');
  await going.waitFor(hasVideo);
  expect((await finishedRows(world)).map(({ status }) => status)).toEqual(['succeeded', 'canceled']);
  expect(world.rivya.tasks).toHaveLength(1);
  await expectGoodEnd(world);
});

test('Try again is one task for ever, however often and wherever it is pressed', async () => {
  await using world = await startWorld({ rivya: { render: 'manual' } });
  await world.boot();
  const first = world.kling();
  await eventually(() => world.rivya.tasks.length === 1, 'a task');
  world.rivya.fail(world.rivya.tasks[0]?.id ?? '');
  await first.waitFor((reply) => labels(reply).includes('Try again'));
  world.rivya.render = 'auto';

  const presses = [press(first, 'retry'), press(first, 'retry')];
  for (const one of presses) one.redispatch();
  await eventually(async () => (await taskRows(world)).length === 2, 'the second task');
  await eventually(() => presses.some((one) => one.reply()?.attachments.length === 1), 'the video');
  const words = presses.filter((one) => one.isPrivate()).map((one) => one.reply()?.content);

  expect(words).toEqual([expect.stringContaining('asked for this already')]);
  expect(await privateWord(press(first, 'retry'))).toContain('asked for this already');
  expect(await finishedRows(world)).toHaveLength(2);
  expect(world.rivya.tasks).toHaveLength(2);
  await expectGoodEnd(world);
});

test('images that the provider takes no more are asked for, and the video is made with the new ones', async () => {
  await using world = await startWorld();
  const image = { name: 'first.png', bytes: png(), option: 'image' };
  const first = world.kling({}, { attachments: [image] });
  await first.waitFor(hasVideo);
  world.rivya.faults.add({ method: 'POST', route: '/api/v1/generations', code: 'validation_failed' });
  const again = press(first, 'again');
  await again.waitFor(({ content }) => content.includes('attach them again'));

  const retry = press(again, 'retry');
  const modal = await retry.callback;
  const sent = retry.modalSubmit({ attachments: [{ name: 'new.png', bytes: png(3_000), option: 'images' }] });
  await sent.waitFor(hasVideo);

  expect(modal).toMatchObject({ type: 9, data: { title: 'Attach the images again' } });
  expect(world.rivya.files.map(({ name }) => name)).toEqual(['first.png', 'new.png']);
  expect(asked(world, 1).files).toEqual([world.rivya.files[1]?.id]);
  await finishedRows(world);
  await expectGoodEnd(world);
});

test('Delete removes the message for its owner, and for who manages messages, also where the bot is no member', async () => {
  await using world = await startWorld();
  const { discord } = world;
  const moderator = discord.addUser({ name: 'mod' });
  discord.addMember(world.guild.id, moderator.id, { permissions: manageMessages });
  const group = discord.addChannel({ recipients: [world.user.id, moderator.id] });
  const inServer = world.kling();
  const inGroup = discord.interact({
    command: 'kling',
    options: { prompt: 'in a group' },
    userId: world.user.id,
    channelId: group.id,
    context: 2,
  });
  await Promise.all([inServer.waitFor(hasVideo), inGroup.waitFor(hasVideo)]);

  for (const [it, userId] of [
    [inServer, moderator.id],
    [inGroup, world.user.id],
  ] as const) {
    const dialog = press(it, 'delete', userId);
    expect(await dialog.callback).toMatchObject({ type: 9, data: { title: 'Delete this message?' } });
    dialog.modalSubmit({ userId });
    await eventually(() => it.reply() === undefined, 'the message to go');
  }

  expect(discord.messages(world.channel.id)).toEqual([]);
  expect(await finishedRows(world)).toHaveLength(2);
  await expectGoodEnd(world);
});
