import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Cdn, type CdnRequest } from './cdn.ts';
import { Commands } from './commands.ts';
import type { StandInCore } from './core.ts';
import { Faults } from './faults.ts';
import { Gateway } from './gateway.ts';
import { guildCreate } from './guild-create.ts';
import { Interactions } from './interactions.ts';
import type { MessageJson } from './message-json.ts';
import { Messages } from './messages.ts';
import { officialChecks } from './openapi.ts';
import { botJson, userJson } from './people.ts';
import { type LoggedRequest, RequestLog } from './requests.ts';
import { applicationRoutes } from './routes/application.ts';
import { callbackRoutes } from './routes/callback.ts';
import { channelRoutes } from './routes/channels.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { makeRestServer } from './server.ts';
import { makeSnowflakes } from './snowflake.ts';
import type { KeepUploads, Upload } from './uploads.ts';
import { DEFAULT_UPLOAD_LIMIT, type NewChannel, type NewGuild, type NewUser, World } from './world.ts';

export type DiscordOptions = {
  /** REST and gateway; default: a free port. */
  port?: number;
  cdnPort?: number;
  /** What stays of uploaded files; `digest`: size, SHA-256 and the first 16 bytes. Default `bytes`. */
  keepUploads?: KeepUploads;
  tokenLifetimeMs?: number;
  heartbeatIntervalMs?: number;
  /** IDENTIFYs per day. */
  identifyLimit?: number;
  /** Ways of installing the application: 0 by a server, 1 by a user. Default both. */
  installTypes?: readonly (0 | 1)[];
  /** Owned by a team: its members by role, the first is the team's owner. Default: owned by `ownerId`. */
  team?: readonly { userId: string; role: 'admin' | 'developer' | 'read_only' }[];
  /** Largest file where neither server nor member allows more. Default 20 MiB. */
  uploadLimit?: number;
  applicationName?: string;
  /** Bodies are also held against Discord's official description where it is at hand. Default true. */
  officialChecks?: boolean;
};

export type DiscordStandIn = Awaited<ReturnType<typeof startDiscord>>;

/** Starts a Discord of this machine's own on 127.0.0.1. `close()` ends it; `await using` does too. */
export async function startDiscord(options: DiscordOptions = {}) {
  const newId = makeSnowflakes();
  const violations: string[] = [];
  const violate = (what: string) => void violations.push(what);
  const application = newId();
  const ids = { applicationId: application, botUserId: application, ownerId: newId() };
  const botToken = `${Buffer.from(ids.botUserId).toString('base64url')}.sandbox.${newId()}`;
  const applicationName = options.applicationName ?? 'Sandbox Bot';
  const installTypes = options.installTypes ?? [0, 1];
  const world = new World(newId, ids.botUserId);
  world.addUser({ id: ids.ownerId, name: 'owner' });

  const faults = new Faults();
  const cdnFaults = new Faults();
  const cdn = new Cdn(cdnFaults);
  const bot = () => botJson(ids.botUserId, applicationName);
  const messages = new Messages({
    cdn,
    newId,
    violate,
    applicationId: ids.applicationId,
    author: (userId) => (userId === undefined ? bot() : userJson(world.user(userId))),
  });
  const commands = new Commands(ids.applicationId, newId, installTypes);
  const log = new RequestLog();
  let origin = '';
  const gateway = new Gateway({
    botToken,
    violate,
    url: () => origin.replace('http:', 'ws:'),
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? 41_250,
    identifyLimit: options.identifyLimit ?? 1000,
    ready: () => ({
      v: 10,
      user_settings: {},
      user: { ...bot(), verified: true, mfa_enabled: true, email: null, flags: 0, bio: '' },
      session_type: 'normal',
      relationships: [],
      private_channels: [],
      presences: [],
      guild_join_requests: [],
      geo_ordered_rtc_regions: ['rotterdam'],
      auth: {},
      application: { id: ids.applicationId, flags: 0 },
      _trace: ['["sandbox"]'],
    }),
    guilds: () =>
      world.guilds
        .values()
        .filter((guild) => guild.bot)
        .map((guild) => ({ id: guild.id, payload: guildCreate(guild, world, { ownerId: ids.ownerId, bot: bot() }) }))
        .toArray(),
  });

  const core: StandInCore = {
    ...ids,
    applicationName,
    world,
    commands,
    messages,
    gateway,
    cdn,
    get interactions() {
      return interactions;
    },
    tokenLifetimeMs: options.tokenLifetimeMs ?? 15 * 60_000,
    uploadLimit: options.uploadLimit ?? DEFAULT_UPLOAD_LIMIT,
    keepUploads: options.keepUploads ?? 'bytes',
    checkOfficially: officialChecks(options.officialChecks ?? true),
    violate,
  };
  const interactions: Interactions = new Interactions(core);

  const describeApplication = () => ({
    id: ids.applicationId,
    name: applicationName,
    icon: null,
    description: '',
    summary: '',
    type: null,
    bot: bot(),
    bot_public: false,
    bot_require_code_grant: false,
    is_monetized: false,
    is_verified: false,
    is_discoverable: false,
    hook: true,
    storefront_available: false,
    verify_key: '0'.repeat(64),
    flags: 0,
    approximate_guild_count: world.guilds
      .values()
      .filter((guild) => guild.bot)
      .toArray().length,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    interactions_endpoint_url: null,
    interactions_version: 1,
    role_connections_verification_url: null,
    explicit_content_filter: 0,
    rpc_application_state: 0,
    store_application_state: 1,
    verification_state: 1,
    integration_public: false,
    integration_require_code_grant: false,
    discoverability_state: 1,
    discovery_eligibility_flags: 0,
    monetization_state: 1,
    monetization_eligibility_flags: 0,
    redirect_uris: [],
    integration_types_config: Object.fromEntries(installTypes.map((type) => [type, {}])),
    owner: ownerJson(),
    team: teamJson(),
  });
  const teamId = newId();
  const ownerJson = () =>
    options.team === undefined
      ? userJson(world.user(ids.ownerId))
      : { ...userJson(world.user(ids.ownerId)), id: teamId, username: `team${teamId}`, flags: 1024 };
  const teamJson = () =>
    options.team === undefined
      ? null
      : {
          id: teamId,
          icon: null,
          name: 'Sandbox team',
          owner_user_id: options.team[0]?.userId ?? ids.ownerId,
          members: options.team.map(({ userId, role }, index) => ({
            user: userJson(world.user(userId)),
            team_id: teamId,
            membership_state: 2,
            role: index === 0 ? '' : role,
            permissions: ['*'],
          })),
        };

  const rest = makeRestServer({
    botToken,
    faults,
    log,
    violate,
    routes: [
      ...callbackRoutes(core),
      ...webhookRoutes(core),
      ...channelRoutes(core),
      ...applicationRoutes(core, { application: describeApplication, bot }),
    ],
  });
  rest.on('upgrade', (request, socket, head) => gateway.accept(request, socket, head));
  origin = await listen(rest, options.port);
  cdn.origin = await listen(cdn.server, options.cdnPort);

  async function close(): Promise<void> {
    gateway.close();
    await Promise.all([rest, cdn.server].map(stop));
  }

  return {
    /** For DISCORD_API_URL; `/v10` is appended by the client. */
    url: `${origin}/api`,
    /** For DISCORD_CDN_URL. */
    cdnUrl: cdn.origin,
    botToken,
    ...ids,
    world,
    commands,
    gateway,
    cdn,
    faults,
    cdnFaults,
    /** What a well-behaved client never does. Tests assert that it is empty. */
    violations,
    requests: log.all as readonly LoggedRequest[],
    cdnRequests: cdn.requests as readonly CdnRequest[],
    waitForRequest: (fits: (request: LoggedRequest) => boolean, timeoutMs?: number) => log.waitFor(fits, timeoutMs),
    addGuild(guild?: NewGuild) {
      const added = world.addGuild({ uploadLimit: core.uploadLimit, ...guild });
      if (added.bot)
        gateway.dispatchGuild(
          'GUILD_CREATE',
          added.id,
          guildCreate(added, world, { ownerId: ids.ownerId, bot: bot() }),
        );
      return added;
    },
    /** The bot is thrown out of a server. */
    removeBot(guildId: string) {
      const guild = world.guilds.get(guildId);
      if (guild === undefined) throw new Error(`no guild ${guildId}`);
      guild.bot = false;
      gateway.dispatchGuild('GUILD_DELETE', guildId, { id: guildId });
    },
    addChannel: (channel?: NewChannel) => world.addChannel(channel),
    addUser: (user?: NewUser) => world.addUser(user),
    addMember: (guildId: string, userId: string) => world.addMember(guildId, userId),
    interact: interactions.interact.bind(interactions),
    /** A channel's messages, private replies included, oldest first. */
    messages: (channelId: string): MessageJson[] => messages.in(channelId).map((message) => messages.json(message)),
    /** The bot's DM with a user. */
    dms: (userId: string): MessageJson[] =>
      messages.in(world.dmWith(userId).id).map((message) => messages.json(message)),
    /** The file behind an attachment of a message. */
    upload: (messageId: string, index = 0): Upload | undefined => messages.find(messageId)?.attachments[index]?.upload,
    /** A moderator deletes a message. */
    deleteMessage(messageId: string) {
      const message = messages.find(messageId);
      if (message === undefined) throw new Error(`no message ${messageId}`);
      messages.delete(message);
    },
    /** Someone else writes into a channel. */
    say: (channelId: string, userId: string, content: string): MessageJson =>
      messages.json(
        messages.create(
          { channelId, authorId: userId },
          { draft: { content, allowed_mentions: { parse: [] } }, files: new Map(), where: 'a member' },
        ),
      ),
    /** The first message in a channel that fits; rejects after `timeoutMs`. */
    waitForMessage(
      channelId: string,
      fits: (message: MessageJson) => boolean = () => true,
      timeoutMs = 15_000,
    ): Promise<MessageJson> {
      const look = () =>
        messages
          .in(channelId)
          .map((message) => messages.json(message))
          .find(fits);
      return messages.watch.until(look, timeoutMs, `a message in ${channelId}`);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function listen(server: Server, port = 0): Promise<string> {
  // Longer than any client keeps an idle connection: the stand-in never closes one under a request.
  server.keepAliveTimeout = 120_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${portOf(server.address())}`;
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return address.port;
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
