import { expect, test } from 'vitest';
import { startWorld, type World } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { expectGoodEnd, finishedRows } from '#test/outcome.ts';

type Message = {
  readonly content: string;
  readonly attachments: readonly unknown[];
  readonly components: readonly unknown[];
};
const hasVideo = ({ attachments }: Message) => attachments.length === 1;
const isLate = ({ content }: Message) => content.includes('takes longer');

test('at about 13 minutes each reply says where its video will come; then it comes there, once', async () => {
  await using world = await startWorld({ rivya: { render: 'manual' }, env: { MAX_ACTIVE_TASKS_PER_USER: '4' } });
  const { discord, rivya, user } = world;
  const foreign = discord.addGuild({ name: 'Foreign', bot: false });
  const hushed = discord.addChannel({ guildId: foreign.id, externalApps: false });
  const group = discord.addChannel({ recipients: [user.id, discord.addUser().id] });
  const inServer = world.kling({ prompt: 'in the server' });
  const inDm = ask(world, { prompt: 'in the dm', context: 1 });
  const inGroup = ask(world, { prompt: 'in the group', context: 2, channelId: group.id });
  const inForeign = ask(world, { prompt: 'in the foreign server', guildId: foreign.id, channelId: hushed.id });
  const all = [inServer, inDm, inGroup, inForeign];
  await allRender(world, 4);

  await toLastMinutes(world);
  const said = await Promise.all(all.map((one) => one.waitFor(isLate)));

  expect(inForeign.isPrivate()).toBe(true);
  expect(said.map(({ content }) => content.includes('This message still turns into the video'))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  for (const { content } of said.slice(2)) expect(content).toContain('by DM, if I may write to you; or press');
  for (const one of all) expect(buttonOf(one)).toMatchObject({ label: 'Show video' });

  for (const one of all) one.expireToken();
  await world.database.sql`update tasks set token_expires_at = now()`;
  const press = inGroup.component({ customId: buttonOf(inGroup)?.custom_id ?? '' });
  await eventually(() => press.followups.length === 1, 'where it stands');
  for (const { id } of rivya.tasks) rivya.finish(id);
  await Promise.all([inServer, inDm, inGroup].map((one) => one.waitFor(hasVideo)));
  const rows = await finishedRows(world);

  expect((await press.callback).type).toBe(6);
  expect(press.followups).toMatchObject([{ content: expect.stringContaining('still being made'), flags: 64 | 4 }]);
  expect(rows.map(({ rung }) => rung).toSorted()).toEqual(['dm', 'message', 'message', 'reply']);
  expect(discord.dms(user.id).filter(hasVideo)).toHaveLength(2);
  expect(discord.messages(world.channel.id)).toHaveLength(1);
  expect(discord.messages(hushed.id).filter(hasVideo)).toEqual([]);
  await expectGoodEnd(world);
});

test('a video that no rung took is kept, and comes by its owner’s click, however often and wherever it is seen; nobody else’s', async () => {
  await using world = await startWorld({ rivya: { render: 'manual' } });
  const { discord, rivya } = world;
  await world.boot();
  const shy = discord.addUser({ name: 'shy', dmsClosed: true });
  const other = discord.addUser({ name: 'other' });
  const group = discord.addChannel({ recipients: [shy.id, other.id] });
  const asked = ask(world, { prompt: 'in a group', context: 2, channelId: group.id, userId: shy.id });
  await allRender(world, 1);
  await toLastMinutes(world);
  const late = await asked.waitFor(isLate);
  asked.expireToken();
  await world.database.sql`update tasks set token_expires_at = now()`;
  rivya.finish(rivya.tasks[0]?.id ?? '');
  expect(await finishedRows(world)).toMatchObject([{ delivery: 'undeliverable' }]);
  rivya.setResult({ status: 404 });
  const customId = buttonOf(asked)?.custom_id ?? '';

  const strangers = asked.component({ customId, userId: other.id });
  await eventually(() => strangers.followups.length === 1, 'a no');
  expect(asked.reply()?.content).toBe(late.content);
  const presses = [asked.component({ customId }), asked.component({ customId })];
  for (const press of presses) press.redispatch();
  await asked.waitFor(hasVideo);
  const rows = await finishedRows(world);

  expect(strangers.followups).toMatchObject([{ content: expect.stringContaining('Only the person who asked') }]);
  expect(rows).toMatchObject([{ delivery: 'delivered', rung: 'reply' }]);
  expect(asked.states.filter(({ message }) => hasVideo(message))).toHaveLength(1);
  const [reply, ...others] = discord.messages(group.id);
  expect(reply?.id).toBe(asked.reply()?.id);
  // What else was said is private: a no to the other, "shown already" to a click that came after the video.
  for (const { flags } of others) expect(flags & 64).toBe(64);
  await expectGoodEnd(world);
});

test('an edit of progress that hangs does not cover the video, and the outcome follows it at once', async () => {
  await using world = await startWorld({ rivya: { render: 'manual' } });
  const { discord, rivya } = world;
  const asked = world.kling();
  await allRender(world, 1);
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const fault = discord.faults.add({ method: 'PATCH', route: /@original/, hold: held });
  await toLastMinutes(world);
  await eventually(() => fault.hits === 1, 'the edit to hang');

  rivya.finish(rivya.tasks[0]?.id ?? '');
  await eventually(async () => {
    const [row] = await world.database.sql`select delivery from tasks`;
    return row?.delivery === 'pending';
  }, 'the outcome');
  release();
  await asked.waitFor(hasVideo);
  await finishedRows(world);

  expect(asked.states.slice(-3).map(({ message }) => [isLate(message), hasVideo(message)])).toEqual([
    [false, false],
    [true, false],
    [false, true],
  ]);
  await expectGoodEnd(world);
});

test('a process that dies behind its own private "thinking…" leaves a task that ends it', async () => {
  await using world = await startWorld({ start: false });
  const { discord, database } = world;
  const foreign = discord.addGuild({ name: 'Foreign', bot: false });
  const hushed = discord.addChannel({ guildId: foreign.id, externalApps: false });
  const gateway = await world.boot({ ROLE: 'gateway' });
  const { promise: never, resolve: end } = Promise.withResolvers<void>();
  discord.faults.add({ method: 'PATCH', route: /@original/, hold: never, drop: true, times: 9 });
  const asked = await database.sql.begin(async (tx) => {
    // So slow that nothing is known of the outcome when an answer is due.
    await tx`lock table accounts in exclusive mode`;
    const one = ask(world, { prompt: 'a fox', guildId: foreign.id, channelId: hushed.id });
    expect((await one.callback).type).toBe(5);
    return one;
  });
  await eventually(() => database.sql`select from tasks`.then(({ length }) => length === 1), 'the task');

  await gateway.kill('SIGKILL');
  end();
  discord.faults.clear();
  await database.sql`update tasks set accepted_at = accepted_at - interval '10 seconds', wake_at = now()`;
  await world.boot({ ROLE: 'worker' });
  await asked.waitFor(hasVideo);

  expect(asked.isPrivate()).toBe(true);
  expect(await finishedRows(world)).toMatchObject([{ delivery: 'delivered', rung: 'reply' }]);
  expect(discord.messages(hushed.id)).toHaveLength(1);
  await expectGoodEnd(world);
});

type Ask = { prompt: string; context?: 0 | 1 | 2; channelId?: string; guildId?: string; userId?: string };

function ask({ discord, user }: World, { prompt, ...more }: Ask) {
  return discord.interact({ command: 'kling', options: { prompt }, userId: user.id, ...more });
}

async function allRender({ rivya, database }: World, count: number): Promise<void> {
  await eventually(() => rivya.tasks.length === count, `${count} tasks at the provider`);
  await eventually(async () => {
    const rows = await database.sql`select from tasks where status = 'rendering'`;
    return rows.length === count;
  }, 'all to render');
}

/** 13 minutes pass. */
async function toLastMinutes({ database }: World): Promise<void> {
  await database.sql`
    update tasks set token_expires_at = token_expires_at - interval '13 minutes', show_at = show_at - interval '13 minutes'`;
}

function buttonOf(one: ReturnType<World['kling']>): { label: string; custom_id: string } | undefined {
  const rows = (one.reply()?.components ?? []) as unknown as { components: { label: string; custom_id: string }[] }[];
  return rows[0]?.components[0];
}
