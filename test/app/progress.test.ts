import { describe, expect, onTestFinished } from 'vitest';
import type { Database } from '#src/store/database.ts';
import { test } from '#test/database.ts';
import { age } from '#test/store.ts';
import { openDesk } from './desk.ts';

const original = '/webhooks/:app/:token/messages/@original';
const start = (database: Database) => openDesk(database, onTestFinished);
const isLate = (content: string | undefined) => content?.includes('takes longer') === true;

describe('the late notice', () => {
  test('comes in the last two minutes, once, with a button', async ({ database }) => {
    const { ask, discord } = await start(database);
    const asked = await ask();

    await asked.leave(2.5);
    await asked.deliver();
    expect(asked.it.states).toHaveLength(1);
    await asked.leave(1.9);
    for (let round = 0; round < 3; round += 1) await asked.deliver();

    expect(asked.it.states).toHaveLength(2);
    expect(asked.it.reply()).toMatchObject({ content: expect.stringContaining('**a fox**') });
    expect(JSON.stringify(asked.it.reply()?.components)).toContain(`show:${asked.id}`);
    expect(await asked.task()).toMatchObject({ shown: 'late-here', showAt: null, editAt: null });
    expect(discord.violations).toEqual([]);
  });

  test('leaves the prompt out where automatic moderation blocks it', async ({ database }) => {
    const { ask, discord } = await start(database);
    const asked = await ask();
    discord.autoModerate(/fox/);

    await asked.leave(1.5);
    await asked.deliver();

    expect(isLate(asked.it.reply()?.content)).toBe(true);
    expect(asked.it.reply()?.content).not.toContain('fox');
  });

  test('stays, with its button, when a click brings a fresh token', async ({ database }) => {
    const { ask } = await start(database);
    const asked = await ask();
    await asked.leave(1.5);
    await asked.deliver();

    await asked.press();
    await asked.deliver();

    expect(asked.it.states).toHaveLength(2);
    // Looked at again before the fresh token dies, in case there is something else to say by then.
    const { showAt, reply } = await asked.task();
    expect(reply.tokenExpiresAt.getTime() - (showAt?.getTime() ?? 0)).toBe(120_000);
  });

  test('is not tried again by a token that Discord no longer takes', async ({ database }) => {
    const { ask, discord } = await start(database);
    const asked = await ask();
    asked.it.expireToken();

    await asked.leave(1.5);
    for (let round = 0; round < 3; round += 1) await asked.deliver();

    const edits = discord.requests.filter(({ method, path }) => method === 'PATCH' && path.endsWith('@original'));
    expect(edits.map(({ status }) => status)).toEqual([401]);
    expect(await asked.task()).toMatchObject({ showAt: null, reply: { token: null } });
  });

  test('of a deleted reply makes the video a new message', async ({ database }) => {
    const { ask, discord, channel } = await start(database);
    const asked = await ask();
    asked.it.deleteReply();
    await asked.leave(1.5);
    await asked.deliver();

    await asked.succeed();
    await asked.deliver();

    expect(await asked.task()).toMatchObject({ delivery: 'delivered', rung: 'channel' });
    expect(discord.messages(channel.id)).toMatchObject([{ attachments: [{}] }]);
  });

  test('waits out a rate limit, which holds no outcome back', async ({ database }) => {
    const { ask, discord } = await start(database);
    const asked = await ask();
    discord.faults.rateLimit({ method: 'PATCH', route: original, retryAfter: 20 });
    await asked.leave(1.5);
    await asked.deliver();
    const { now, showAt, editAt } = await asked.task();
    expect((showAt?.getTime() ?? 0) - now.getTime()).toBeGreaterThan(15_000);
    expect(editAt).toBeNull();

    await asked.succeed();
    await asked.deliver();

    expect(await asked.task()).toMatchObject({ delivery: 'delivered', rung: 'reply' });
  });

  test('says so too where the outcome is there but cannot be shown for now', async ({ database }) => {
    const { ask, rivya } = await start(database);
    const asked = await ask();
    rivya.setResult({ status: 503 });
    await asked.succeed();
    await asked.leave(1.5);

    await asked.deliver();
    expect(isLate(asked.it.reply()?.content)).toBe(true);
    rivya.setResult({});
    await asked.deliver();

    expect(asked.it.reply()?.attachments).toHaveLength(1);
  });
});

describe('an edit whose answer is lost', () => {
  for (const when of ['before', 'after'] as const) {
    test(`${when} its effect holds the outcome back until it can no longer land`, async ({ database }) => {
      const { ask, discord } = await start(database);
      const asked = await ask();
      discord.faults.add({ method: 'PATCH', route: original, when, drop: true });
      await asked.leave(1.8);
      await asked.deliver();
      await asked.succeed();

      await asked.deliver();
      expect(await asked.task()).toMatchObject({ delivery: 'pending', shown: null, editAt: expect.any(Date) });
      expect(asked.it.reply()?.attachments).toEqual([]);
      await age(database, asked.id, 15_000);
      await asked.deliver();

      expect(await asked.task()).toMatchObject({ delivery: 'delivered', rung: 'reply' });
      expect(asked.it.states.at(-1)?.message.attachments).toHaveLength(1);
    });
  }

  test('is made again once it can no longer land', async ({ database }) => {
    const { ask, discord } = await start(database);
    const asked = await ask();
    discord.faults.add({ method: 'PATCH', route: original, status: 503 });
    await asked.leave(1.8);
    for (let round = 0; round < 2; round += 1) await asked.deliver();
    expect(asked.it.states).toHaveLength(1);

    await age(database, asked.id, 15_000);
    await asked.deliver();

    expect(isLate(asked.it.reply()?.content)).toBe(true);
  });
});

test('a reply whose "thinking…" nobody ended says where its task stands', async ({ database }) => {
  const { ask } = await start(database);
  const asked = await ask({}, true);
  await database.sql`update tasks set shown = null, show_at = now()`;

  await asked.deliver();

  expect(asked.it.states).toHaveLength(2);
  expect(await asked.task()).toMatchObject({ shown: 'rendering-unknown', showAt: expect.any(Date) });
});

test('a render that goes on says since when, and that it cannot be stopped; not within ten seconds of its last word', async ({
  database,
}) => {
  const { ask } = await start(database);
  const asked = await ask();
  expect(JSON.stringify(asked.it.reply()?.components)).toContain('cancel:');

  await asked.deliver();
  expect(asked.it.states).toHaveLength(1);
  await database.sql`update tasks set shown_at = shown_at - interval '10 s'`;
  await asked.deliver();
  await asked.deliver();

  expect(asked.it.states).toHaveLength(2);
  expect(asked.it.reply()).toMatchObject({
    content: expect.stringMatching(/started <t:\d+:R>, too late to cancel/),
    components: [],
  });
});

test('where no rung takes the outcome the reply says so while it can, and how to ask again', async ({ database }) => {
  const { ask, user } = await start(database);
  user.dmsClosed = true;
  const asked = await ask({}, true);
  await asked.succeed();
  // Too short for an upload, long enough for a word.
  await asked.leave(0.9);

  await asked.deliver();

  expect(await asked.task()).toMatchObject({ delivery: 'undeliverable' });
  expect(asked.it.reply()).toMatchObject({ content: expect.stringContaining('could not show the outcome'), flags: 68 });
  await asked.press();
  await asked.deliver();
  expect(asked.it.reply()?.attachments).toHaveLength(1);
});

test('a success without a video says so; asked again, the provider is too', async ({ database }) => {
  const { ask, rivya } = await start(database);
  const asked = await ask();
  await asked.succeed();
  const { resultUrls } = await asked.task();
  await database.sql`update tasks set result_urls = '[]', provider_id = null`;
  await asked.deliver();
  expect(asked.it.reply()?.content).toContain('gave no video');
  expect(await asked.task()).toMatchObject({ delivery: 'undeliverable' });

  await database.sql`update tasks set provider_id = ${rivya.tasks[0]?.id ?? ''}`;
  await asked.press();
  await asked.deliver();

  expect(await asked.task()).toMatchObject({ delivery: 'delivered', resultUrls });
  expect(asked.it.reply()?.attachments).toHaveLength(1);
});

describe('a task of which no answer is known', () => {
  /** A command whose process died with its answer; the sweep looks after it. */
  async function unanswered(database: Database, isPrivate: boolean) {
    const desk = await start(database);
    const { it, call } = desk.use();
    const reply = { ...call.reply, isPrivate };
    const { id } = await desk.store.accept({ origin: it.id, userId: call.userId, reply });
    await age(database, id, 11_000);
    return { ...desk, it, id, sweep: () => desk.submit(id) };
  }

  test('is canceled without a word while Discord says that there was none', async ({ database }) => {
    const { sweep, store, id } = await unanswered(database, false);

    await sweep();

    expect(await store.found(id)).toMatchObject({ status: 'canceled', delivery: 'none' });
  });

  test.for([
    [false, 'channel'],
    [true, 'dm'],
  ] as const)(
    'is told of once its token is dead, if it was private (%s) by %s',
    async ([isPrivate, rung], { database }) => {
      const { sweep, store, id, it, deliver, everything } = await unanswered(database, isPrivate);
      it.expireToken();
      await database.sql`update tasks set token_expires_at = now() - interval '1 second'`;

      await sweep();
      await deliver(id);

      expect(await store.found(id)).toMatchObject({ status: 'canceled', delivery: 'delivered', rung });
      expect(everything()).toMatchObject([{ content: expect.stringContaining('was canceled. Nothing was charged') }]);
    },
  );
});
