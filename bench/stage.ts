import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DiscordStandIn, type InteractionHandle, startDiscord } from '#sandbox/discord/discord.ts';
import { type RivyaOptions, startRivya } from '#sandbox/rivya/start.ts';
import { cpuSeconds, hasProc } from './proc.ts';
import { type Program, startProgram } from './programs.ts';

/** A Discord of one measured process's own, with members who ask for videos. */
export type Community = { readonly discord: DiscordStandIn; kling(): InteractionHandle };
export type Stage = Awaited<ReturnType<typeof startStage>>;

export async function temporaryFolder(stack: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kling-bench-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** `members` ask in turn. The checks against Discord's description cost more than the bot: they stay off. */
export async function openCommunity(stack: AsyncDisposableStack, members: number): Promise<Community> {
  const discord = stack.use(await startDiscord({ keepUploads: 'digest', officialChecks: false }));
  const guild = discord.addGuild({ name: 'Bench', bot: true });
  const channel = discord.addChannel({ guildId: guild.id });
  const users = Array.from({ length: members }, (_, index) => discord.addUser({ name: `member-${index}` }).id);
  for (const id of users) discord.addMember(guild.id, id);
  let asked = 0;
  return {
    discord,
    kling() {
      const userId = users[asked % users.length] ?? '';
      asked += 1;
      const options = [{ name: 'prompt', type: 3, value: `a fox in the snow, number ${asked}` }];
      return discord.interact({
        command: 'kling',
        options,
        userId,
        guildId: guild.id,
        channelId: channel.id,
        raw: true,
      });
    },
  };
}

type Options = {
  readonly members: number;
  readonly rivya: RivyaOptions;
  readonly env?: Readonly<Record<string, string>>;
};

/** Both stand-ins and the real bot as it runs in production: a process of its own on an embedded server with fsync. */
export async function startStage(stack: AsyncDisposableStack, { members, rivya: options, env }: Options) {
  const folder = await temporaryFolder(stack);
  const community = await openCommunity(stack, members);
  const { discord } = community;
  const rivya = stack.use(await startRivya({ credits: 1_000_000_000, ...options }));
  // The folder itself: as root the server runs as another user, who cannot enter a folder below this one.
  const dataDir = folder;
  stack.defer(() => stopLeftServer(dataDir));
  const bot: Program = startProgram(stack, {
    path: 'src/main.ts',
    folder,
    env: {
      DISCORD_TOKEN: discord.botToken,
      DISCORD_API_URL: discord.url,
      DISCORD_CDN_URL: discord.cdnUrl,
      RIVYA_API_KEY: rivya.apiKey,
      RIVYA_API_URL: rivya.url,
      DATA_DIR: dataDir,
      ALLOWED_GUILD_IDS: [...discord.world.guilds.keys()].join(','),
      QUOTA_CREDITS: '1000000000',
      BUDGET_CREDITS: '',
      MAX_WAITING_TASKS_PER_USER: '1000000',
      LOG_LEVEL: 'info',
      ...env,
    },
  });
  await bot.alive(discord.gateway.waitForReady(60_000));
  const postmaster = await readPostmaster(dataDir);
  const whenQuiet = () => bot.alive(untilQuiet([bot.pid, postmaster.pid]));
  await whenQuiet();
  return { folder, community, discord, rivya, bot, postmaster, whenQuiet };
}

async function readPostmaster(dataDir: string): Promise<{ pid: number; sockets: string }> {
  const lines = (await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  return { pid: Number(lines[0]), sockets: lines[4] ?? '' };
}

/** A bot that stops cleanly stops its server; one that had to be killed leaves it. */
async function stopLeftServer(dataDir: string): Promise<void> {
  const { pid } = await readPostmaster(dataDir).catch(() => ({ pid: 0 }));
  const isOurs = async () => (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes(dataDir);
  if (!(await isOurs())) return;
  process.kill(pid, 'SIGINT');
  for (const deadline = Date.now() + 10_000; Date.now() < deadline && (await isOurs()); ) await sleep(50);
}

const lookEveryMs = 300;
const quietShare = 0.15;
const quietPatienceMs = 180_000;

/** Until these processes have hardly used a processor for two looks in a row: what was begun has come to its end. */
async function untilQuiet(pids: readonly number[]): Promise<void> {
  if (!hasProc) return sleep(3_000);
  const until = Date.now() + quietPatienceMs;
  let before = await sum(pids);
  for (let quiet = 0; quiet < 2; ) {
    if (Date.now() > until) throw new Error(`not at rest after ${quietPatienceMs / 1000} s`);
    await sleep(lookEveryMs);
    const now = await sum(pids);
    quiet = now - before < (quietShare * lookEveryMs) / 1000 ? quiet + 1 : 0;
    before = now;
  }
}

async function sum(pids: readonly number[]): Promise<number> {
  const used = await Promise.all(pids.map(cpuSeconds));
  return used.reduce((a, b) => a + b, 0);
}
