import { setTimeout as sleep } from 'node:timers/promises';
import {
  Client,
  DiscordjsError,
  Events,
  GatewayCloseCodes,
  GatewayDispatchEvents,
  GatewayIntentBits,
  Options,
  type REST,
  SimpleShardingStrategy,
  Status,
} from 'discord.js';
import type { Log } from '#src/domain/log.ts';
import { StartFault } from '#src/domain/start-fault.ts';
import { failureOf } from './failures.ts';
import { IdentifyThrottle } from './identify.ts';
import { ownAgent } from './rest.ts';
import { TokenRefused } from './token-refused.ts';
import { untilAnswered } from './until-answered.ts';

export type Server = { readonly id: string; readonly name: string };
export type Gateway = {
  /** Once Discord calls the bot ready, however long that takes. Rejects if Discord will not have it. */
  readonly ready: Promise<readonly Server[]>;
  /** Never resolves; rejects when Discord has closed the gateway for good. */
  readonly ended: Promise<never>;
  isConnected(): boolean;
  /** Takes no more events. Bounded: a Discord that does not answer keeps nobody. */
  stop(): Promise<void>;
};
type Ports = {
  readonly apiUrl: string;
  readonly token: string;
  readonly bot: REST;
  readonly log: Log;
  /** Ends the waiting for a Discord that is away. */
  readonly signal: AbortSignal;
  /** A raw interaction. */
  dispatch(raw: unknown): void;
  /** A raw message in one of the bot's DMs, its own included; servers' never come. */
  hear(raw: unknown): void;
  /** The bot is in a server no more. */
  left(guildId: string): void;
};

const goodbyeMs = 1_000;

/** Connects, stays connected, and hands every raw interaction and direct message on as it comes. */
export function startGateway({ apiUrl, token, bot, log, signal, dispatch, hear, left }: Ports): Gateway {
  const own = new AbortController();
  const stopping = AbortSignal.any([signal, own.signal]);
  const throttle = new IdentifyThrottle(bot, log, stopping);
  const end = Promise.withResolvers<never>();
  // Whoever waits for `ready` alone hears of it there.
  end.promise.catch(() => {});
  let client: Client | undefined;

  async function connect(): Promise<readonly Server[]> {
    try {
      await throttle.waitForBudget();
      const opening = untilAnswered(logIn, { log, what: 'opening the gateway', signal: stopping });
      await Promise.race([opening, end.promise]);
    } catch (error) {
      if (!isTokenRefused(error)) throw error;
      throw new TokenRefused('Discord refuses the token', { cause: error });
    }
    return client?.guilds.cache.map(({ id, name }) => ({ id, name })) ?? [];
  }

  /** A client that did not even find the gateway is spent, and nothing of it is left running. */
  async function logIn(): Promise<void> {
    const opened = open();
    client = opened;
    const ready = new Promise<unknown>((resolve) => opened.once(Events.ClientReady, resolve));
    await opened.login(token);
    await ready;
  }

  function open(): Client<boolean> {
    const opened = makeClient(apiUrl, throttle);
    readNothing(opened);
    opened.ws.on(GatewayDispatchEvents.InteractionCreate, dispatch);
    opened.ws.on(GatewayDispatchEvents.MessageCreate, hear);
    opened.ws.on(GatewayDispatchEvents.GuildDelete, (raw: unknown) => {
      const guildId = guildLeft(raw);
      if (guildId !== null) left(guildId);
    });
    // Without a listener an error event would end the process (discord.md §11).
    opened.on(Events.Error, (error) => log.error({ err: error }, 'gateway'));
    opened.on(Events.ShardError, (error) => log.warn({ err: error }, 'gateway connection'));
    opened.on(Events.ShardDisconnect, ({ code }) => {
      log.error({ code }, 'gateway closed for good');
      end.reject(closedForGood(code));
    });
    opened.on(Events.ShardReconnecting, () => {
      if (!stopping.aborted) log.warn({}, 'gateway reconnecting');
    });
    opened.on(Events.ShardResume, () => log.info({}, 'gateway resumed'));
    return opened;
  }

  const ready = connect();
  // Who waits for `ready` hears of it; a stop may come before anybody does.
  ready.catch(() => {});
  return {
    ready,
    ended: end.promise,
    // `isReady` alone stays true for ever once it was: the shards know whether they are connected now.
    isConnected: () => client?.isReady() === true && client.ws.shards.every(({ status }) => status === Status.Ready),
    async stop() {
      // A shard that is between two connections does not hear of the end: it may start no session any more.
      own.abort();
      await Promise.race([client?.destroy(), sleep(goodbyeMs, undefined, { ref: false })]);
    },
  };
}

function makeClient(apiUrl: string, throttle: IdentifyThrottle): Client {
  return new Client({
    // Neither is privileged. What members write in servers never comes.
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.DirectMessages],
    // The bot reads raw payloads and answers by REST: nothing but the list of servers has to be remembered.
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 0,
      GuildMemberManager: { maxSize: 1, keepOverLimit: (member) => member.id === member.client.user.id },
      UserManager: { maxSize: 1, keepOverLimit: (user) => user.id === user.client.user.id },
      PresenceManager: 0,
      ReactionManager: 0,
      VoiceStateManager: 0,
      GuildEmojiManager: 0,
      GuildStickerManager: 0,
      GuildScheduledEventManager: 0,
      StageInstanceManager: 0,
    }),
    rest: { api: apiUrl, version: '10', agent: ownAgent(), timeout: 10_000, retries: 0 },
    ws: {
      buildStrategy: (manager) => new PatientStrategy(manager),
      buildIdentifyThrottler: () => throttle,
    },
  });
}

/**
 * discord.js (14.28.1, `client/actions`) makes an object of each interaction and message too. Nobody here takes it, and it
 * throws where nobody can catch over an event that is not as documented: the process would end.
 */
function readNothing(client: Client): void {
  const { actions } = client as unknown as { actions: { [name: string]: { handle(data: unknown): object } } };
  for (const name of ['InteractionCreate', 'MessageCreate', 'MessageUpdate', 'MessageDelete']) {
    const action = actions[name];
    if (action !== undefined) action.handle = () => ({});
  }
}

/**
 * A first connection that fails is tried again by its shard, as any later one is. The library would reject the login
 * for it, give its client up, and leave the shard running without an owner.
 */
class PatientStrategy extends SimpleShardingStrategy {
  override async connect(): Promise<void> {
    // Each failure is told by an event: `ShardError`, or `ShardDisconnect` if it is final.
    await super.connect().catch(() => {});
  }
}

/** `unavailable`: Discord cannot reach the server just now, and nobody has left it (discord.md §11). */
function guildLeft(raw: unknown): string | null {
  if (typeof raw !== 'object' || raw === null || !('id' in raw) || typeof raw.id !== 'string') return null;
  return 'unavailable' in raw && raw.unavailable !== undefined ? null : raw.id;
}

function isTokenRefused(error: unknown): boolean {
  return failureOf(error).status === 401 || (error instanceof DiscordjsError && error.code === 'TokenInvalid');
}

function closedForGood(code: number): Error {
  if (code === GatewayCloseCodes.AuthenticationFailed) return new TokenRefused('Discord refuses the token');
  const name = GatewayCloseCodes[code] ?? 'unknown';
  return new StartFault(`Discord closed the gateway for good (${code} ${name}).`);
}
