import type { Logger } from 'pino';
import { type Application, installLink } from '#src/discord/application.ts';
import { TokenRefused } from '#src/discord/token-refused.ts';
import type { Model } from '#src/domain/parameters.ts';
import { needsOperator, ProviderError } from '#src/domain/provider.ts';
import { StartFault } from '#src/domain/start-fault.ts';
import { type Config, ConfigError } from './config.ts';
import { describeError } from './log.ts';

/** The provider's balance; null if it cannot be reached, which stops no start. A refused key throws. */
export async function checkProvider(
  provider: { balance(): Promise<number> },
  isStopping: () => boolean,
  log: Logger,
): Promise<number | null> {
  try {
    return await provider.balance();
  } catch (error) {
    if (!(error instanceof ProviderError) || needsOperator(error)) throw error;
    if (!isStopping()) log.warn({ err: error }, 'the video provider does not answer; tasks will wait for it');
    return null;
  }
}

/** One line when the provider begins to refuse the key, one when it takes it again; tasks wait meanwhile. */
export function tellKey(refusal: ProviderError | null, log: Logger): void {
  if (refusal === null) log.info({}, 'the video provider takes RIVYA_API_KEY again');
  else log.error({ err: refusal }, 'the video provider refuses RIVYA_API_KEY');
}

/** One line when the database goes away, one when it is back. */
export function tellDatabase(isAway: boolean, log: Logger): void {
  if (isAway) log.error({}, 'the database is away: commands are refused until it is back');
  else log.info({}, 'the database is back');
}

/** Puts a sentence on whatever goes wrong in one step of the start; what explains itself already is left as it is. */
export async function step<T>(sentence: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const isExplained = error instanceof StartFault || error instanceof TokenRefused;
    throw isExplained ? error : new StartFault(sentence, { cause: error });
  }
}

type Facts = {
  readonly config: Config;
  readonly application: Application;
  readonly operatorIds: readonly string[];
  readonly credits: number | null;
  /** Null: this process has no gateway. */
  readonly servers: readonly { readonly id: string; readonly name: string }[] | null;
  readonly model: Model;
};

/** What a person who starts the bot wants to see. With no server yet, the install link is the last line. */
export function tellStart({ config, application, operatorIds, credits, servers, model }: Facts, log: Logger): void {
  log.info({ id: application.botUserId, role: config.role }, `I am ${application.botName}`);
  log.info({ operators: operatorIds }, `operators: ${operatorIds.join(', ') || 'none'}`);
  if (credits !== null) {
    const videos = Math.floor(credits / model.baseCredits);
    log.info({ credits, videos }, `provider balance: ${credits} credits = ${videos} videos`);
  }
  if (config.isRehearsal) log.info({}, 'rehearsal: videos come from a stand-in and nothing is paid');
  if (config.access.guildIds.length === 0 && !config.isRehearsal) {
    log.warn({}, 'ALLOWED_GUILD_IDS is empty: members of any server with this bot spend your credits');
  }
  const link = installLink(application.id);
  if (servers === null) log.info({}, 'ready to work');
  else if (servers.length > 0) {
    log.info({ link }, `add it to a server: ${link}`);
    log.info({ servers: servers.length }, `ready in ${servers.map(({ name }) => name).join(', ')}`);
  } else log.info({ link }, `ready, but in no server yet. Add it to one: ${link}`);
}

/** Why the start stopped, for people: known reasons in our own words, anything else by kind and place alone. */
export function explainFailedStart(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof TokenRefused) {
    return 'Discord refuses DISCORD_TOKEN. Make a new one: Discord Developer Portal > your application > Bot > Reset Token.';
  }
  if (error instanceof ProviderError && needsOperator(error)) {
    return `Rivya refuses RIVYA_API_KEY (${error.code}). Make a new one: Rivya > Settings > API keys.`;
  }
  const details = (reason: unknown) => JSON.stringify(describeError(reason), null, 2);
  if (!(error instanceof StartFault)) return `The bot could not start.\n${details(error)}`;
  return error.cause === undefined ? error.message : `${error.message}\n${details(error.cause)}`;
}
