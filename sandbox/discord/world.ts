import { effective, groupDmPermissions, ordinaryPermissions, permission, strangerPermissions } from './permissions.ts';
import type { NewId } from './snowflake.ts';

export const DEFAULT_UPLOAD_LIMIT = 20 * 1024 * 1024;

export type Guild = {
  readonly id: string;
  readonly name: string;
  bot: boolean;
  uploadLimit: number;
  readonly members: Map<string, Member>;
};
/** Roles by id; what the member may do in the server's channels. */
export type Member = { readonly roles: readonly string[]; readonly permissions: bigint };
/** Types as Discord numbers them: 0 text, 1 DM, 2 voice, 3 group DM, 11 public thread, 12 private thread. */
export type Channel = {
  readonly id: string;
  readonly type: number;
  readonly guildId: string | undefined;
  /** The channel that a thread belongs to. */
  readonly parentId: string | undefined;
  permissions: bigint;
  /** USE_EXTERNAL_APPS: without it answers of an application that only the member has installed are private. */
  externalApps: boolean;
  /** Age-restricted; said of channels and not of their threads. */
  readonly nsfw: boolean;
  archived: boolean;
  /** Of a thread: nobody writes in it any more. */
  locked: boolean;
  deleted: boolean;
  readonly recipients: readonly string[];
  readonly botIsRecipient: boolean;
};
export type User = { readonly id: string; readonly name: string; dmsClosed: boolean; mutualGuild: boolean | undefined };

export type NewGuild = { id?: string; name?: string; bot?: boolean; uploadLimit?: number };
export type NewChannel = {
  id?: string;
  guildId?: string;
  type?: number;
  permissions?: bigint;
  externalApps?: boolean;
  nsfw?: boolean;
  archived?: boolean;
  parentId?: string;
  locked?: boolean;
  recipients?: readonly string[];
};
export type NewUser = { id?: string; name?: string; dmsClosed?: boolean; mutualGuild?: boolean };

/** Who and what exists, as far as this Discord knows. */
export class World {
  readonly guilds = new Map<string, Guild>();
  readonly channels = new Map<string, Channel>();
  readonly users = new Map<string, User>();
  readonly newId: NewId;
  readonly botUserId: string;
  readonly #written = new Set<string>();

  constructor(newId: NewId, botUserId: string) {
    this.newId = newId;
    this.botUserId = botUserId;
  }

  addGuild({ id = this.newId(), name, bot = true, uploadLimit = DEFAULT_UPLOAD_LIMIT }: NewGuild = {}): Guild {
    const guild = { id, name: name ?? `Guild ${id}`, bot, uploadLimit, members: new Map<string, Member>() };
    this.guilds.set(id, guild);
    return guild;
  }

  addChannel({
    id = this.newId(),
    guildId,
    type,
    permissions,
    externalApps = true,
    nsfw = false,
    archived = false,
    parentId,
    locked = false,
    recipients,
  }: NewChannel = {}): Channel {
    const kind = type ?? (guildId === undefined ? 3 : 0);
    if (guildId !== undefined && !this.guilds.has(guildId)) throw new Error(`no guild ${guildId}: add it first`);
    const channel = {
      id,
      type: kind,
      guildId,
      permissions: permissions ?? ordinaryPermissions,
      externalApps,
      nsfw,
      archived,
      parentId,
      locked,
      deleted: false,
      recipients: recipients ?? [],
      botIsRecipient: (recipients ?? []).includes(this.botUserId),
    };
    this.channels.set(id, channel);
    return channel;
  }

  addUser({ id = this.newId(), name, dmsClosed = false, mutualGuild }: NewUser = {}): User {
    const user = { id, name: name ?? `user${id.slice(-6)}`, dmsClosed, mutualGuild };
    this.users.set(id, user);
    return user;
  }

  /** A member already there keeps what is not said anew. */
  addMember(guildId: string, userId: string, more: Partial<Member> = {}): void {
    const guild = this.guilds.get(guildId);
    if (guild === undefined) throw new Error(`no guild ${guildId}: add it first`);
    this.user(userId);
    const before = guild.members.get(userId) ?? { roles: [], permissions: ordinaryPermissions };
    guild.members.set(userId, { ...before, ...more });
  }

  /** The user, made up on first sight. */
  user(id: string): User {
    return this.users.get(id) ?? this.addUser({ id });
  }

  /** The DM channel between the bot and a user, opened on first use. */
  dmWith(userId: string): Channel {
    const isTheirs = (channel: Channel) => channel.type === 1 && channel.recipients.includes(userId);
    const open = this.channels.values().find((channel) => isTheirs(channel) && channel.botIsRecipient);
    return open ?? this.addChannel({ type: 1, recipients: [userId, this.botUserId] });
  }

  /** The user turned to the bot in this DM: it may answer even without a common server. */
  writes(channelId: string): void {
    this.#written.add(channelId);
  }

  hasWritten(channelId: string): boolean {
    return this.#written.has(channelId);
  }

  hasMutualGuild(userId: string): boolean {
    const known = this.users.get(userId)?.mutualGuild;
    return known ?? this.guilds.values().some((guild) => guild.bot && guild.members.has(userId));
  }

  guildOf(channel: Channel): Guild | undefined {
    return channel.guildId === undefined ? undefined : this.guilds.get(channel.guildId);
  }

  /** `app_permissions` of an interaction in this channel. */
  appPermissions(channel: Channel): bigint {
    const guild = this.guildOf(channel);
    if (guild?.bot === true) return effective(channel.permissions, isThread(channel));
    if (guild !== undefined) return strangerPermissions;
    return channel.botIsRecipient ? groupDmPermissions | permission.useExternalEmojis : groupDmPermissions;
  }
}

export const isThread = (channel: Channel): boolean => channel.type >= 10 && channel.type <= 12;
