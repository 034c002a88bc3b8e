import { expect, test } from 'vitest';
import type { InteractionHandle } from '#sandbox/discord/discord.ts';
import { startWorld } from '#test/bot.ts';
import { openDm } from '#test/dm.ts';
import { jpeg, png } from '#test/images.ts';
import { expectGoodEnd, finishedRows } from '#test/outcome.ts';

const command = 'Animate with Kling';
const hasVideo = ({ attachments }: { attachments: readonly unknown[] }) => attachments.length === 1;
const fill = { values: { prompt: 'it runs' } };
const files = { attachments: [{ name: 'a.png', bytes: png() }] };
const links = { links: [{ url: 'https://site.example/b.jpg', picture: { name: 'b.jpg', bytes: jpeg() } }] };

function press(it: InteractionHandle, action: string): InteractionHandle {
  const found = new RegExp(`"custom_id":"(${action}:[^"]+)"`).exec(JSON.stringify(it.reply()));
  return it.component({ customId: found?.[1] ?? '' });
}

test('images are read from their message again where the link has ended or the provider takes the old ones no more', async () => {
  await using world = await startWorld();
  const { discord, rivya, user } = world;
  const dm = discord.dmWith(user.id);
  const message = discord.say(dm.id, user.id, 'look', { ...files, ...links });

  // The link ends between the modal and what follows it.
  const opened = discord.interact({ command, userId: user.id, targetId: message.id });
  await opened.callback;
  discord.cdn.expire(message.attachments[0]?.url ?? '');
  const first = opened.modalSubmit(fill);
  await first.waitFor(hasVideo);
  const uploads = rivya.files.map(({ name }) => name);

  rivya.faults.add({ method: 'POST', route: '/api/v1/generations', code: 'validation_failed' });
  const again = press(first, 'again');
  await again.waitFor(({ content }) => content.includes('❌'));
  const retried = press(again, 'retry');
  await retried.waitFor(hasVideo);

  rivya.faults.add({ method: 'POST', route: '/api/v1/generations', code: 'validation_failed' });
  const refused = press(retried, 'again');
  await refused.waitFor(({ content }) => content.includes('❌'));
  const edit = press(refused, 'edit');
  await edit.callback;
  const edited = edit.modalSubmit({ values: { prompt: 'it swims' } });
  await edited.waitFor(hasVideo);

  // Gone with its message, they are asked for.
  rivya.faults.add({ method: 'POST', route: '/api/v1/generations', code: 'validation_failed' });
  const last = press(edited, 'again');
  await last.waitFor(({ content }) => content.includes('❌'));
  discord.deleteMessage(message.id);
  const asks = press(last, 'retry');

  expect(await asks.callback).toMatchObject({ type: 9, data: { title: 'Attach the images again' } });
  expect(uploads).toEqual(['a.png', 'b.jpg']);
  expect(rivya.files.map(({ name }) => name)).toEqual([...uploads, ...uploads, ...uploads]);
  expect(rivya.tasks.map(({ body, files: used }) => [body.prompt, used.length])).toEqual([
    ['it runs', 2],
    ['it runs', 2],
    ['it swims', 2],
  ]);
  expect((await finishedRows(world)).map(({ status }) => status)).toEqual([
    ...['succeeded', 'failed', 'succeeded', 'failed', 'succeeded', 'failed'],
  ]);
  await expectGoodEnd(world);
});

test('those of a draft are read from the member’s own message again', async () => {
  await using world = await startWorld();
  const { discord, rivya, user } = world;
  const dm = openDm(world, user.id);
  const draft = await dm.ask('a fox', files);
  const made = dm.press(draft, /^draft-make:/);
  await made.waitFor(hasVideo);
  for (const { attachments } of dm.said()) discord.cdn.expire(attachments[0]?.url ?? '');

  rivya.faults.add({ method: 'POST', route: '/api/v1/generations', code: 'validation_failed' });
  const again = press(made, 'again');
  await again.waitFor(({ content }) => content.includes('❌'));
  await press(again, 'retry').waitFor(hasVideo);

  expect(rivya.files.map(({ name }) => name)).toEqual(['a.png', 'a.png']);
  expect(rivya.tasks.map(({ files: used }) => used)).toEqual(rivya.files.map(({ id }) => [id]));
  await finishedRows(world);
  await expectGoodEnd(world);
});

test('a stranger’s modal is refused in private when it is sent, and nothing of the message is read', async () => {
  await using world = await startWorld({ start: false });
  const { discord, rivya, guild } = world;
  await world.boot({ ALLOWED_GUILD_IDS: guild.id });
  const stranger = discord.addUser();
  const group = discord.addChannel({ recipients: [stranger.id, discord.addUser().id] });
  const { id } = discord.say(group.id, stranger.id, 'look', files);

  const opened = discord.interact({ command, userId: stranger.id, targetId: id });
  await opened.callback;
  const sent = opened.modalSubmit(fill);
  const { content } = await sent.waitFor(() => true);

  expect(content).toMatch(/for members of the servers that run it.*Nothing was charged/);
  expect(sent.isPrivate()).toBe(true);
  expect([rivya.files, discord.cdnRequests, await finishedRows(world)]).toEqual([[], [], []]);
  await expectGoodEnd(world);
});
