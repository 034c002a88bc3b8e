import { type DiscordOptions, type DiscordStandIn, startDiscord } from '#sandbox/discord/discord.ts';
import { type RivyaOptions, type RivyaStandIn, startRivya } from '#sandbox/rivya/start.ts';
import { openDatabase } from '#src/store/database.ts';
import { type Bot, spawnBot } from './bot-process.ts';
import { createDatabase } from './database.ts';

/** By which a test's own sessions are told from a bot's. */
const applicationName = 'kling-test';

export type World = Awaited<ReturnType<typeof startWorld>>;
type Options = {
  readonly discord?: DiscordOptions;
  readonly rivya?: RivyaOptions;
  readonly env?: Readonly<Record<string, string>>;
  /** A server's own database instead of a fresh one on the server that all tests share. */
  readonly databaseUrl?: string;
  /** Default true: wait until the bot is ready. */
  readonly start?: boolean;
};

/** Both stand-ins, a database of its own and the real bot; a server with a channel and a member. All of it ends with the test. */
export async function startWorld({
  discord: discordOptions,
  rivya: rivyaOptions,
  env = {},
  databaseUrl: given,
  start = true,
}: Options = {}) {
  // A start that fails leaves nothing behind either.
  await using stack = new AsyncDisposableStack();
  const discord: DiscordStandIn = stack.use(await startDiscord(discordOptions));
  const rivya: RivyaStandIn = stack.use(await startRivya({ renderMs: 300, ...rivyaOptions }));
  const databaseUrl = given ?? stack.use(await createDatabase()).url;
  const database = stack.use(openDatabase(databaseUrl, { max: 5, applicationName }));
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
    DISCORD_MEDIA_HOSTS: discord.mediaHost,
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
  const kept = stack.move();
  return {
    discord,
    rivya,
    database,
    databaseUrl,
    applicationName,
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
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
