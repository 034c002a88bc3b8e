import { onTestFinished } from 'vitest';
import { declarations, operatorCommands } from '#commands/index.ts';
import { type DiscordOptions, type Interact, startDiscord } from '#sandbox/discord/discord.ts';
import { type CommandCall, readCommand } from '#src/discord/calls.ts';
import type { Hands } from '#src/discord/command.ts';
import { registerCommands } from '#src/discord/registration.ts';
import { openRests } from '#src/discord/rest.ts';
import type { Log } from '#src/domain/log.ts';
import { kling } from '#src/domain/parameters.ts';

export const voice = { model: kling, isRehearsal: false };
export const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

const hands = [
  'answerVideo',
  'showVideo',
  'remake',
  'openEdit',
  'sendEdit',
  'sendImages',
  'openAttach',
  'sendAttached',
  'cancel',
  'openDelete',
  'sendDelete',
  'tellCredits',
  'tellHelp',
  'openHistory',
  'turnHistory',
  'chooseInHistory',
  'showHere',
  'openSettings',
  'setPing',
  'tellData',
  'openErasure',
  'erase',
  'admin',
  'settings',
  'openAnimate',
  'sendAnimate',
];
/** Each fails if it is used: a test brings those that it expects. */
export const noHands = Object.fromEntries(
  hands.map((name) => [name, () => Promise.reject(new Error(`${name} was not expected`))]),
) as unknown as Hands;

/** Tests that run side by side bring their own. */
export type WhenFinished = (close: () => Promise<void>) => void;

/**
 * A Discord with a server, a channel and a member, the real REST clients, and the commands registered. Bodies are held
 * against Discord's official description, which takes a second to read, only where a test asks for it.
 */
export async function begin(options: DiscordOptions = {}, whenFinished: WhenFinished = onTestFinished) {
  const discord = await startDiscord({ officialChecks: false, ...options });
  whenFinished(() => discord.close());
  const rests = openRests(discord.url, discord.botToken);
  const declared = [...declarations, ...operatorCommands.map(({ declaration }) => declaration)];
  const application = { id: discord.applicationId, installTypes: options.installTypes ?? [0, 1] };
  await registerCommands(rests.bot, application, declared);
  const guild = discord.addGuild({ name: 'Home' });
  const channel = discord.addChannel({ guildId: guild.id });
  const user = discord.addUser({ name: 'ann' });
  discord.addMember(guild.id, user.id);

  /** `/kling` by the member in the channel, unless told otherwise: what they see, and what the bot reads. */
  function use(more: Partial<Interact> = {}) {
    const it = discord.interact({
      command: 'kling',
      userId: user.id,
      options: { prompt: 'a fox' },
      ...(more.context === undefined && { guildId: guild.id, channelId: channel.id }),
      ...more,
    });
    return { it, call: mustRead(it.payload) };
  }

  return { discord, rests, guild, channel, user, use };
}

export function mustRead(payload: unknown): CommandCall {
  const call = readCommand(payload);
  if (call === null) throw new Error('not a slash command');
  return call;
}
