import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs, parseEnv } from 'node:util';
import { startRivya } from './rivya/start.ts';
import { bareEnvironment, type Environment, pick, root, startBot } from './show/bot.ts';
import { Interrupted, interruption } from './show/interruption.ts';
import { clear, isAlive } from './show/scratch.ts';
import { renderMs } from './show/stage.ts';

/** What may be set for a rehearsal, in the environment or in `.env`; the rest is for the real bot only. */
const ofDiscord = ['DISCORD_TOKEN', 'DISCORD_API_URL', 'DISCORD_CDN_URL', 'LOG_LEVEL'];
const ofPeople = ['ALLOWED_GUILD_IDS', 'ALLOWED_USER_IDS'];
const ofOperators = ['OPERATOR_IDS', 'OPERATOR_GUILD_ID', 'OPERATOR_CHANNEL_ID'];
const ofThisMachine = ['HOME', 'LANG', 'TZ', 'NO_COLOR', 'NODE_EXTRA_CA_CERTS', 'NODE_USE_ENV_PROXY'];
const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

const noToken = `A rehearsal shows the bot in your own Discord server. It costs nothing and needs only a bot token:
  1. https://discord.com/developers/applications > New Application
  2. Bot > Reset Token > Copy
  3. write it into the file .env here, as DISCORD_TOKEN=…
and again: npm run rehearse. Without any account, npm run sandbox shows the bot on this machine.`;

/** `npm run rehearse`: real Discord, a stand-in Rivya, until a signal. Exit code 1: it could not start, or broke down. */
async function main(args: readonly string[]): Promise<number> {
  const folder = dataFolder(args);
  if (folder === null) return complain('npm run rehearse takes nothing but, after --, --data FOLDER.', 2);
  const wanted = settings();
  if (wanted.DISCORD_TOKEN === undefined) return complain(noToken, 1);
  const other = otherRehearsal(folder);
  if (other !== null)
    return complain(`A rehearsal is running on ${folder} already (process ${other}). End it first.`, 1);
  return rehearse(wanted, folder);
}

function dataFolder(args: readonly string[]): string | null {
  try {
    const { values } = parseArgs({ args: [...args], options: { data: { type: 'string' } } });
    return values.data === undefined ? join(root, 'data', 'rehearsal') : resolve(values.data);
  } catch {
    return null;
  }
}

async function rehearse(wanted: Environment, folder: string): Promise<number> {
  const signal = interruption();
  // A fresh folder: what an earlier stand-in was rendering is not known to this one.
  await clear(folder);
  mkdirSync(folder, { recursive: true });
  writeFileSync(markerOf(folder), String(process.pid));
  const rivya = await startRivya({ renderMs, credits: 1_000_000 });
  process.stdout.write(
    'Rehearsal: real Discord, a stand-in for Rivya on this machine; nothing is paid. End it with Ctrl+C.\n',
  );
  const ofRivya = { RIVYA_API_URL: rivya.url, RIVYA_API_KEY: rivya.apiKey };
  const generous = { QUOTA_CREDITS: '9000', BUDGET_CREDITS: '' };
  const environment = { ...bareEnvironment([...ofThisMachine, ...proxies]), ...wanted, ...ofRivya, ...generous };
  const bot = startBot({ ...environment, REHEARSAL: 'true', DATA_DIR: folder }, { isShown: true });
  try {
    return (await Promise.race([bot.exited, interrupted(signal)])) ?? 1;
  } finally {
    await bot.stop();
    await rivya.close();
    for (const violation of rivya.violations) process.stderr.write(`The stand-in for Rivya objects: ${violation}\n`);
    await clear(folder);
  }
}

/** 0 on a signal; rejects with whatever else ended it. */
async function interrupted(signal: AbortSignal): Promise<number> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  if (signal.reason instanceof Interrupted) return 0;
  throw signal.reason;
}

/** As `npm start` reads them: what the environment has wins over the file, even if it is empty. */
function settings(): Environment {
  const names = [...ofDiscord, ...ofPeople, ...ofOperators];
  const file = join(root, '.env');
  const written = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  return pick({ ...written, ...process.env }, names);
}

const markerOf = (folder: string) => join(folder, 'rehearsal.pid');

function otherRehearsal(folder: string): number | null {
  const marker = markerOf(folder);
  const pid = existsSync(marker) ? Number.parseInt(readFileSync(marker, 'utf8'), 10) : Number.NaN;
  return !Number.isNaN(pid) && isAlive(pid) ? pid : null;
}

function complain(message: string, code: number): number {
  process.stderr.write(`${message}\n`);
  return code;
}

process.exitCode = await main(process.argv.slice(2));
