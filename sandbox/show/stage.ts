import { setTimeout as sleep } from 'node:timers/promises';
import { type DiscordStandIn, startDiscord } from '../discord/discord.ts';
import { type RivyaStandIn, startRivya } from '../rivya/start.ts';
import { type Bot, bareEnvironment, type Environment, startBot } from './bot.ts';
import { clear, temporaryFolder } from './scratch.ts';

export type Stage = {
  readonly discord: DiscordStandIn;
  readonly rivya: RivyaStandIn;
  readonly bot: Bot;
  readonly guild: { readonly id: string; readonly name: string };
  readonly member: { readonly id: string; readonly name: string };
  readonly botStartMs: number;
};

const readyPatienceMs = 60_000;
/** Over when the bot first asks, which is 2 s after the create at the earliest. */
export const renderMs = 1_900;

/**
 * Both stand-ins with a server and a member, and the bot, ready to answer. All of it has ended when `use` has, however
 * that ended. `more` are settings of the bot. Throws `BotEnded` if the bot does not start, and the signal's reason when that strikes first.
 */
export async function onStage<T>(
  signal: AbortSignal,
  use: (stage: Stage) => Promise<T>,
  more: Environment = {},
): Promise<T> {
  const closers: (() => Promise<unknown>)[] = [];
  try {
    const folder = await temporaryFolder();
    closers.push(() => clear(folder));
    const discord = await startDiscord({ applicationName: 'Kling', officialChecks: false });
    closers.push(() => discord.close());
    const rivya = await startRivya({ renderMs });
    closers.push(() => rivya.close());
    const guild = discord.addGuild({ name: 'Lake House', bot: true });
    const member = discord.addUser({ name: 'ann' });
    discord.addMember(guild.id, member.id);

    const begin = performance.now();
    const bot = startBot({ ...bareEnvironment(), ...settings(discord, rivya, guild.id), ...more, DATA_DIR: folder });
    closers.push(() => bot.stop());
    await until(() => bot.hasLogged(({ msg }) => msg.startsWith('ready')), {
      signal,
      timeoutMs: readyPatienceMs,
      what: 'the bot to be ready',
    });
    return await use({ discord, rivya, bot, guild, member, botStartMs: performance.now() - begin });
  } finally {
    await closeAll(closers.reverse());
  }
}

/** One after the other, each whatever became of those before it; then throws the first failure. */
async function closeAll(closers: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closers) await close().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

function settings(discord: DiscordStandIn, rivya: RivyaStandIn, guildId: string) {
  return {
    DISCORD_TOKEN: discord.botToken,
    DISCORD_API_URL: discord.url,
    DISCORD_CDN_URL: discord.cdnUrl,
    RIVYA_API_KEY: rivya.apiKey,
    RIVYA_API_URL: rivya.url,
    ALLOWED_GUILD_IDS: guildId,
    QUOTA_CREDITS: '360',
  };
}

type Waiting = { readonly signal: AbortSignal; readonly timeoutMs: number; readonly what: string };

/** Looks until it is so; throws after `timeoutMs`, or the signal's reason. */
export async function until(isSo: () => boolean, { signal, timeoutMs, what }: Waiting): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    if (isSo()) return;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s for ${what}.`);
    await sleep(20);
  }
}
