import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startDiscord } from '#sandbox/discord/discord.ts';
import { readArguments } from '#sandbox/show/arguments.ts';
import { boxesOf } from '#sandbox/show/film-facts.ts';
import type { Option } from '#sandbox/show/options.ts';
import { temporaryFolder } from '#test/temporary.ts';

const media = join(import.meta.dirname, '..', '..', 'sandbox', 'media');
const first = join(media, 'first.png');
const last = join(media, 'last.jpg');

/** What a shell that is set up for a real bot, or for nothing that works, would hand on. */
const hostile = {
  DISCORD_TOKEN: 'x',
  DISCORD_API_URL: 'http://127.0.0.1:9/api',
  RIVYA_API_KEY: 'x',
  RIVYA_API_URL: 'http://127.0.0.1:9',
  DATABASE_URL: 'nonsense',
  DATA_DIR: '/nowhere',
  ALLOWED_GUILD_IDS: '123456789012345678',
  QUOTA_CREDITS: '0',
  ROLE: 'worker',
  LOG_LEVEL: 'silent',
};

// Each starts a whole bot; how long that takes depends on what else the machine does.
const patient = { timeout: 90_000 };

describe.concurrent('the scripts', patient, () => {
  test('the sandbox without options shows a command becoming a film, saves it and ends', async () => {
    await using place = await openPlace();
    const output = join(place.path, 'out', 'film.mp4');

    const run = start('run', ['--output', output], { ...place.environment, ...hostile });
    const code = await run.ended;

    expect(run.stderr()).toBe('');
    expect(code).toBe(0);
    expect(boxesOf(await readFile(output)).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['ftyp', 'moov', 'mdat']),
    );
    expect(run.stdout()).toMatch(/bot is ready; its own start took \d+\.\d s/);
    expect(run.stdout()).toMatch(/image: first\.png .*image_2: last\.jpg/);
    expect(run.stdout()).toMatch(/in line[\s\S]*Rivya takes the task[\s\S]*\(edited\)[\s\S]*▶ kling-[0-9a-f]{8}\.mp4/);
    const [film, cost, next, then] = run.stdout().trimEnd().split('\n').slice(-4);
    expect(film).toContain(output);
    expect(cost).toMatch(/would have been 90 credits/);
    expect(next).toContain('npm run sandbox -- --prompt');
    expect(then).toContain('npm run rehearse');
    expect(run.stdout()).not.toContain('\u001b');
    expect(await place.leftBehind()).toEqual([]);
  });

  test("brings one's own options and images to the provider", async () => {
    await using place = await openPlace();
    const output = join(place.path, 'own.mp4');
    const own = ['--prompt', 'a fox, *softly*', '--image', first, '--image', last, '--output', output];
    const settings = ['--duration', '10', '--mode', 'std', '--sound', '--aspect-ratio', '9:16', '--multi_shots'];

    const run = start('run', [...own, ...settings], place.environment);

    expect(await run.ended).toBe(0);
    const words = run.stdout().replaceAll(/\s+/g, ' ');
    expect(words).toContain('mode std, multi_shots true, duration 10, sound true, aspect_ratio 9:16');
    expect(words).toMatch(/Rivya has first\.png .* Rivya has last\.jpg/);
    expect(words).toContain('│ a fox, *softly* ');
    expect(words).toContain('468 × 832');
    expect(await place.leftBehind()).toEqual([]);
  });

  test.each([
    ['a prompt over the limit', async () => ['--prompt', 'a'.repeat(3000)], 'has 3,000 characters; at most 2,000'],
    [
      'an image over the limit',
      async (folder: string) => {
        const file = join(folder, 'huge.png');
        await writeFile(file, Buffer.concat([await readFile(first), Buffer.alloc(11 * 2 ** 20)]));
        return ['--prompt', 'a fox', '--image', file];
      },
      'huge.png is larger than 10 MB',
    ],
  ])("shows the bot's own private refusal of %s", async (_, makeArgs, refusal) => {
    await using place = await openPlace();

    const run = start('run', await makeArgs(place.path), place.environment);

    expect(await run.ended).toBe(1);
    expect(run.stdout()).toContain(refusal);
    expect(run.stdout()).toContain('Only you can see this');
    expect(run.stdout()).toContain('nothing was charged; Rivya was not asked');
    expect(run.stderr()).toBe('');
  });

  test.each([
    [['--picture', 'x.png'], /^--picture is unknown; there are --prompt, .*--image.*\n$/],
    [['--prompt', 'x', '--image', 'missing.png'], /^--image missing\.png: there is no such file\.\n$/],
  ])('refuses %j in one line', async (args, line) => {
    await using place = await openPlace();

    const run = start('run', args, place.environment);

    expect(await run.ended).toBe(2);
    expect(run.stderr()).toMatch(line);
    expect(await place.leftBehind()).toEqual([]);
  });

  test('tells what the bot says when it cannot start', async () => {
    await using place = await openPlace();
    // Too long for the address of a unix socket, wherever the bot puts it.
    const deep = join(place.path, 'd'.repeat(60), 'e'.repeat(60));
    await mkdir(deep, { recursive: true });

    const run = start('run', [], { ...place.environment, TMPDIR: deep });

    expect(await run.ended).toBe(1);
    expect(run.stderr()).toMatch(/^The bot did not stay up\. It says:\nThe embedded PostgreSQL did not start: /);
    expect(await place.leftBehind()).toEqual([]);
  });

  test.each([
    ['while the bot starts', /Starting the bot/],
    ['in the middle', /in line/],
  ])('leaves nothing behind when interrupted %s, twice as npm does', async (_, moment) => {
    await using place = await openPlace();

    const run = start('run', [], place.environment);
    await run.waitFor(moment);
    run.signal('SIGINT');
    run.signal('SIGINT');

    expect(await run.ended).toBe(130);
    expect(await place.leftBehind()).toEqual([]);
  });

  test('a rehearsal shows a marked video at a real Discord, for nothing, until it is told to stop', async () => {
    await using place = await openPlace();
    await using discord = await startDiscord();
    const guild = discord.addGuild({ name: 'Home', bot: true });
    const user = discord.addUser();
    discord.addMember(guild.id, user.id);
    const ofDiscord = { DISCORD_API_URL: discord.url, DISCORD_CDN_URL: discord.cdnUrl };
    const people = { DISCORD_TOKEN: discord.botToken, ALLOWED_GUILD_IDS: guild.id };
    const data = join(place.path, 'data');

    const run = start('rehearse', ['--data', data], {
      ...{ ...place.environment, ...hostile },
      ...{ ...ofDiscord, ...people, LOG_LEVEL: 'info' },
    });
    await run.waitFor(/"msg":"ready/);
    const call = discord.interact({
      ...{ command: 'kling', userId: user.id, guildId: guild.id },
      options: { prompt: 'a fox' },
    });
    const reply = await call.waitFor(({ attachments }) => attachments.length === 1, 60_000);
    run.signal('SIGTERM');

    expect(await run.ended).toBe(0);
    expect(call.states[0]?.message.content).toContain('🎭 Rehearsal');
    expect(reply.content).toContain('🎭 Rehearsal');
    expect(discord.violations).toEqual([]);
    expect(run.stderr()).toBe('');
    expect(await place.leftBehind()).toEqual([]);
    expect(await readdir(place.path)).not.toContain('data');
  });

  test('a rehearsal without a token says how to get one, and what needs none', async () => {
    await using place = await openPlace();

    // An empty one counts as none, and hides the one that `.env` may have.
    const run = start('rehearse', ['--data', place.path], { ...place.environment, DISCORD_TOKEN: '' });

    expect(await run.ended).toBe(1);
    expect(run.stderr()).toContain('DISCORD_TOKEN=');
    expect(run.stderr()).toContain('npm run sandbox');
  });
});

describe('the arguments of the sandbox', () => {
  const option = { description: 'x' };
  const options: readonly Option[] = [
    { ...option, name: 'prompt', type: 3, required: true },
    { ...option, name: 'aspect_ratio', type: 3, choices: ['16:9', '1:1'].map((value) => ({ name: value, value })) },
    { ...option, name: 'sound', type: 5 },
    { ...option, name: 'image', type: 11 },
    { ...option, name: 'image_2', type: 11 },
  ];
  const wish = (...args: string[]) => readArguments(args, [media]).wish(options);

  test('become options by the names and types that the bot registered', () => {
    expect(wish('--prompt=--x', '--aspect-ratio', '1:1', '--no-sound', '--image', 'first.png')).toMatchObject({
      options: { prompt: '--x', aspect_ratio: '1:1', sound: false },
      pictures: [{ name: 'first.png' }],
    });
    expect(wish()).toBeNull();
    expect(wish('--output', 'x.mp4')).toBeNull();
  });

  test.each([
    [['--prompt', 'x', '--quality', '4'], /^--quality is unknown; there are .*--aspect-ratio/],
    [['--prompt', 'x', '-x'], /^-x is unknown/],
    [['--prompt', 'x', '--aspect-ratio', '4:3'], /^--aspect-ratio takes one of 16:9, 1:1, not "4:3"\.$/],
    [['--prompt', 'x', '--sound=yes'], /^--sound takes no value/],
    [['--prompt', '--sound'], /^--prompt needs a value/],
    [['--prompt'], /^--prompt needs a value/],
    [['--prompt', 'x', '--prompt', 'y'], /^--prompt is given twice/],
    [['a', 'fox'], /^"a" belongs to no option/],
    [['--sound'], /^--prompt is missing/],
    [['--prompt', 'x', '--image', 'nope.png'], /^--image nope\.png: there is no such file/],
    [['--prompt', 'x', '--image', '.'], /^--image \.: this is not a file/],
    [['--prompt', 'x', ...Array(3).fill(['--image', 'first.png']).flat()], /^--image is given 3 times: .* at most 2/],
    [['--output', '.'], /^--output \.: this is a folder/],
  ])('%j break a rule that is named', (args, rule) => {
    expect(() => wish(...args)).toThrow(rule);
  });
});

/** A temporary folder that the database's own user may enter, and the environment that makes a script use it. */
async function openPlace() {
  const folder = await temporaryFolder();
  await chmod(folder.path, 0o755);
  const environment: Record<string, string> = { PATH: process.env.PATH ?? '', TMPDIR: folder.path };
  return {
    path: folder.path,
    environment,
    /** Data folders and processes that a script should have ended. */
    async leftBehind(): Promise<string[]> {
      const folders = (await readdir(folder.path)).filter((name) => name.startsWith('kling-sandbox-'));
      return [...folders, ...(await processesNaming(folder.path))];
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

async function processesNaming(path: string): Promise<string[]> {
  const own = new Set([String(process.pid)]);
  // Only Linux tells; elsewhere the folders have to do.
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name) && !own.has(name));
  const texts = pids.map(async (pid) => {
    const files = ['cmdline', 'environ'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => ''));
    return (await Promise.all(files)).join('\0');
  });
  return (await Promise.all(texts)).filter((text) => text.includes(path));
}

/** One of the scripts as npm runs it, with just this environment. */
function start(script: 'run' | 'rehearse', args: readonly string[], environment: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['start.js', `sandbox/${script}.ts`, ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code]: (number | null)[]) => code);
  return {
    ended,
    stdout: () => stdout,
    stderr: () => stderr,
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    async waitFor(text: RegExp): Promise<void> {
      for (const deadline = Date.now() + 60_000; !text.test(stdout); await sleep(10)) {
        if (child.exitCode !== null || Date.now() > deadline) throw new Error(`no ${text} in ${stdout}\n${stderr}`);
      }
    },
  };
}
