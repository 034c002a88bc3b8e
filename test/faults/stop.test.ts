import { describe, type ExpectStatic, type TestContext, test } from 'vitest';
import { startWorld, type World } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { holdAccounts } from '#test/held-accounts.ts';
import { png } from '#test/images.ts';
import { expectGoodEnd, finishedRows, taskRows } from '#test/outcome.ts';
import { familyOf, ownServer } from '#test/server.ts';

const hasVideo = ({ attachments }: { attachments: readonly unknown[] }) => attachments.length === 1;

/** Ended by the bot itself: 0, and nothing that would have been killed. */
async function stop(world: World, expect: ExpectStatic): Promise<void> {
  expect(await world.bot?.kill('SIGTERM')).toBe(0);
}

/** No job is held by a process that is gone, and each open task is due now: the next process takes it up at once. */
async function expectHandedBack({ database }: World, expect: ExpectStatic): Promise<void> {
  const jobs = await database.sql`
    select name, state from pgboss.job where name in ('submit', 'deliver') and state in ('active', 'retry')`;
  expect(jobs).toEqual([]);
  const held = await database.sql`
    select id, status, delivery, wake_at, next_poll_at from tasks
    where coalesce(wake_at, next_poll_at) > now() + interval '5 seconds'`;
  expect(held).toEqual([]);
}

const holding = ({ onTestFinished }: TestContext) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  onTestFinished(() => resolve());
  return { hold: promise, release: resolve };
};

describe.concurrent('SIGTERM while an answer is under way', () => {
  test('waits for it: the member is answered, and the next process makes the video', async (context) => {
    const { expect } = context;
    await using world = await startWorld();
    const { hold, release } = holding(context);
    const fault = world.discord.faults.add({ method: 'POST', route: /callback/, hold });
    const interaction = world.kling();
    await eventually(() => fault.hits === 1, 'the answer to be held');

    const exit = world.bot?.kill('SIGTERM');
    await world.bot?.waitForLog(({ msg }) => msg === 'stopping');
    release();
    expect(await exit).toBe(0);

    expect(interaction.answer()?.type).toBe(4);
    const rows = await world.database.sql`select answered_at is not null as answered from tasks`;
    expect(rows).toEqual([{ answered: true }]);
    await world.boot();
    await interaction.waitFor(hasVideo);
    await finishedRows(world);
    await expectGoodEnd(world);
  });

  test('that Discord does not take: it ends all the same, and the next process cancels what nobody was told of', async (context) => {
    const { expect } = context;
    await using world = await startWorld();
    const { hold } = holding(context);
    const fault = world.discord.faults.add({ method: 'POST', route: /callback/, hold, drop: true, times: 100 });
    world.kling();
    await eventually(() => fault.hits === 1, 'the answer to be held');

    await stop(world, expect);

    await world.database.sql`update tasks set accepted_at = accepted_at - interval '11 s', wake_at = now()`;
    await world.boot();
    await eventually(async () => (await taskRows(world)).every(({ status }) => status === 'canceled'), 'the cancel');
    expect(world.rivya.tasks).toEqual([]);
    await expectGoodEnd(world);
  });

  test('whose outcome the database keeps: the member is told that it is not known, and nothing is charged for it', async (context) => {
    const { expect } = context;
    await using world = await startWorld();
    const held = await holdAccounts(world.database.sql);
    const interaction = world.kling();
    expect((await interaction.callback).type).toBe(5);

    await stop(world, expect);
    await held.release();

    expect(interaction.reply()?.content).toContain('cannot say whether your request was accepted');
    await world.boot();
    expect(await taskRows(world)).toEqual([]);
    await expectGoodEnd(world);
  });
});

describe.concurrent('SIGTERM in the middle of work gives it back, and the next process finishes it', () => {
  test.for<
    readonly [string, (world: World, hold: Promise<void>) => Promise<unknown> | unknown, ((world: World) => unknown)?]
  >([
    [
      'a create that the provider does not answer',
      ({ rivya }, hold) => rivya.faults.add({ method: 'POST', route: '/api/v1/generations', hold, drop: true }),
    ],
    [
      'a create whose answer does not come',
      ({ rivya }, hold) =>
        rivya.faults.add({ method: 'POST', route: '/api/v1/generations', when: 'after', hold, drop: true }),
    ],
    [
      'a poll',
      ({ rivya }, hold) => rivya.faults.add({ method: 'GET', route: /^\/api\/v1\/generations\//, hold, drop: true }),
    ],
    [
      'an upload of the video that Discord does not take',
      ({ discord }, hold) => discord.faults.add({ method: 'PATCH', route: /@original/, hold, drop: true }),
    ],
    [
      'an upload of the video whose answer does not come',
      ({ discord }, hold) =>
        discord.faults.add({ method: 'PATCH', route: /@original/, when: 'after', hold, drop: true }),
    ],
    [
      'an upload of the video whose source stands still',
      ({ rivya }) => rivya.setResult({ size: 5_000_000, stall: 1_000_000 }),
      ({ rivya }) => rivya.setResult({}),
    ],
  ])('%s', async ([, strike, mend], context) => {
    const { expect } = context;
    await using world = await startWorld();
    const { hold, release } = holding(context);
    const fault = await strike(world, hold);
    const interaction = world.kling();
    await eventually(() => underWay(world, fault), 'the work to be under way');

    await stop(world, expect);

    await expectHandedBack(world, expect);
    release();
    mend?.(world);
    await world.boot();
    await interaction.waitFor(hasVideo);
    await finishedRows(world);
    expect(world.rivya.tasks).toHaveLength(1);
    expect(interaction.states.filter(({ message }) => hasVideo(message)).length).toBeLessThanOrEqual(2);
    await expectGoodEnd(world);
  });

  test('the upload of an image', async (context) => {
    const { expect } = context;
    await using world = await startWorld();
    const { hold } = holding(context);
    const fault = world.rivya.faults.add({ method: 'POST', route: '/api/v1/files', hold, drop: true });
    const interaction = world.kling({}, { attachments: [{ name: 'a.png', bytes: png() }] });
    await eventually(() => fault.hits === 1, 'the upload to be held');

    await stop(world, expect);

    await expectHandedBack(world, expect);
    await world.boot();
    await interaction.waitFor(hasVideo);
    await finishedRows(world);
    await expectGoodEnd(world);
  });

  test('a new message whose video was not sent to its end: posted once, without waiting for one that cannot be', async (context) => {
    const { expect } = context;
    await using world = await startWorld({ rivya: { render: 'manual' } });
    const interaction = world.kling();
    await eventually(() => world.rivya.tasks.length === 1, 'the render');
    await lateWithoutReply(world, interaction);
    world.rivya.setResult({ size: 5_000_000, stall: 1_000_000 });
    world.rivya.finish(world.rivya.tasks[0]?.id ?? '');
    await eventually(
      () =>
        world.discord.requests.some(
          ({ method, route }) => method === 'POST' && route === '/channels/:channel/messages',
        ),
      'the post',
    );

    await stop(world, expect);

    expect(await world.database.sql`select rung, rung_at from tasks`).toEqual([{ rung: 'channel', rungAt: null }]);
    await expectHandedBack(world, expect);
    world.rivya.setResult({});
    await world.boot();
    await world.discord.waitForMessage(world.channel.id, hasVideo, 30_000);
    await finishedRows(world);
    expect(world.discord.messages(world.channel.id).filter(hasVideo)).toHaveLength(1);
    await expectGoodEnd(world);
  });

  test('a new message that only lacks its answer is waited for: it is known to be there', async (context) => {
    const { expect } = context;
    await using world = await startWorld({ rivya: { render: 'manual' } });
    const { hold, release } = holding(context);
    const interaction = world.kling();
    await eventually(() => world.rivya.tasks.length === 1, 'the render');
    await lateWithoutReply(world, interaction);
    const fault = world.discord.faults.add({
      method: 'POST',
      route: '/channels/:channel/messages',
      when: 'after',
      hold,
    });
    world.rivya.finish(world.rivya.tasks[0]?.id ?? '');
    await world.discord.waitForMessage(world.channel.id, hasVideo);
    expect(fault.hits).toBe(1);

    const exit = world.bot?.kill('SIGTERM');
    await world.bot?.waitForLog(({ msg }) => msg === 'stopping');
    release();

    expect(await exit).toBe(0);
    expect(await taskRows(world)).toMatchObject([{ delivery: 'delivered', rung: 'channel' }]);
    await expectGoodEnd(world);
  });
});

describe('SIGTERM while the outside is away ends with 0', () => {
  test.concurrent('Discord takes and says nothing any more, the gateway not even a goodbye', async (context) => {
    const { expect } = context;
    await using world = await startWorld();
    const { hold } = holding(context);
    world.discord.gateway.freeze();
    world.discord.faults.add({ route: /./, times: 1000, hold, drop: true });

    await stop(world, expect);
  });

  test('PostgreSQL was stopped', async ({ expect }) => {
    await using server = await ownServer();
    await using world = await startWorld({ databaseUrl: server.url });
    await server.stop();

    await stop(world, expect);
  });

  test.runIf(process.platform === 'linux')(
    'PostgreSQL does not answer any more, in the middle of work',
    async (context) => {
      const { expect } = context;
      await using server = await ownServer();
      await using world = await startWorld({ databaseUrl: server.url });
      const { hold, release } = holding(context);
      const fault = world.rivya.faults.add({ method: 'POST', route: '/api/v1/generations', hold, drop: true });
      const interaction = world.kling();
      await eventually(() => fault.hits === 1, 'the create to be held');
      const family = await familyOf(await server.postmaster());
      for (const pid of family) process.kill(pid, 'SIGSTOP');

      try {
        await stop(world, expect);
      } finally {
        for (const pid of family) process.kill(pid, 'SIGCONT');
      }
      release();
      await world.boot();

      await interaction.waitFor(hasVideo, 60_000);
    },
    120_000,
  );
});

describe.concurrent('a second signal', () => {
  test.for(['SIGTERM', 'SIGINT'] as const)('(%s) ends it at once, with 1', async (signal, context) => {
    const { expect } = context;
    await using world = await startWorld();
    const { hold } = holding(context);
    const fault = world.discord.faults.add({ method: 'POST', route: /callback/, hold, drop: true, times: 100 });
    world.kling();
    await eventually(() => fault.hits === 1, 'the answer to be held');
    const exit = world.bot?.kill('SIGTERM');
    await world.bot?.waitForLog(({ msg }) => msg === 'stopping');

    process.kill(world.bot?.pid ?? 0, signal);

    expect(await exit).toBe(1);
  });
});

async function underWay({ discord, rivya }: World, fault: unknown): Promise<boolean> {
  if (typeof fault === 'object' && fault !== null && 'hits' in fault) return Number(fault.hits) > 0;
  const isUploading = discord.requests.some(
    ({ method, path, status }) => method === 'PATCH' && path.includes('@original') && status === undefined,
  );
  return isUploading && rivya.downloads.some(({ bytes }) => bytes > 0);
}

/** The reply is gone and its token dead: a new message in the channel is the best that is left. */
async function lateWithoutReply(world: World, interaction: ReturnType<World['kling']>): Promise<void> {
  await eventually(async () => (await taskRows(world))[0]?.status === 'rendering', 'the render');
  await world.database.sql`update tasks set token = null, message_id = null`;
  interaction.expireToken();
  interaction.deleteReply();
}
