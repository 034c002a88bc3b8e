import { declarations, operatorCommands } from '#commands/index.ts';
import type { Declaration } from '#src/discord/command.ts';
import { registerCommands, withheld } from '#src/discord/registration.ts';
import { untilAnswered } from '#src/discord/until-answered.ts';
import type { Parts } from './parts.ts';

type Some = Pick<Parts, 'config' | 'log' | 'lifetime' | 'rests' | 'application'>;

/**
 * Registers the commands as soon as Discord answers: those of operators in their own server, or everywhere and then
 * withheld from all but administrators. What Discord refuses stays refused until the next start.
 */
export async function register(parts: Some): Promise<void> {
  const { operatorGuildId } = parts.config;
  const operators = operatorCommands.map(({ declaration }) => declaration);
  if (operatorGuildId === null) return registerIn(parts, [...declarations, ...operators.map(withheld)], null);
  await Promise.all([registerIn(parts, declarations, null), registerIn(parts, operators, operatorGuildId)]);
}

async function registerIn(
  { log, lifetime, rests, application }: Some,
  declared: readonly Declaration[],
  guildId: string | null,
): Promise<void> {
  const what = guildId === null ? 'the commands' : 'the commands in OPERATOR_GUILD_ID';
  const call = () => registerCommands(rests.bot, application, declared, guildId);
  try {
    const wrote = await untilAnswered(call, { log, what, signal: lifetime.signal });
    log.info({ commands: declared.length, guild: guildId }, wrote ? 'commands registered' : 'commands up to date');
  } catch (error) {
    if (!lifetime.isClosing) log.error({ err: error, guild: guildId }, `Discord refused ${what}; those it has stay`);
  }
}
