import { describe, expect, onTestFinished } from 'vitest';
import { readCall } from '#src/discord/calls.ts';
import type { Database } from '#src/store/database.ts';
import { test } from '#test/database.ts';
import { openDesk } from '../app/desk.ts';

const start = (database: Database) => openDesk(database, onTestFinished);
type Asked = Awaited<ReturnType<Awaited<ReturnType<typeof start>>['ask']>>;

async function late(asked: Asked): Promise<Asked> {
  await asked.leave(1.5);
  await asked.deliver();
  return asked;
}

const said = (words: string) => [{ content: expect.stringContaining(words), flags: 64 | 4 }];

describe('a click on *Show video*', () => {
  test('changes nothing of the message and says privately where the video stands', async ({ database }) => {
    const { ask, discord } = await start(database);
    const asked = await late(await ask());

    const click = await asked.press();

    expect(click.answer()).toMatchObject({ type: 6 });
    expect(asked.it.states).toHaveLength(2);
    expect(click.followups).toMatchObject(said('still being made; you asked for it <t:'));
    expect(click.followups).toMatchObject(said('comes here by itself'));
    expect((await asked.task()).reply.token).toBe(click.token);
    expect(discord.violations).toEqual([]);
  });

  test.for([
    ['accepted', 'still in line'],
    ['uncertain', 'uncertain whether this video will come'],
  ] as const)('of a task that is %s says so', async ([status, words], { database }) => {
    const { ask } = await start(database);
    const asked = await late(await ask({}, true));
    await database.sql`update tasks set status = ${status}`;

    const click = await asked.press();

    expect(click.followups).toMatchObject(said(words));
    expect(click.followups).toMatchObject(said('later by DM, or press again'));
  });

  test.for([
    ['was removed', { prompt: '' }, 'are removed'],
    ['is of somebody who was forgotten', { prompt: '', user_id: 'gone-0123456789ab' }, 'do not know this video'],
  ] as const)('of a task that %s says so, and wakes nothing', async ([, change, words], { database }) => {
    const { ask } = await start(database);
    const asked = await late(await ask());
    await asked.succeed();
    await database.sql`update tasks set ${database.sql(change)}, delivery = 'undeliverable'`;

    const click = await asked.press();

    expect(click.followups).toMatchObject(said(words));
    expect(await asked.task()).toMatchObject({ delivery: 'undeliverable' });
  });

  test('says nothing where the message is about to turn into the video', async ({ database }) => {
    const { ask } = await start(database);
    const asked = await late(await ask());
    await asked.succeed();

    const click = await asked.press();
    await asked.deliver();

    expect(click.followups).toEqual([]);
    expect(asked.it.reply()?.attachments).toHaveLength(1);
  });

  test('that comes too late for Discord leaves the task as it is', async ({ database }) => {
    const { ask, answerShow } = await start(database);
    const asked = await late(await ask());
    const before = await asked.task();
    const click = asked.it.component({ customId: `show:${asked.id}` });
    await answerShow(pressOf({ ...click.payload, token: 'unknown' }), asked.id);

    expect((await asked.task()).reply).toEqual(before.reply);
  });

  test('seen by two processes is answered and told once', async ({ database }) => {
    const { ask, answerShow } = await start(database);
    const asked = await late(await ask());
    const click = asked.it.component({ customId: `show:${asked.id}` });

    await Promise.all([1, 2].map(() => answerShow(pressOf(click.payload), asked.id)));

    expect(click.followups).toHaveLength(1);
    expect((await asked.task()).reply.token).toBe(click.token);
  });
});

describe('whose click it is', () => {
  test('a stranger gets a private no, and no hold on the task', async ({ database }) => {
    const { ask, discord } = await start(database);
    const asked = await late(await ask());
    const { reply } = await asked.task();

    const click = await asked.press(discord.addUser().id);

    expect(click.followups).toMatchObject(said('Only the person who asked'));
    expect((await asked.task()).reply).toEqual(reply);
  });

  test('an operator lends a token, but asks for nothing in the member’s place', async ({ database }) => {
    const { ask, discord, user } = await start(database);
    const asked = await late(await ask());
    const helping = await asked.press(discord.ownerId);
    expect(helping.followups).toMatchObject(said('still being made'));
    expect((await asked.task()).reply.token).toBe(helping.token);

    await asked.succeed();
    user.dmsClosed = true;
    await database.sql`update tasks set delivery = 'undeliverable'`;
    const asking = await asked.press(discord.ownerId);

    expect(asking.followups).toMatchObject(said('have to press this themselves'));
    expect((await asked.task()).delivery).toBe('undeliverable');
  });
});

describe('what it is on', () => {
  /** A message of the bot's with a button of this kind, and a click on it by the task's member. */
  async function pressOther(desk: Awaited<ReturnType<typeof start>>, asked: Asked, customId: string) {
    const { rests, channel, answerShow } = desk;
    const row = { type: 1, components: [{ type: 2, style: 2, label: 'Show video', custom_id: customId }] };
    const posted = (await rests.bot.post(`/channels/${channel.id}/messages`, {
      body: { content: 'Another message', components: [row] },
    })) as { id: string };
    const click = asked.it.component({ customId, messageId: posted.id });
    await answerShow(pressOf(click.payload), customId.split(':')[1] ?? '');
    return { click, posted };
  }

  test.for([
    'show:00000000-0000-4000-8000-000000000000',
    'show:1',
    "show:' or 1=1",
    'show:',
    'show:0b1f6d0e-7c52-4c7f-9a37-6d1f0c9a1e5',
  ])('a task that is not there (%s) gets a private word', async (customId, { database }) => {
    const desk = await start(database);

    const { click } = await pressOther(desk, await desk.ask(), customId);

    expect(click.followups).toMatchObject(said('do not know this video'));
  });

  test('another message of the bot’s lends no token; the video comes where it would', async ({ database }) => {
    const desk = await start(database);
    const asked = await late(await desk.ask());
    await asked.succeed();
    const { reply } = await asked.task();

    const { click, posted } = await pressOther(desk, asked, `show:${asked.id}`);
    expect((await asked.task()).reply).toEqual(reply);
    await asked.deliver();

    expect(click.followups).toMatchObject(said('on its way'));
    expect(asked.it.reply()?.attachments).toHaveLength(1);
    expect(desk.discord.messages(desk.channel.id).find(({ id }) => id === posted.id)?.content).toBe('Another message');
  });

  test.for([
    ['reply', 'https://discord.com/channels/'],
    ['dm', 'came to you by DM'],
  ] as const)('a video that was shown (by %s) is found again', async ([rung, words], { database }) => {
    const desk = await start(database);
    const asked = await late(await desk.ask());
    await asked.succeed();
    await desk.store.markDelivered(asked.id, rung, asked.it.reply()?.id ?? null);

    const { click } = await pressOther(desk, asked, `show:${asked.id}`);

    expect(click.followups).toMatchObject(said('This was shown already'));
    expect(click.followups).toMatchObject(said(words));
    expect((await asked.task()).delivery).toBe('delivered');
  });
});

test('the notice that a video is uncertain keeps the way open by which it may still come', async ({ database }) => {
  const { ask, store, everything } = await start(database);
  const asked = await ask({}, true);
  await store.doubt(asked.id, { code: 'render_uncertain', message: null });
  await asked.deliver();
  expect(await asked.task()).toMatchObject({ status: 'uncertain', delivery: 'delivered' });
  await asked.expire();

  await asked.press();
  await asked.succeed();
  await asked.deliver();

  expect(await asked.task()).toMatchObject({ status: 'succeeded', delivery: 'delivered', rung: 'reply' });
  expect(everything().filter(({ attachments }) => attachments.length > 0)).toHaveLength(1);
});

function pressOf(payload: object) {
  const call = readCall(payload);
  if (call?.kind !== 'press') throw new Error('not a click');
  return call;
}
