import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Interact, InteractionHandle } from '#sandbox/discord/discord.ts';
import { startWorld, type World } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { expectGoodEnd } from '#test/outcome.ts';

const hasVideo = ({ attachments }: { attachments: readonly unknown[] }) => attachments.length === 1;

let world: World;
beforeAll(async () => {
  world = await startWorld({ env: { QUOTA_CREDITS: '180' } });
  world.rivya.render = 'manual';
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** A member of the server who has not asked for anything, and what becomes of what they ask for. */
function meet(where: Partial<Interact> = {}) {
  const { discord, rivya } = world;
  const user = discord.addUser();
  discord.addMember(where.guildId ?? world.guild.id, user.id);
  const renders = () => rivya.tasks.filter(({ body }) => body.prompt.startsWith(user.id));

  /** Asks, and returns once the provider has it. */
  async function ask(words = 'a fox'): Promise<InteractionHandle> {
    const before = renders().length;
    const it = world.kling({ prompt: `${user.id} ${words}` }, { userId: user.id, ...where });
    await eventually(() => renders().length > before, 'the provider to have it');
    return it;
  }

  return {
    user,
    ask,
    renders,
    finish: () => {
      for (const { id, status } of renders()) if (status !== 'succeeded') rivya.finish(id);
    },
    rows: () => world.database.sql`
      select status, delivery, rung, held_credits, final_credits from tasks where user_id = ${user.id} order by accepted_at`,
    left: async () => {
      const [row] = await world.database.sql`
        select coalesce(sum(held + spent), 0)::int as used from accounts where owner = ${`user:${user.id}`}`;
      return 180 - row?.used;
    },
  };
}
type Member = ReturnType<typeof meet>;

const isClosed = async ({ rows }: Member) => {
  const all = await rows();
  return all.every(({ status, delivery }) => status === 'succeeded' && delivery !== 'pending') ? all : undefined;
};

/** The member presses the reply's button with this action. */
function press(it: InteractionHandle, action: string, at = Date.now()): InteractionHandle {
  const [, customId] = new RegExp(`"custom_id":"(${action}:[^"]+)"`).exec(JSON.stringify(it.reply()?.components)) ?? [];
  const { user } = it.payload.member as { user: { id: string } };
  return world.discord.press({ messageId: it.reply()?.id ?? '', customId: customId ?? '', userId: user.id, at });
}

async function expireTokens(member: Member, ...handles: readonly InteractionHandle[]): Promise<void> {
  const { database } = world;
  await eventually(async () => (await member.rows()).every(({ status }) => status === 'rendering'), 'the render');
  await database.sql`update tasks set token_expires_at = now() where user_id = ${member.user.id}`;
  for (const it of handles) it.expireToken();
}

describe.concurrent('a reply', { timeout: 60_000 }, () => {
  test('that is deleted while its modal is open: what was edited is made all the same, in a reply of its own', async ({
    expect,
  }) => {
    const member = meet();
    const first = await member.ask();
    member.finish();
    await first.waitFor(hasVideo);

    const edit = press(first, 'edit');
    await edit.callback;
    first.deleteReply();
    const edited = edit.modalSubmit({ values: { prompt: `${member.user.id} a hare` } });
    await eventually(() => member.renders().length === 2, 'the second render');
    member.finish();
    const { content } = await edited.waitFor(hasVideo);

    expect(content).toContain('a hare');
    expect(await eventually(() => isClosed(member), 'the end')).toHaveLength(2);
    expect(await member.left()).toBe(0);
  });

  test('that is deleted while its own Delete is asked about is gone, and nobody is told of a fault', async ({
    expect,
  }) => {
    const member = meet();
    const it = await member.ask();
    member.finish();
    await it.waitFor(hasVideo);

    const dialog = press(it, 'delete');
    await dialog.callback;
    it.deleteReply();
    const sent = dialog.modalSubmit({});
    await sent.callback;
    await eventually(() => deletions(sent).length === 1, 'the deletion');

    expect(deletions(sent)).toEqual([404]);
    expect([it.reply(), sent.followups]).toEqual([undefined, []]);
  });

  test('whose Again comes after the allowance ran out stays, and the member reads when it renews', async ({
    expect,
  }) => {
    const member = meet();
    const first = await member.ask();
    const second = await member.ask('a hare');
    member.finish();
    const [shown] = await Promise.all([first, second].map((one) => one.waitFor(hasVideo)));

    const again = press(first, 'again');
    const said = await again.waitFor(() => true);

    expect(again.isPrivate()).toBe(true);
    expect(said.content).toMatch(/costs 90 credits and you have 0 left of 180\. Your allowance renews <t:\d+:R>/);
    expect(first.reply()?.content).toBe(shown?.content);
    expect([member.renders().length, await member.rows()]).toMatchObject([2, { length: 2 }]);
  });

  test('whose Again is pressed twice at once, each press seen twice, makes one more video', async ({ expect }) => {
    const member = meet();
    const first = await member.ask();
    member.finish();
    await first.waitFor(hasVideo);

    // Where one stretch of 5 s ends and the next begins.
    const edge = await eventually(() => Date.now() % 5_000 < 300 && Math.floor(Date.now() / 5_000) * 5_000, 'an edge');
    const presses = [press(first, 'again', edge - 60), press(first, 'again', edge + 60)];
    for (const one of presses) one.redispatch();
    await eventually(() => member.renders().length === 2, 'the second render');
    member.finish();
    await eventually(() => presses.some((one) => one.reply()?.attachments.length === 1), 'the video');
    const words = await eventually(
      () => presses.flatMap((one) => (one.isPrivate() ? [one.reply()?.content] : [])).at(0),
      'the other’s answer',
    );

    expect(words).toContain('asked for this already');
    expect([member.renders().length, await member.rows()]).toMatchObject([2, { length: 2 }]);
    expect(await member.left()).toBe(0);
  });

  test('in a thread that was archived in mid-render becomes the video; once its token is dead, the channel above has it', async ({
    expect,
  }) => {
    const { discord, guild, channel } = world;
    const thread = discord.addChannel({ guildId: guild.id, type: 11, parentId: channel.id });
    const member = meet({ guildId: guild.id, channelId: thread.id });
    const inTime = await member.ask('in time');
    thread.archived = true;
    member.finish();
    await inTime.waitFor(hasVideo);
    thread.archived = false;
    const late = await member.ask('late');
    thread.archived = true;
    await world.database.sql`update tasks set token_expires_at = now() where user_id = ${member.user.id}`;
    late.expireToken();
    member.finish();
    const rows = await eventually(() => isClosed(member), 'the end');

    const above = discord.messages(channel.id).filter(({ content }) => content.includes(`${member.user.id} late`));
    expect(rows.map(({ rung }) => rung)).toEqual(['reply', 'parent']);
    expect(above).toMatchObject([{ attachments: { length: 1 } }]);
    expect(late.reply()?.attachments).toEqual([]);
  });

  test('in a server that throws the bot out in mid-render: its token works, then a DM, and else the video is kept', async ({
    expect,
  }) => {
    const { discord } = world;
    const guild = discord.addGuild({ name: 'Elsewhere' });
    const { id: channelId } = discord.addChannel({ guildId: guild.id });
    const [inTime, elsewhereToo, onlyThere] = [0, 1, 2].map(() => meet({ guildId: guild.id, channelId }));
    if (inTime === undefined || elsewhereToo === undefined || onlyThere === undefined) throw new Error('no members');
    discord.addMember(world.guild.id, elsewhereToo.user.id);
    const [first, second, third] = await Promise.all([inTime.ask(), elsewhereToo.ask(), onlyThere.ask()]);

    discord.removeBot(guild.id);
    await expireTokens(elsewhereToo, second);
    await expireTokens(onlyThere, third);
    for (const member of [inTime, elsewhereToo, onlyThere]) member.finish();
    await first.waitFor(hasVideo);
    const ends = await Promise.all(
      [inTime, elsewhereToo, onlyThere].map((member) => eventually(() => isClosed(member), 'the end')),
    );

    expect(ends).toMatchObject([
      [{ delivery: 'delivered', rung: 'reply' }],
      [{ delivery: 'delivered', rung: 'dm' }],
      [{ delivery: 'undeliverable', finalCredits: 90 }],
    ]);
    expect(discord.dms(elsewhereToo.user.id)).toMatchObject([{ attachments: { length: 1 } }]);
  });
});

test('after all of that the books balance, and neither Discord nor the provider has anything to complain of', async () => {
  await expectGoodEnd(world);
});

const deletions = ({ token }: InteractionHandle) =>
  world.discord.requests
    .filter(({ method, path }) => method === 'DELETE' && path.includes(`…${token.slice(-6)}/`))
    .map(({ status }) => status);
