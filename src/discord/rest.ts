import { createRequire } from 'node:module';
import { REST, type RESTOptions } from 'discord.js';

export type Rests = {
  /** Answers to interactions: due in 3 s, so short, and repeated by `callback.ts` itself. */
  readonly callbacks: REST;
  /** Interaction webhooks. Always `auth: false`: a 401 on an authorised call makes discord.js forget its token (discord.md §11). */
  readonly webhooks: REST;
  /** Everything else, with the bot's token. */
  readonly bot: REST;
};

/** A hundred messages, or the commands in all languages, are far below it. */
const largestAnswer = 8 * 2 ** 20;

/** The three REST clients of the design, against one base URL (version 10 is appended). */
export function openRests(api: string, token: string): Rests {
  const common: Partial<RESTOptions> = { api, version: '10', agent: ownAgent() };
  // Discord does not count interaction traffic against the bot's 50 requests a second; the library would (discord.md §5).
  const unlimited = { ...common, globalRequestsPerSecond: Number.POSITIVE_INFINITY };
  return {
    callbacks: new REST({ ...unlimited, timeout: 1_200, retries: 0 }),
    webhooks: new REST({ ...unlimited, timeout: 10_000, retries: 1 }),
    bot: new REST(common).setToken(token),
  };
}

/**
 * An Agent of the undici that discord.js itself uses. With the process-wide one, which the newer undici of the rest of
 * the bot sets, discord.js's file uploads fail: each undici knows only its own FormData (discord.md §13).
 */
export function ownAgent(): NonNullable<RESTOptions['agent']> {
  const fromDiscord = createRequire(createRequire(import.meta.url).resolve('discord.js'));
  const fromRest = createRequire(fromDiscord.resolve('@discordjs/rest'));
  const { Agent } = fromRest('undici') as { Agent: new (options: object) => NonNullable<RESTOptions['agent']> };
  return new Agent({
    connections: 256,
    connect: { timeout: 5_000 },
    keepAliveTimeout: 30_000,
    maxResponseSize: largestAnswer,
  });
}
