import { type Application, applicationJson, type TeamMember } from './application-json.ts';
import { Cdn, type CdnRequest } from './cdn.ts';
import { Commands } from './commands.ts';
import type { StandInCore } from './core.ts';
import { Faults } from './faults.ts';
import { Gateway } from './gateway.ts';
import { guildCreate } from './guild-create.ts';
import { Interactions } from './interactions.ts';
import { listen, stop } from './listening.ts';
import { MediaProxy } from './media.ts';
import { makeTell } from './message-events.ts';
import { Messages } from './messages.ts';
import { officialChecks } from './openapi.ts';
import { botJson, userJson } from './people.ts';
import { readyJson } from './ready.ts';
import { type LoggedRequest, RequestLog } from './requests.ts';
import { applicationRoutes } from './routes/application.ts';
import { callbackRoutes } from './routes/callback.ts';
import { channelRoutes } from './routes/channels.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { makeRestServer } from './server.ts';
import { makeSnowflakes } from './snowflake.ts';
import { surroundings } from './surroundings.ts';
import type { KeepUploads } from './uploads.ts';
import { DEFAULT_UPLOAD_LIMIT, type Guild, World } from './world.ts';

export type { Fault, FaultHandle } from './faults.ts';
export type { InteractionHandle } from './interaction-handle.ts';
export type { AttachmentInput } from './interaction-payload.ts';
export type { Callback } from './interaction-record.ts';
export type { Interact, PressInput } from './interactions.ts';
export type { AttachmentJson, MessageJson } from './message-json.ts';
export type { LoggedRequest } from './requests.ts';
export type { Upload } from './uploads.ts';

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
  /** Owned by a team, the first member being the team's owner. Default: owned by `ownerId`. */
  team?: readonly TeamMember[];
  /** Largest file where neither server nor member allows more, in bytes. Default 20 MiB. */
  uploadLimit?: number;
  applicationName?: string;
  /** MESSAGE_CONTENT is turned on in the portal: over REST messages of others in servers are not blank. Default false. */
  seesContent?: boolean;
  /** Bodies are also held against Discord's official description where it is at hand. Default true. */
  officialChecks?: boolean;
};

export type DiscordStandIn = Awaited<ReturnType<typeof startDiscord>>;

/** Starts a Discord of this machine's own on 127.0.0.1. `close()` ends it; `await using` does too. */
export async function startDiscord(options: DiscordOptions = {}) {
  const newId = makeSnowflakes();
  const violations: string[] = [];
  const violate = (what: string) => void violations.push(what);
  const application: Application = {
    id: newId(),
    name: options.applicationName ?? 'Sandbox Bot',
    ownerId: newId(),
    installTypes: options.installTypes ?? [0, 1],
    team: options.team,
  };
  // An application and its bot user share one id.
  const ids = { applicationId: application.id, botUserId: application.id, ownerId: application.ownerId };
  const botToken = `${Buffer.from(application.id).toString('base64url')}.sandbox.${newId()}`;
  const bot = () => botJson(application.id, application.name);
  const world = new World(newId, application.id);
  world.addUser({ id: application.ownerId, name: 'owner' });

  const faults = new Faults();
  const cdnFaults = new Faults();
  const cdn = new Cdn(cdnFaults);
  const media = new MediaProxy();
  const log = new RequestLog();
  const author = (userId: string | undefined) => (userId === undefined ? bot() : userJson(world.user(userId)));
  const messages: Messages = new Messages({
    cdn,
    newId,
    violate,
    author,
    applicationId: application.id,
    tell: (event, message) => tell(event, message),
  });
  const commands = new Commands(application.id, newId, application.installTypes);
  const guildPayload = (guild: Guild) => guildCreate(guild, world, { ownerId: application.ownerId, bot: bot() });
  let origin = '';
  const gateway = new Gateway({
    botToken,
    violate,
    url: () => origin.replace('http:', 'ws:'),
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? 41_250,
    identifyLimit: options.identifyLimit ?? 1000,
    ready: () => readyJson(application.id, bot()),
    guilds: () =>
      [...world.guilds.values()]
        .filter((guild) => guild.bot)
        .map((guild) => ({ id: guild.id, payload: guildPayload(guild) })),
  });
  const tell = makeTell({ world, gateway, json: (message) => messages.json(message) });
  const base = {
    ...ids,
    world,
    commands,
    messages,
    gateway,
    cdn,
    media,
    seesContent: options.seesContent ?? false,
    tokenLifetimeMs: options.tokenLifetimeMs ?? 15 * 60_000,
    uploadLimit: options.uploadLimit ?? DEFAULT_UPLOAD_LIMIT,
    keepUploads: options.keepUploads ?? 'bytes',
    checkOfficially: officialChecks(options.officialChecks ?? true),
    violate,
  } as const;
  const interactions = new Interactions(base);
  const core: StandInCore = { ...base, interactions };

  const described = { bot, application: () => applicationJson(application, world, bot()) };
  const routes = [
    ...callbackRoutes(core),
    ...webhookRoutes(core),
    ...channelRoutes(core),
    ...applicationRoutes(core, described),
  ];
  const rest = makeRestServer({ routes, botToken, faults, log, violate });
  rest.on('upgrade', (request, socket, head) => gateway.accept(request, socket, head));
  origin = await listen(rest, options.port);
  cdn.origin = await listen(cdn.server, options.cdnPort);
  media.origin = await listen(media.server);

  async function close(): Promise<void> {
    gateway.close();
    await Promise.all([rest, cdn.server, media.server].map(stop));
  }

  return {
    /** For DISCORD_API_URL; the client appends `/v10`. */
    url: `${origin}/api`,
    /** For DISCORD_CDN_URL. */
    cdnUrl: cdn.origin,
    /** For DISCORD_MEDIA_HOSTS. */
    mediaHost: new URL(media.origin).host,
    botToken,
    ...ids,
    world,
    commands,
    gateway,
    cdn,
    media,
    faults,
    cdnFaults,
    /** What a well-behaved client never does. Tests assert that it is empty. */
    violations,
    /** Every REST request, in order of arrival. */
    requests: log.all as readonly LoggedRequest[],
    cdnRequests: cdn.requests as readonly CdnRequest[],
    waitForRequest: (fits: (request: LoggedRequest) => boolean, timeoutMs?: number) => log.waitFor(fits, timeoutMs),
    interact: interactions.interact.bind(interactions),
    press: interactions.press.bind(interactions),
    ...surroundings(core, guildPayload),
    close,
    [Symbol.asyncDispose]: close,
  };
}
