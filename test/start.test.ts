import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { spawnBot } from '#test/bot-process.ts';

/** What a start that stops by itself says, and its exit code. */
async function failedStart(environment: Readonly<Record<string, string>>) {
  const bot = spawnBot({ LOG_LEVEL: 'info', ...environment });
  onTestFinished(() => void bot.kill('SIGKILL'));
  return { code: await bot.exited, output: bot.output() };
}

const system = '/usr/bin/node';
const stack = /^\s+at /m;
const noPort = 'http://127.0.0.1:1';

describe('an environment that cannot work', () => {
  test('without anything, names what is missing, how to get it, and the sandbox', async () => {
    const { code, output } = await failedStart({});

    expect(code).toBe(1);
    expect(output).toMatch(/DISCORD_TOKEN is missing: .*Reset Token/);
    expect(output).toMatch(/RIVYA_API_KEY is missing: .*API keys/);
    expect(output).toMatch(/npm run sandbox/);
    expect(output).not.toMatch(stack);
  });

  test('with a token, does not speak of the sandbox', async () => {
    const { output } = await failedStart({ DISCORD_TOKEN: 'a.b.c' });

    expect(output).toMatch(/RIVYA_API_KEY/);
    expect(output).not.toMatch(/sandbox|DISCORD_TOKEN/);
  });

  test('names every bad variable in one message, and repeats no value', async () => {
    const bad = {
      DISCORD_API_URL: 'kept-secret',
      DISCORD_CDN_URL: 'ftp://kept-secret',
      RIVYA_API_URL: 'kept-secret',
      DATABASE_URL: 'mysql://me:kept-secret@localhost/bot',
      QUOTA_CREDITS: '-1',
      QUOTA_PERIOD: 'kept-secret',
      BUDGET_CREDITS: '1e3',
      ALLOWED_GUILD_IDS: '123456789012345678, kept-secret',
      ALLOWED_USER_IDS: 'kept-secret',
      MAX_ACTIVE_TASKS: '0',
      MAX_ACTIVE_TASKS_PER_USER: '2.5',
      MAX_WAITING_TASKS_PER_USER: 'many',
      OPERATOR_IDS: '@kept-secret',
      ROLE: 'boss',
      HTTP_PORT: '99999',
      LOG_LEVEL: 'loud',
    };

    const { code, output } = await failedStart({ DISCORD_TOKEN: 'a.b.kept-secret', RIVYA_API_KEY: ' ', ...bad });

    expect(code).toBe(1);
    const named = output.match(/^ {2}[A-Z_]+(?=[ .])/gm)?.map((name) => name.trim());
    expect(new Set(named)).toEqual(new Set([...Object.keys(bad), 'RIVYA_API_KEY']));
    expect(output).not.toMatch(/kept-secret/);
    expect(output).not.toMatch(stack);
  });

  test.each(['gateway', 'worker'])('ROLE=%s needs a database that others can reach', async (role) => {
    const { code, output } = await failedStart({ DISCORD_TOKEN: 'a.b.c', RIVYA_API_KEY: 'k', ROLE: role });

    expect(code).toBe(1);
    expect(output).toMatch(/DATABASE_URL is missing: .*ROLE/);
  });
});

describe('what stops a start before it identifies', () => {
  test('a token that Discord refuses', async () => {
    await using world = await startWorld({ start: false });

    const { code, output } = await failedStart({ ...world.environment, DISCORD_TOKEN: 'not.the.token' });

    expect(code).toBe(1);
    expect(output).toMatch(/^Discord refuses DISCORD_TOKEN\. .*Reset Token\.$/m);
    expect(output).not.toMatch(/not\.the\.token|RIVYA/);
    expect(output).not.toMatch(stack);
    expect(world.discord.gateway.identifies).toBe(0);
  });

  test.each(['never issued', 'revoked'])('a provider key that was %s', async (how) => {
    await using world = await startWorld({ start: false });
    if (how === 'revoked') world.rivya.revokeKey();
    const key = how === 'revoked' ? {} : { RIVYA_API_KEY: 'rvya_sk_of_somebody_else' };

    const { code, output } = await failedStart({ ...world.environment, ...key });

    expect(code).toBe(1);
    expect(output).toMatch(/^Rivya refuses RIVYA_API_KEY \(api_key_(invalid|revoked)\)\. .*API keys\.$/m);
    expect(output).not.toMatch(/rvya_sk|DISCORD_TOKEN/);
    expect(output).not.toMatch(stack);
    expect(world.discord.gateway.identifies).toBe(0);
  });

  test('a database that nobody reaches, by its variable', async () => {
    await using world = await startWorld({ start: false });
    const url = 'postgres://bot:kept-secret@127.0.0.1:1/bot';

    const { code, output } = await failedStart({ ...world.environment, DATABASE_URL: url });

    expect(code).toBe(1);
    expect(output.split('\n')[0]).toMatch(/DATABASE_URL|database/i);
    expect(output).not.toMatch(/kept-secret/);
    expect(world.discord.gateway.identifies).toBe(0);
  });
});

describe('what stops no start', () => {
  test('a Discord that nobody reaches: it says where it looks, waits, and ends when it is told to', async () => {
    await using world = await startWorld({ start: false });

    const bot = world.launch({ DISCORD_API_URL: `${noPort}/api` });
    const told = await bot.waitForLog(({ level }) => level === 'warn');

    expect(told.msg).toMatch(/^Discord does not answer .*DISCORD_API_URL.*again in \d+ s$/);
    expect(bot.output()).not.toContain(world.discord.botToken);
    expect(await bot.kill('SIGTERM')).toBe(0);
    expect(bot.output()).not.toMatch(stack);
  });

  test('a Discord that is down: it comes up with it', async () => {
    await using world = await startWorld({ start: false });
    const { faults, gateway } = world.discord;
    const down = [
      faults.add({ route: '/applications/@me', status: 503, times: 2 }),
      faults.rateLimit({ route: '/users/@me', retryAfter: 6 }),
      faults.add({ route: '/gateway/bot', drop: true, times: 3 }),
      faults.add({ route: '/applications/:id/commands', status: 502, times: 2 }),
    ];

    const bot = await world.boot();
    await world.kling().callback;

    expect(down.map(({ hits }) => hits)).toEqual([2, 1, 3, 2]);
    expect(bot.lines.filter(({ msg }) => msg.startsWith('Discord does not answer')).length).toBeGreaterThanOrEqual(5);
    expect(gateway.identifies).toBe(1);
    expect(world.discord.violations).toEqual([]);
  });

  test('a provider that nobody reaches', async () => {
    await using world = await startWorld({ env: { RIVYA_API_URL: noPort } });

    expect(world.bot?.output()).toMatch(/the video provider does not answer/);
    expect(world.bot?.output()).not.toMatch(/provider balance/);
    expect(world.discord.gateway.identifies).toBe(1);
  });

  test('a provider in trouble', async () => {
    await using world = await startWorld({ start: false });
    world.rivya.faults.add({ route: '/api/v1/credits', code: 'public_api_disabled', times: 100 });

    await world.boot();

    expect(world.discord.gateway.identifies).toBe(1);
  });

  test('commands that Discord refuses', async () => {
    await using world = await startWorld({ start: false });
    world.discord.faults.add({ method: 'PUT', route: '/applications/:id/commands', status: 400, times: 100 });

    const bot = await world.boot();

    expect(bot.lines.find(({ level }) => level === 'error')?.msg).toMatch(/refused the commands/);
  });
});

describe('a start that works', () => {
  const puts = (world: Awaited<ReturnType<typeof startWorld>>) =>
    world.discord.requests.filter(({ method }) => method === 'PUT');

  test('registers the commands once: the second start writes nothing', async () => {
    await using world = await startWorld();
    expect(puts(world)).toHaveLength(1);
    await world.bot?.kill('SIGTERM');

    const again = await world.boot();

    expect(puts(world)).toHaveLength(1);
    expect(again.lines.map(({ msg }) => msg)).toContain('commands up to date');
    expect(world.discord.violations).toEqual([]);
  });

  test.each([[[0]], [[1]], [[0, 1]]] as const)(
    'registers once for an application with the install types %j',
    async (installTypes) => {
      await using world = await startWorld({ discord: { installTypes } });
      await world.bot?.kill('SIGTERM');

      await world.boot();

      expect(puts(world)).toHaveLength(1);
      expect(world.discord.violations).toEqual([]);
    },
  );

  test('tells who it is, who operates it, what the account is good for, and where it is', async () => {
    await using world = await startWorld({
      discord: { applicationName: 'Foxglove' },
      rivya: { credits: 1000 },
      env: { LOG_LEVEL: 'info' },
    });

    const said = world.bot?.lines.map(({ msg }) => msg) ?? [];
    expect(said).toContain('I am Foxglove');
    expect(said).toContain(`operators: ${world.discord.ownerId}`);
    expect(said).toContain('provider balance: 1000 credits = 11 videos');
    expect(said.join('\n')).toContain(installLink(world.discord.applicationId));
    expect(said.at(-1)).toBe('ready in Home');
  });

  test('warns while any server may spend, and not when servers are named', async () => {
    await using world = await startWorld({ start: false });
    const warnings = (bot: { lines: readonly { level: string; msg: string }[] }) =>
      bot.lines.filter(({ level }) => level === 'warn').map(({ msg }) => msg);

    const open = warnings(await world.boot());
    const closed = warnings(await world.boot({ ALLOWED_GUILD_IDS: world.guild.id }));

    expect(open).toEqual([expect.stringMatching(/ALLOWED_GUILD_IDS is empty/)]);
    expect(closed).toEqual([]);
  });

  test('in no server yet ends with the install link', async () => {
    await using world = await startWorld({ start: false });
    world.guild.bot = false;

    const bot = await world.boot({ LOG_LEVEL: 'info' });

    const last = bot.output().trimEnd().split('\n').at(-1) ?? '';
    expect(JSON.parse(last).msg).toMatch(/in no server yet/);
    expect(JSON.parse(last).link).toBe(installLink(world.discord.applicationId));
    expect(JSON.parse(last).msg.endsWith(installLink(world.discord.applicationId))).toBe(true);
  });
});

describe('a Node too old', () => {
  const pretend = 'Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.20.2"}})';
  const run = (node: string, ...args: readonly string[]) =>
    promisify(execFile)(node, args, { env: { PATH: process.env.PATH ?? '' } }).catch((error: unknown) => error);
  const oneLine = {
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^This needs Node 22\.18 .*"npm start".*\n$/),
  };

  test.each([[], ['sandbox/run.ts']])(
    'gets one line that says what it needs and how to run it %j',
    async (...entry) => {
      const failure = await run(process.execPath, '--import', `data:text/javascript,${pretend}`, 'start.js', ...entry);

      expect(failure).toMatchObject(oneLine);
    },
  );

  test.runIf(majorOf(system) < 22)("gets it for the system's own Node, too", async () => {
    expect(await run(system, 'start.js')).toMatchObject(oneLine);
  });
});

/** https://discord.com/developers/docs/topics/permissions: view, send, embed, attach, history, send in threads. */
function installLink(applicationId: string): string {
  const permissions = [10n, 11n, 14n, 15n, 16n, 38n].reduce((sum, bit) => sum | (1n << bit), 0n);
  const query = `client_id=${applicationId}&scope=bot+applications.commands&permissions=${permissions}`;
  return `https://discord.com/oauth2/authorize?${query}`;
}

/** Infinity if there is no such Node. */
function majorOf(node: string): number {
  if (!existsSync(node)) return Number.POSITIVE_INFINITY;
  return Number.parseInt(execFileSync(node, ['--version'], { encoding: 'utf8' }).slice(1), 10);
}
