import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, onTestFinished, type TestContext, test } from 'vitest';
import { openDatabase } from '#src/store/database.ts';
import { isPostmaster, readPostmaster, stopPostmaster } from '#src/store/embedded/postmaster.ts';
import { startWorld } from '#test/bot.ts';
import { freePort, until } from '#test/program.ts';
import { type TemporaryFolder, temporaryFolder } from '#test/temporary.ts';

describe.concurrent('two roles on one database', () => {
  test('one answers, the other makes the video', async () => {
    await using world = await startWorld({ start: false });
    await world.boot({ ROLE: 'gateway' });

    const interaction = world.kling();
    await interaction.callback;
    await until(async () => (await world.database.sql`select 1 from tasks where answered_at is not null`).length === 1);
    expect(world.rivya.tasks).toHaveLength(0);
    const worker = await world.boot({ ROLE: 'worker' });
    await interaction.waitFor(({ attachments }) => attachments.length === 1);

    expect(worker.lines.map(({ msg }) => msg)).toContain('ready to work');
    expect(world.rivya.tasks).toHaveLength(1);
    expect(world.discord.gateway.identifies).toBe(1);
    expect(world.discord.violations).toEqual([]);
    expect(world.rivya.violations).toEqual([]);
  });

  test('two workers deliver each video once', async () => {
    await using world = await startWorld({
      start: false,
      env: { QUOTA_CREDITS: '9000', MAX_ACTIVE_TASKS_PER_USER: '8' },
    });
    await Promise.all([
      world.boot({ ROLE: 'gateway' }),
      world.boot({ ROLE: 'worker' }),
      world.boot({ ROLE: 'worker' }),
    ]);

    const all = Array.from({ length: 6 }, () => world.kling());
    await Promise.all(all.map((one) => one.waitFor(({ attachments }) => attachments.length === 1)));

    for (const { states } of all) {
      expect(states.filter(({ message }) => message.attachments.length === 1)).toHaveLength(1);
    }
    expect(world.rivya.tasks).toHaveLength(6);
  });
});

describe.concurrent('stopping', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends an idle bot with 0', async (signal) => {
    await using world = await startWorld();

    expect(await world.bot?.kill(signal)).toBe(0);
    expect(world.bot?.output()).not.toMatch(/not closed cleanly/);
    await until(() => world.discord.gateway.connected() === 0);
  });

  /** A bot in the middle of a create that the provider does not answer. */
  async function busy({ onTestFinished }: TestContext) {
    const world = await startWorld();
    onTestFinished(() => world[Symbol.asyncDispose]());
    const hold = Promise.withResolvers<void>();
    onTestFinished(() => hold.resolve());
    world.rivya.faults.add({ method: 'POST', route: '/api/v1/generations', hold: hold.promise });
    world.kling();
    await until(() => world.rivya.requests.some(({ method }) => method === 'POST'));
    return world.bot ?? expect.unreachable('started');
  }

  test('in the middle of work it ends with 0 within 10 s', async (context) => {
    const bot = await busy(context);

    const exit = bot.kill('SIGTERM');

    expect(await Promise.race([exit, after(10_000)])).toBe(0);
  });

  test('a second signal ends it at once', async (context) => {
    const bot = await busy(context);
    const exit = bot.kill('SIGTERM');
    await bot.waitForLog(({ msg }) => msg === 'stopping');

    process.kill(bot.pid, 'SIGTERM');

    expect(await exit).toBe(1);
  });
});

describe('on the embedded database', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => {
    // What a failed test may have left must not outlive it.
    await stopPostmaster(join(folder.path, 'postgres'));
    await folder[Symbol.asyncDispose]();
  });

  const isServing = async (dataDir: string) => {
    const cluster = join(dataDir, 'postgres');
    const postmaster = await readPostmaster(cluster);
    return postmaster !== null && (await isPostmaster(postmaster.pid, cluster));
  };

  test('a whole journey, and SIGTERM leaves no server behind', async () => {
    await using world = await startWorld({ start: false });
    const bot = await world.boot({ DATABASE_URL: '', DATA_DIR: folder.path });
    await world.kling().waitFor(({ attachments }) => attachments.length === 1);
    expect(await isServing(folder.path)).toBe(true);

    expect(await bot.kill('SIGTERM')).toBe(0);

    expect(await isServing(folder.path)).toBe(false);
  });

  test.runIf(process.platform === 'linux')(
    'a start that is stopped leaves no server behind, whenever the refusal comes',
    async () => {
      await using world = await startWorld({ start: false });
      const embedded = { DATABASE_URL: '', DATA_DIR: folder.path };
      const first = await world.boot(embedded);
      await first.kill('SIGTERM');

      for (const delayMs of [0, 25, 50, 75, 100, 200]) {
        world.discord.faults.add({ route: '/applications/@me', delayMs });
        const refused = world.launch({ ...embedded, DISCORD_TOKEN: 'not.the.token' });

        expect(await refused.exited).toBe(1);
        expect(await commandLines(folder.path)).toEqual([]);
      }
    },
  );

  test('npm start reads .env, and ends with its terminal’s interrupt', async () => {
    await using world = await startWorld({ start: false });
    // Else the data would go to where a server that is not root can enter.
    await chmod(folder.path, 0o755);
    for (const file of ['package.json', 'start.js']) await copyFile(file, join(folder.path, file));
    for (const room of ['src', 'commands', 'migrations', 'node_modules'])
      await symlink(resolve(room), join(folder.path, room));
    const { DATABASE_URL: _, ...environment } = world.environment;
    const lines = Object.entries({ ...environment, DATA_DIR: './elsewhere', LOG_LEVEL: 'info' });
    await writeFile(join(folder.path, '.env'), lines.map(([name, value]) => `${name}=${value}\n`).join(''));

    const npm = spawn('npm', ['start'], {
      cwd: folder.path,
      env: { PATH: process.env.PATH, HOME: folder.path, npm_config_update_notifier: 'false' },
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => endGroup(npm.pid, 'SIGKILL'));
    const closed = once(npm, 'close');
    let output = '';
    npm.stdout.on('data', (chunk) => {
      output += chunk;
    });
    await until(() => /"msg":"ready in Home"/.test(output) || npm.exitCode !== null);
    expect(npm.exitCode, output).toBeNull();
    expect(await isServing(join(folder.path, 'elsewhere'))).toBe(true);
    endGroup(npm.pid, 'SIGINT');
    await closed;

    expect(output).toMatch(/"msg":"stopping"/);
    expect(await isServing(join(folder.path, 'elsewhere'))).toBe(false);
  });
});

describe.concurrent('the health endpoints', () => {
  const ask = (port: number, path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { ...init, signal: AbortSignal.timeout(5_000) });

  test('say that the bot lives and is ready, and nothing else', async () => {
    const port = await freePort();
    await using world = await startWorld({ env: { HTTP_PORT: String(port) } });

    expect((await ask(port, '/healthz')).status).toBe(200);
    expect((await ask(port, '/readyz')).status).toBe(200);
    expect((await ask(port, '/')).status).toBe(404);
    expect((await ask(port, '/readyz', { method: 'POST' })).status).toBe(405);
    expect(await world.bot?.kill('SIGTERM')).toBe(0);
    await expect(ask(port, '/healthz')).rejects.toThrow();
  });

  test('tell a database that went away from a bot that died', async () => {
    const port = await freePort();
    await using world = await startWorld({ env: { HTTP_PORT: String(port) } });
    const name = new URL(world.databaseUrl).pathname.slice(1);
    await using server = openDatabase(inject('adminUrl'), { max: 1 });
    await server.sql`alter database ${server.sql(name)} allow_connections false`;
    await server.sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`;

    await until(async () => (await ask(port, '/readyz')).status === 503);
    expect((await ask(port, '/healthz')).status).toBe(200);
    await server.sql`alter database ${server.sql(name)} allow_connections true`;

    await until(async () => (await ask(port, '/readyz')).status === 200);
  });

  test('tell a gateway that is away', async () => {
    const port = await freePort();
    await using world = await startWorld({ env: { HTTP_PORT: String(port) } });
    world.discord.gateway.fault({ invalidSession: true, times: 1000 });
    world.discord.gateway.invalidate();

    await until(async () => (await ask(port, '/readyz')).status === 503);
    world.discord.gateway.clearFaults();

    await until(async () => (await ask(port, '/readyz')).status === 200, 30_000);
  }, 60_000);
});

function endGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Of the processes that speak of a folder (Linux). */
async function commandLines(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // A process may end between being listed and being read.
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(folder)).map((line) => line.replaceAll('\0', ' '));
}

async function after(ms: number): Promise<string> {
  await once(AbortSignal.timeout(ms), 'abort');
  return `still there after ${ms} ms`;
}
