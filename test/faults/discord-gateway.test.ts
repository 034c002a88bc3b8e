import { describe, type TestContext, test } from 'vitest';
import type { DiscordOptions, DiscordStandIn } from '#sandbox/discord/discord.ts';
import { startGateway } from '#src/discord/gateway.ts';
import { TokenRefused } from '#src/discord/token-refused.ts';
import type { Log } from '#src/domain/log.ts';
import { eventually } from '#test/eventually.ts';
import { begin } from '../discord/begin.ts';

/** The gateway client alone, at the stand-in; what it hands on and says is noted. */
async function start(
  { onTestFinished }: TestContext,
  options: DiscordOptions = {},
  prepare = (_: DiscordStandIn) => {},
) {
  const world = await begin(options, onTestFinished);
  prepare(world.discord);
  const stopping = new AbortController();
  const heard: string[] = [];
  const said: string[] = [];
  const say = (_: object, message: string) => void said.push(message);
  const log: Log = { debug() {}, info: say, warn: say, error: say };
  const { url: apiUrl, botToken: token } = world.discord;
  const gateway = startGateway({
    ...{ apiUrl, token, log, bot: world.rests.bot, signal: stopping.signal },
    dispatch: (raw) => void heard.push(String(Object(raw).id)),
    hear() {},
    left() {},
  });
  onTestFinished(async () => {
    stopping.abort();
    await gateway.stop();
  });
  return { ...world, gateway, heard, said };
}

type World = Awaited<ReturnType<typeof start>>;

/** Whatever happened to it: it is connected, and hears a command, once. */
async function expectHeard({ gateway, heard, use }: World, { expect }: TestContext) {
  await eventually(() => gateway.isConnected(), 'a connection', 60_000);
  const { it } = use();
  await eventually(() => heard.includes(it.id), 'the command to be heard');
  expect(heard.filter((id) => id === it.id)).toHaveLength(1);
}

describe.concurrent('a connection that ends', () => {
  test.for<readonly [string, 'resumes' | 'readies', (discord: DiscordStandIn) => void]>([
    ['by itself', 'resumes', ({ gateway }) => gateway.drop()],
    ['with 1000', 'readies', ({ gateway }) => gateway.drop({ code: 1000 })],
    ['with 1001', 'readies', ({ gateway }) => gateway.drop({ code: 1001 })],
    ['with 4000 unknown error', 'resumes', ({ gateway }) => gateway.drop({ code: 4000 })],
    ['with 4007 invalid sequence', 'readies', ({ gateway }) => gateway.drop({ code: 4007 })],
    ['with 4008 rate limited', 'readies', ({ gateway }) => gateway.drop({ code: 4008 })],
    ['with 4009 session timed out', 'resumes', ({ gateway }) => gateway.drop({ code: 4009 })],
    ['by a request to reconnect', 'resumes', ({ gateway }) => gateway.askToReconnect()],
    ['by a session that is no longer valid', 'readies', ({ gateway }) => gateway.invalidate()],
    ['by a session that is invalid but resumable', 'resumes', ({ gateway }) => gateway.invalidate(true)],
    [
      'and cannot be resumed',
      'readies',
      ({ gateway }) => {
        gateway.fault({ invalidSession: false });
        gateway.drop();
      },
    ],
    [
      'and finds the gateway closed for a while',
      'resumes',
      ({ gateway }) => {
        gateway.fault({ refuseUpgrade: 503, times: 3 });
        gateway.drop();
      },
    ],
  ])('%s comes back, and what came meanwhile is heard once where it can be', async ([, how, end], context) => {
    const { expect } = context;
    const world = await start(context);
    await world.gateway.ready;
    const { gateway } = world.discord;
    const before = gateway[how];

    end(world.discord);
    const meanwhile = world.use();
    await gateway.waitFor(() => gateway[how] > before && gateway.connected() === 1, 40_000, how);

    await expectHeard(world, context);
    if (how === 'resumes') expect(world.heard.filter((id) => id === meanwhile.it.id)).toHaveLength(1);
    expect(world.discord.violations).toEqual([]);
  });
});

describe.concurrent('missed heartbeats', () => {
  test.for<readonly [string, (discord: DiscordStandIn) => void]>([
    ['are noticed', ({ gateway }) => gateway.fault({ noAck: true, times: 1 })],
    ['are noticed where nothing comes through any more, not even a goodbye', ({ gateway }) => gateway.freeze()],
  ])('%s, and the session is resumed on a new connection', async ([, strike], context) => {
    const { expect } = context;
    const world = await start(context, { heartbeatIntervalMs: 400 });
    await world.gateway.ready;
    const { gateway } = world.discord;

    strike(world.discord);
    await gateway.waitFor(() => gateway.resumes > 0, 50_000, 'a resume');

    expect(gateway.identifies).toBe(1);
    await expectHeard(world, context);
  });
});

describe.concurrent('a start', () => {
  test.for<readonly [string, (discord: DiscordStandIn) => void]>([
    ['connections are refused', ({ gateway }) => gateway.fault({ refuseUpgrade: 503, times: 4 })],
    ['READY comes late', ({ gateway }) => gateway.fault({ readyDelayMs: 10_000 })],
    ['nobody says where it is', ({ faults }) => void faults.add({ route: '/gateway/bot', status: 502, times: 3 })],
    [
      'nobody says where it is the second time',
      ({ faults, gateway }) => {
        faults.add({
          route: '/gateway/bot',
          hold: async () => void faults.add({ route: '/gateway/bot', status: 502 }),
        });
        gateway.fault({ refuseUpgrade: 500 });
      },
    ],
    ['the first session is invalid', ({ gateway }) => gateway.fault({ invalidSession: false })],
    ['it closes on IDENTIFY', ({ gateway }) => gateway.fault({ closeOnIdentify: 4000 })],
  ])('while %s waits and then works', async ([, prepare], context) => {
    const { expect } = context;
    const world = await start(context, {}, prepare);
    expect(world.gateway.isConnected()).toBe(false);

    expect(await world.gateway.ready).toMatchObject([{ name: 'Home' }]);

    await expectHeard(world, context);
    expect(world.discord.gateway.connected()).toBe(1);
    expect(world.discord.violations).toEqual([]);
  });

  test.for([
    [4004, TokenRefused],
    [4010, /for good \(4010 InvalidShard\)/],
    [4011, /for good \(4011 ShardingRequired\)/],
    [4012, /for good \(4012 InvalidAPIVersion\)/],
    [4013, /for good \(4013 InvalidIntents\)/],
    [4014, /for good \(4014 DisallowedIntents\)/],
  ] as const)('that Discord closes with %i is not tried again', async ([closeOnIdentify, why], context) => {
    const { expect } = context;
    const { gateway, discord } = await start(context, {}, (one) => one.gateway.fault({ closeOnIdentify }));

    await expect(gateway.ready).rejects.toThrow(why);

    expect([discord.gateway.identifies, discord.gateway.connected()]).toEqual([1, 0]);
  });
});

test.concurrent('a gateway that is closed for good later on ends', async (context) => {
  const { expect } = context;
  const { gateway, discord } = await start(context);
  await gateway.ready;

  discord.gateway.drop({ code: 4004 });

  await expect(gateway.ended).rejects.toThrow(TokenRefused);
  expect(gateway.isConnected()).toBe(false);
  expect(discord.gateway.identifies).toBe(1);
});

describe.concurrent('the sessions that may be started in a day', () => {
  const few = /^only \d of today's 1000 gateway sessions are left: waiting until 20\d\d-/;

  test.for([0, 1, 5])(
    'with %i left, a start waits for the next day and says so; none is used up',
    async (remaining, context) => {
      const { expect } = context;
      const limit = { remaining, resetAfterMs: 5_000 };
      const world = await start(context, {}, ({ gateway }) => gateway.limitStarts(limit));

      await eventually(() => world.said.some((line) => few.test(line)), 'it to say so');
      expect(world.discord.gateway.identifies).toBe(0);
      await world.gateway.ready;

      expect(world.discord.gateway.identifies).toBe(1);
      await expectHeard(world, context);
      expect(world.discord.violations).toEqual([]);
    },
  );

  test('with 6 left, a start uses one', async (context) => {
    const world = await start(context, {}, ({ gateway }) =>
      gateway.limitStarts({ remaining: 6, resetAfterMs: 86_000_000 }),
    );

    await world.gateway.ready;

    await expectHeard(world, context);
  });

  test('that run out under a running bot are waited for too', async (context) => {
    const { expect } = context;
    const world = await start(context);
    await world.gateway.ready;

    world.discord.gateway.limitStarts({ remaining: 2, resetAfterMs: 12_000 });
    world.discord.gateway.invalidate();
    await eventually(() => world.said.some((line) => few.test(line)), 'it to say so');
    expect([world.discord.gateway.identifies, world.gateway.isConnected()]).toEqual([1, false]);

    await expectHeard(world, context);
    expect(world.discord.gateway.identifies).toBe(2);
  });

  test('are not burned by a gateway that turns every session away: each try waits twice as long', async (context) => {
    const { expect } = context;
    const world = await start(context, {}, ({ gateway }) => gateway.fault({ invalidSession: false, times: 1000 }));
    const { gateway } = world.discord;

    // 5 s after the first, 10 s after the second, 20 s after the third.
    await gateway.waitFor(() => gateway.identifies === 3, 40_000, 'a third try');
    await eventually(() => world.said.some((line) => /no session; next try in (1\d|20) s/.test(line)), 'it to say so');
    gateway.clearFaults();
    await world.gateway.ready;

    expect(gateway.identifies).toBe(4);
    await expectHeard(world, context);
  });
});

test.concurrent('a stop while a new connection is tried for starts no session any more', async (context) => {
  const { expect } = context;
  const world = await start(context);
  await world.gateway.ready;
  world.discord.gateway.fault({ refuseUpgrade: 503, times: 2 });

  world.discord.gateway.invalidate();
  await eventually(() => !world.gateway.isConnected(), 'the loss');
  await world.gateway.stop();
  const { identifies } = world.discord.gateway;
  world.discord.gateway.clearFaults();

  await new Promise((resolve) => setTimeout(resolve, 8_000));
  expect(world.discord.gateway.identifies).toBe(identifies);
});
