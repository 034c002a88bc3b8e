import { expect, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { expectGoodEnd, finishedRows, taskRows } from '#test/outcome.ts';

const hasVideo = ({ attachments }: { attachments: readonly unknown[] }) => attachments.length === 1;

test('after the token has died the same message is edited by the bot; a deleted one is posted anew', async () => {
  await using world = await startWorld({ rivya: { render: 'manual' } });
  const first = world.kling({ prompt: 'first' });
  const second = world.kling({ prompt: 'second' });
  await eventually(() => world.rivya.tasks.length === 2, '2 tasks at the provider');
  await expire(world);
  first.expireToken();
  second.expireToken();
  second.deleteReply();

  for (const { id } of world.rivya.tasks) world.rivya.finish(id);
  await first.waitFor(hasVideo);
  const posted = await world.discord.waitForMessage(world.channel.id, ({ content, attachments }) => {
    return content.includes('second') && attachments.length === 1;
  });

  expect(posted.id).not.toBe(first.reply()?.id);
  expect(posted.content).toMatch(/· `[0-9a-f]{8}`$/);
  const rows = await finishedRows(world);
  expect(rows.map(({ rung }) => rung).toSorted()).toEqual(['channel', 'message']);
  await expectGoodEnd(world);
});

test('a dead token that the clock still trusts is called once, then the next rung takes it', async () => {
  await using world = await startWorld({ rivya: { render: 'manual' } });
  const interaction = world.kling();
  await eventually(() => world.rivya.tasks.length === 1, '1 tasks at the provider');
  interaction.expireToken();
  world.rivya.finish(world.rivya.tasks[0]?.id ?? '');

  await interaction.waitFor(hasVideo);

  const calls = world.discord.requests.filter(({ method, path }) => method === 'PATCH' && path.includes('@original'));
  expect(calls.map(({ status }) => status)).toEqual([401]);
  expect(await finishedRows(world)).toMatchObject([{ rung: 'message', delivery: 'delivered' }]);
  await expectGoodEnd(world);
});

test('without the bot in the channel a late video comes by DM; with closed DMs it is undeliverable, and paid for', async () => {
  await using world = await startWorld({ rivya: { render: 'manual' } });
  const { discord, user } = world;
  const closed = discord.addUser({ name: 'shy', dmsClosed: true });
  const group = discord.addChannel({ recipients: [user.id, closed.id] });
  const ask = (userId: string) =>
    discord.interact({ command: 'kling', options: { prompt: 'in a group' }, userId, channelId: group.id, context: 2 });
  const mine = ask(user.id);
  const theirs = ask(closed.id);
  await eventually(() => world.rivya.tasks.length === 2, '2 tasks at the provider');
  await expire(world);
  mine.expireToken();
  theirs.expireToken();

  for (const { id } of world.rivya.tasks) world.rivya.finish(id);
  const rows = await finishedRows(world);

  expect(discord.dms(user.id)).toMatchObject([{ attachments: [{ filename: expect.stringMatching(/^kling-/) }] }]);
  expect(discord.dms(closed.id)).toEqual([]);
  expect(rows.map(({ delivery }) => delivery).toSorted()).toEqual(['delivered', 'undeliverable']);
  await expectGoodEnd(world);
});

test('a post whose answer was lost is found again and not repeated', async () => {
  await using world = await startWorld({ rivya: { render: 'manual' } });
  const interaction = world.kling();
  await eventually(() => world.rivya.tasks.length === 1, '1 tasks at the provider');
  await expire(world);
  interaction.expireToken();
  interaction.deleteReply();
  world.discord.faults.add({ method: 'POST', route: '/channels/:id/messages', when: 'after', drop: true });
  world.rivya.finish(world.rivya.tasks[0]?.id ?? '');
  await world.discord.waitForMessage(world.channel.id, hasVideo);

  await eventually(async () => {
    await world.database
      .sql`update tasks set rung_at = rung_at - interval '3 minutes', wake_at = now() where delivery = 'pending'`;
    return (await taskRows(world)).every(({ delivery }) => delivery === 'delivered');
  }, 'the post to be found');

  expect(world.discord.messages(world.channel.id)).toHaveLength(1);
  expect(await taskRows(world)).toMatchObject([{ rung: 'channel' }]);
  await expectGoodEnd(world);
});

test('text that AutoMod rejects is sent again without the prompt, and the video is not lost', async () => {
  await using world = await startWorld();
  world.discord.faults.add({
    method: 'PATCH',
    route: /@original/,
    status: 400,
    body: { message: 'Message was blocked by automatic moderation', code: 200000 },
  });

  const reply = await world.kling().waitFor(hasVideo);

  expect(reply.content).not.toContain('fox');
  expect(reply.content).toMatch(/^-# .*90 credits/);
  await expectGoodEnd(world);
});

async function expire({ database }: Awaited<ReturnType<typeof startWorld>>): Promise<void> {
  await eventually(async () => {
    const [row] = await database.sql`select count(*)::int as open from tasks where status <> 'rendering'`;
    return row?.open === 0;
  }, 'all to render');
  await database.sql`update tasks set token_expires_at = now()`;
}
