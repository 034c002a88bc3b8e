import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type DiscordOptions, type DiscordStandIn, startDiscord } from '#sandbox/discord/discord.ts';
import { type RivyaOptions, type RivyaStandIn, startRivya } from '#sandbox/rivya/start.ts';
import { openDatabase } from '#src/store/database.ts';
import { createDatabase } from './database.ts';

export type LogLine = { readonly level: string; readonly msg: string; readonly [field: string]: unknown };
export type Bot = {
  readonly lines: readonly LogLine[];
  readonly pid: number;
  /** Everything it printed. */
  output(): string;
  waitForLog(fits: (line: LogLine) => boolean, timeoutMs?: number): Promise<LogLine>;
  kill(signal: NodeJS.Signals): Promise<number | null>;
};

// Dozens of bots start in a run: they share what the first one compiled, as `npm start` does.
const compileCache = new URL('../../node_modules/.cache/compiled', import.meta.url).pathname;

/** The real bot as a process of its own. Its environment is just this, nothing inherited but the path. */
export function spawnBot(
  environment: Readonly<Record<string, string>>,
): Bot & { readonly exited: Promise<number | null> } {
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: { PATH: process.env.PATH ?? '', LOG_LEVEL: 'debug', NODE_COMPILE_CACHE: compileCache, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return watch(child);
}

function watch(child: ChildProcess) {
  const lines: LogLine[] = [];
  let output = '';
  const waiting = new Set<() => void>();
  const exited = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null);
  void exited.then(() => {
    for (const look of waiting) look();
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      output += `${line}\n`;
      if (line.startsWith('{"level"')) lines.push(JSON.parse(line) as LogLine);
      for (const look of waiting) look();
    });
  }

  return {
    lines,
    pid: child.pid ?? 0,
    exited,
    output: () => output,
    waitForLog(fits: (line: LogLine) => boolean, timeoutMs = 30_000): Promise<LogLine> {
      return new Promise((resolve, reject) => {
        const end = (settle: () => void) => {
          clearTimeout(timer);
          waiting.delete(look);
          settle();
        };
        const look = () => {
          const line = lines.find(fits);
          if (line !== undefined) end(() => resolve(line));
          else if (child.exitCode !== null)
            end(() => reject(new Error(`the bot exited with ${child.exitCode}:\n${output}`)));
        };
        const timer = setTimeout(
          () => end(() => reject(new Error(`no such log line in ${timeoutMs} ms:\n${output}`))),
          timeoutMs,
        );
        waiting.add(look);
        look();
      });
    },
    async kill(signal: NodeJS.Signals): Promise<number | null> {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return exited;
    },
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;
type Options = {
  readonly discord?: DiscordOptions;
  readonly rivya?: RivyaOptions;
  readonly env?: Readonly<Record<string, string>>;
  /** Default true: wait until the bot is ready. */
  readonly start?: boolean;
};

/** Both stand-ins, a database of its own and the real bot; a server with a channel and a member. All of it ends with the test. */
export async function startWorld({
  discord: discordOptions,
  rivya: rivyaOptions,
  env = {},
  start = true,
}: Options = {}) {
  const stack = new AsyncDisposableStack();
  const discord: DiscordStandIn = stack.use(await startDiscord(discordOptions));
  const rivya: RivyaStandIn = stack.use(await startRivya({ renderMs: 300, ...rivyaOptions }));
  const databaseUrl = stack.use(await createDatabase()).url;
  const database = stack.use(openDatabase(databaseUrl, { max: 3 }));
  const guild = discord.addGuild({ name: 'Home', bot: true });
  const channel = discord.addChannel({ guildId: guild.id });
  const user = discord.addUser({ name: 'ann' });
  discord.addMember(guild.id, user.id);

  const bots: Bot[] = [];
  stack.defer(async () => {
    await Promise.all(bots.map((bot) => bot.kill('SIGKILL')));
  });
  const environment = {
    DISCORD_TOKEN: discord.botToken,
    DISCORD_API_URL: discord.url,
    DISCORD_CDN_URL: discord.cdnUrl,
    RIVYA_API_KEY: rivya.apiKey,
    RIVYA_API_URL: rivya.url,
    DATABASE_URL: databaseUrl,
    QUOTA_CREDITS: '900',
    BUDGET_CREDITS: '',
    ...env,
  };

  function launch(more: Readonly<Record<string, string>> = {}) {
    const bot = spawnBot({ ...environment, ...more });
    bots.push(bot);
    return bot;
  }

  async function boot(more: Readonly<Record<string, string>> = {}) {
    const bot = launch(more);
    await bot.waitForLog(({ msg }) => msg.startsWith('ready'));
    return bot;
  }

  const bot = start ? await boot() : null;
  return {
    discord,
    rivya,
    database,
    databaseUrl,
    environment,
    guild,
    channel,
    user,
    bot,
    launch,
    boot,
    /** `/kling` in the server's channel by its member, unless told otherwise. */
    kling(options: Record<string, unknown> = {}, more: Partial<Parameters<DiscordStandIn['interact']>[0]> = {}) {
      return discord.interact({
        command: 'kling',
        options: { prompt: 'a fox in the snow', ...options } as never,
        userId: user.id,
        guildId: guild.id,
        channelId: channel.id,
        ...more,
      });
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
