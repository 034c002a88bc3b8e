import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { DiscordStandIn } from '#sandbox/discord/discord.ts';
import { begin } from './discord-raw.ts';

type Frame = { op: number; t?: string; s?: number; d?: unknown };

/** A socket that remembers what it was sent. */
async function connect(discord: DiscordStandIn, query = '?v=10&encoding=json') {
  const socket = new WebSocket(`${discord.url.replace('http:', 'ws:').replace('/api', '')}/${query}`);
  onTestFinished(() => socket.terminate());
  const frames: Frame[] = [];
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  socket.on('message', (data) => frames.push(JSON.parse(String(data))));
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  const seen = (t: string) => expect.poll(() => frames.find((frame) => frame.t === t)).toBeDefined();
  const events = () => frames.flatMap(({ t }) => (t === undefined ? [] : [t]));
  return { socket, frames, closed, events, seen, send: (frame: object) => socket.send(JSON.stringify(frame)) };
}

const properties = { os: 'linux', browser: 'test', device: 'test' };
const identify = (token: string, more: object = {}) => ({ op: 2, d: { token, intents: 0, properties, ...more } });

describe('the gateway', () => {
  test('greets, answers heartbeats, and welcomes who knows the token', async () => {
    const { discord, guild } = await begin({ heartbeatIntervalMs: 1234 });
    const client = await connect(discord);

    client.send({ op: 1, d: null });
    client.send(identify(discord.botToken, { intents: 1 }));
    await client.seen('GUILD_CREATE');

    expect(client.frames[0]).toMatchObject({ op: 10, d: { heartbeat_interval: 1234 } });
    expect(client.frames[1]).toMatchObject({ op: 11 });
    expect(client.frames[2]).toMatchObject({
      op: 0,
      t: 'READY',
      s: 1,
      d: { v: 10, user: { id: discord.botUserId }, guilds: [{ id: guild.id, unavailable: true }] },
    });
    expect(client.frames[3]).toMatchObject({ t: 'GUILD_CREATE', s: 2, d: { id: guild.id } });
  });

  test('sends no guilds without the intent, but interactions all the same', async () => {
    const { discord, use } = await begin();
    const client = await connect(discord);
    client.send(identify(discord.botToken));
    await discord.gateway.waitForReady();

    use();

    await client.seen('INTERACTION_CREATE');
    expect(client.events()).toEqual(['READY', 'INTERACTION_CREATE']);
  });

  test('two sessions of one token both get every interaction', async () => {
    const { discord, use } = await begin();
    const both = [await connect(discord), await connect(discord)];
    for (const client of both) client.send(identify(discord.botToken));
    await discord.gateway.waitFor(() => discord.gateway.connected() === 2, 5000, 'two sessions');

    use();

    for (const client of both) await client.seen('INTERACTION_CREATE');
  });

  test('shards share the servers; direct messages go to the first', async () => {
    const { discord, use } = await begin();
    const shards = [await connect(discord), await connect(discord)];
    for (const [index, client] of shards.entries()) client.send(identify(discord.botToken, { shard: [index, 2] }));
    await discord.gateway.waitFor(() => discord.gateway.connected() === 2, 5000, 'two shards');

    const inServer = use();
    discord.interact({ command: 'kling', context: 1, options: { prompt: 'x' } });

    const home = Number((BigInt(String(inServer.payload.guild_id)) >> 22n) % 2n);
    const wanted = [0, 1].map((index) => (index === home ? 1 : 0) + (index === 0 ? 1 : 0));
    const got = () => shards.map(({ events }) => events().filter((event) => event === 'INTERACTION_CREATE').length);
    await expect.poll(got).toEqual(wanted);
  });

  test('replays what a resumed session missed, and only that', async () => {
    const { discord, use } = await begin();
    const first = await connect(discord);
    first.send(identify(discord.botToken));
    await first.seen('READY');
    use();
    await first.seen('INTERACTION_CREATE');
    const ready = first.frames.find(({ t }) => t === 'READY');
    first.socket.terminate();
    await discord.gateway.waitFor(() => discord.gateway.connected() === 0, 5000, 'the loss');
    const missed = use();

    const second = await connect(discord);
    second.send({ op: 6, d: { token: discord.botToken, session_id: Object(ready?.d).session_id, seq: 2 } });
    await second.seen('RESUMED');

    expect(second.events()).toEqual(['INTERACTION_CREATE', 'RESUMED']);
    expect([discord.gateway.readies, discord.gateway.resumes]).toEqual([1, 1]);
    expect(second.frames.find(({ t }) => t === 'INTERACTION_CREATE')).toMatchObject({ s: 3, d: { id: missed.id } });
  });

  test('a session closed with 1000 is over: RESUME gets op 9', async () => {
    const { discord } = await begin();
    const first = await connect(discord);
    first.send(identify(discord.botToken));
    await first.seen('READY');
    const session = Object(first.frames.find(({ t }) => t === 'READY')?.d).session_id;
    first.socket.close(1000);
    await discord.gateway.waitFor(() => discord.gateway.connected() === 0, 5000, 'the end');

    const second = await connect(discord);
    second.send({ op: 6, d: { token: discord.botToken, session_id: session, seq: 1 } });

    await expect.poll(() => second.frames.at(-1)).toMatchObject({ op: 9, d: false });
  });

  test.each([
    ['a wrong token', { op: 2, d: { token: 'wrong', intents: 0, properties } }, 4004],
    ['nonsense', 'nonsense', 4002],
    ['an unknown opcode', { op: 42 }, 4001],
    ['presence before it identified', { op: 3, d: {} }, 4003],
    ['a heartbeat from the future', { op: 1, d: 'x' }, 4002],
    ['IDENTIFY without properties', { op: 2, d: { token: 'x', intents: 0 } }, 4002],
  ])('%s closes the connection', async (_, frame, code) => {
    const { discord } = await begin();
    const client = await connect(discord);

    client.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));

    expect(await client.closed).toBe(code);
    expect(discord.violations).toHaveLength(code === 4004 ? 0 : 1);
  });

  test.each([
    ['privileged intents', { intents: 1 << 15 }, 4014],
    ['intents that do not exist', { intents: 2 ** 30 }, 4013],
    ['a shard beyond the count', { shard: [2, 2] }, 4010],
  ])('%s close the connection', async (_, more, code) => {
    const { discord } = await begin();
    const client = await connect(discord);

    client.send(identify(discord.botToken, more));

    expect(await client.closed).toBe(code);
  });

  test('an old version, a second IDENTIFY and too many sends close it too', async () => {
    const { discord } = await begin();
    const [old, twice, loud] = [
      await connect(discord, '?v=9&encoding=json'),
      await connect(discord),
      await connect(discord),
    ];

    twice.send(identify(discord.botToken));
    twice.send(identify(discord.botToken));
    for (let i = 0; i < 121; i += 1) loud.send({ op: 1, d: null });

    expect(await Promise.all([old.closed, twice.closed, loud.closed])).toEqual([4012, 4005, 4008]);
  });

  test('GET /gateway/bot counts the starts that are left, and the last one ends them all', async () => {
    const { discord, ask } = await begin({ identifyLimit: 1 });
    const remaining = async () => Object((await ask('GET', '/gateway/bot')).body).session_start_limit.remaining;
    expect(await remaining()).toBe(1);
    const [first, second] = [await connect(discord), await connect(discord)];

    first.send(identify(discord.botToken));
    await first.seen('READY');
    second.send(identify(discord.botToken));

    expect(await second.closed).toBe(4004);
    expect(await remaining()).toBe(0);
  });

  test('faults: closed on IDENTIFY, an invalid session, no ack, a late READY', async () => {
    const { discord } = await begin();
    const clients = [
      await connect(discord),
      await connect(discord),
      await connect(discord),
      await connect(discord),
    ] as const;

    discord.gateway.fault({ closeOnIdentify: 4000 });
    clients[0].send(identify(discord.botToken));
    expect(await clients[0].closed).toBe(4000);

    discord.gateway.fault({ invalidSession: true });
    clients[1].send(identify(discord.botToken));
    await expect.poll(() => clients[1].frames.at(-1)).toMatchObject({ op: 9, d: false });

    discord.gateway.fault({ noAck: true });
    clients[2].send({ op: 1, d: null });
    clients[2].send(identify(discord.botToken));
    await clients[2].seen('READY');
    expect(clients[2].frames.map(({ op }) => op)).toEqual([10, 0]);
    discord.gateway.clearFaults();
    clients[2].send({ op: 1, d: 1 });
    await expect.poll(() => clients[2].frames.at(-1)?.op).toBe(11);

    discord.gateway.fault({ readyDelayMs: 20 });
    clients[3].send(identify(discord.botToken));
    expect(clients[3].events()).toEqual([]);
    await clients[3].seen('READY');
  });

  test('faults: connections refused, and frozen ones that nothing comes through', async () => {
    const { discord, use } = await begin();
    const client = await connect(discord);
    client.send(identify(discord.botToken));
    await client.seen('READY');

    discord.gateway.freeze();
    use();
    client.send({ op: 1, d: 1 });
    discord.gateway.fault({ refuseUpgrade: 503 });
    await expect(connect(discord)).rejects.toThrow('503');
    const other = await connect(discord);
    const session = Object(client.frames.find(({ t }) => t === 'READY')?.d).session_id;
    other.send({ op: 6, d: { token: discord.botToken, session_id: session, seq: 1 } });

    await other.seen('INTERACTION_CREATE');
    expect(client.events()).toEqual(['READY']);
    expect(client.frames.at(-1)).not.toMatchObject({ op: 11 });
  });

  test('the starts of a day can be set, and are all there again when it is over', async () => {
    const { discord, ask } = await begin();
    const limit = async () => Object((await ask('GET', '/gateway/bot')).body).session_start_limit;

    discord.gateway.limitStarts({ remaining: 2, resetAfterMs: 60_000 });
    expect(await limit()).toMatchObject({ total: 1000, remaining: 2 });
    expect((await limit()).reset_after).toBeLessThanOrEqual(60_000);
    discord.gateway.limitStarts({ remaining: 0, resetAfterMs: 0 });

    expect(await limit()).toMatchObject({ remaining: 1000 });
  });

  test('asks to reconnect and takes servers away', async () => {
    const { discord, guild } = await begin();
    const client = await connect(discord);
    client.send(identify(discord.botToken, { intents: 1 }));
    await client.seen('GUILD_CREATE');

    discord.gateway.askToReconnect();
    discord.removeBot(guild.id);
    discord.addGuild();

    await client.seen('GUILD_DELETE');
    expect(client.frames.some(({ op }) => op === 7)).toBe(true);
    await expect.poll(() => client.events().filter((event) => event === 'GUILD_CREATE').length).toBe(2);
  });
});
