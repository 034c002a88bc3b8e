import { once } from 'node:events';
import { Client, Events, GatewayDispatchEvents, GatewayIntentBits, Options, Status } from 'discord.js';
import type { Log } from '#src/domain/log.ts';
import { ownAgent } from './rest.ts';

export type Gateway = {
  readonly servers: readonly { readonly id: string; readonly name: string }[];
  isConnected(): boolean;
  stop(): Promise<void>;
};
type Ports = { readonly apiUrl: string; readonly token: string; readonly log: Log; dispatch(raw: unknown): void };

/** Connects, and hands every raw interaction on as it comes. Resolves when Discord calls the bot ready. */
export async function startGateway({ apiUrl, token, log, dispatch }: Ports): Promise<Gateway> {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
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
    rest: { api: apiUrl, version: '10', agent: ownAgent() },
  });
  readNoInteraction(client);
  client.ws.on(GatewayDispatchEvents.InteractionCreate, dispatch);
  // Without a listener an error event would end the process (discord.md §11).
  client.on(Events.Error, (error) => log.error({ err: error }, 'gateway'));
  client.on(Events.ShardDisconnect, ({ code }) => log.error({ code }, 'gateway closed for good'));
  let isStopping = false;
  client.on(Events.ShardReconnecting, () => {
    if (!isStopping) log.warn({}, 'gateway reconnecting');
  });
  client.on(Events.ShardResume, () => log.info({}, 'gateway resumed'));

  const ready = once(client, Events.ClientReady, { signal: AbortSignal.timeout(60_000) });
  // Should the login fail, that is the error to report.
  ready.catch(() => {});
  await client.login(token);
  await ready;
  return {
    get servers() {
      return client.guilds.cache.map(({ id, name }) => ({ id, name }));
    },
    // `isReady` alone stays true for ever once it was: the shards know whether they are connected now.
    isConnected: () => client.isReady() && client.ws.shards.every(({ status }) => status === Status.Ready),
    stop() {
      isStopping = true;
      return client.destroy();
    },
  };
}

/**
 * discord.js (14.28.1, `client/actions/InteractionCreate.js`) makes an object of each interaction too. Nobody here takes
 * it, and it throws where nobody can catch over an event that is not as documented: the process would end.
 */
function readNoInteraction(client: Client): void {
  const { actions } = client as unknown as { actions: { InteractionCreate: { handle(data: unknown): void } } };
  actions.InteractionCreate.handle = () => {};
}
