import { createRequire } from 'node:module';
import { type RateLimitData, REST, type RESTOptions } from 'discord.js';

export type Rests = {
  /** Answers to interactions: due in 3 s, so short, and repeated by `callback.ts` itself. */
  readonly callbacks: REST;
  /** Interaction webhooks. Always `auth: false`: a 401 on an authorised call makes discord.js forget its token (discord.md §11). */
  readonly webhooks: REST;
  /** Edits that say where a task stands: dispensable, so short, never repeated and never waited for. */
  readonly progress: REST;
  /**
   * Everything else, with the bot's token. Nothing is repeated in here, since a repeat hides whether a post may have
   * landed: rows and callers decide.
   */
  readonly bot: REST;
};

/** A hundred messages, or the commands in all languages, are far below it. */
const largestAnswer = 8 * 2 ** 20;
/** Longer waits for a rate limit are no business of a call: they would hold a job, or a stop, for as long. */
const longestWaitMs = 5_000;

/** The three REST clients of the design, against one base URL (version 10 is appended). None waits for another's connections. */
export function openRests(api: string, token: string): Rests {
  const common: Partial<RESTOptions> = { api, version: '10', rejectOnRateLimit: isLong };
  // Discord does not count interaction traffic against the bot's 50 requests a second; the library would (discord.md §5).
  const unlimited = { ...common, globalRequestsPerSecond: Number.POSITIVE_INFINITY };
  const callbacks = { ...unlimited, agent: ownAgent(), timeout: 1_200, retries: 0, rejectOnRateLimit: () => true };
  return {
    callbacks: new REST(callbacks),
    webhooks: new REST({ ...unlimited, agent: ownAgent(), timeout: 10_000, retries: 1 }),
    progress: new REST({ ...callbacks, agent: ownAgent(), timeout: 5_000 }),
    bot: new REST({ ...common, agent: ownAgent(), timeout: 10_000, retries: 0 }).setToken(token),
  };
}

/** Also one that does not say how long: the library would ask again at once, without end. */
function isLong({ retryAfter }: RateLimitData): boolean {
  return !(retryAfter > 0 && retryAfter <= longestWaitMs);
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
