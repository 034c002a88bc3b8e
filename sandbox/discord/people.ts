import type { JsonObject } from './json.ts';
import { createdAt } from './snowflake.ts';
import type { Channel, Guild, User, World } from './world.ts';

/** How Discord writes users, members, channels and guilds in payloads. */
export const userJson = (user: User): JsonObject => ({
  id: user.id,
  username: user.name,
  discriminator: '0',
  global_name: user.name,
  avatar: null,
  avatar_decoration_data: null,
  clan: null,
  collectibles: null,
  display_name_styles: null,
  primary_guild: null,
  public_flags: 0,
});

export const botJson = (id: string, name: string): JsonObject => ({
  ...userJson({ id, name, dmsClosed: false, mutualGuild: undefined }),
  global_name: null,
  discriminator: '4242',
  bot: true,
});

export const memberJson = (user: JsonObject, roles: readonly string[] = []): JsonObject => ({
  user,
  nick: null,
  avatar: null,
  banner: null,
  collectibles: null,
  roles: [...roles],
  joined_at: '2024-03-01T12:00:00.000000+00:00',
  premium_since: null,
  deaf: false,
  mute: false,
  flags: 0,
  pending: false,
  communication_disabled_until: null,
  unusual_dm_activity_until: null,
});

export function channelJson(channel: Channel, world: World): JsonObject {
  const common = { id: channel.id, type: channel.type, last_message_id: null, flags: 0 };
  if (channel.guildId === undefined) return { ...common, recipients: recipientsJson(channel, world) };
  const place = { ...common, guild_id: channel.guildId, name: `channel-${channel.id.slice(-4)}` };
  if (channel.type < 10) {
    return {
      ...place,
      parent_id: null,
      position: 0,
      nsfw: channel.nsfw,
      topic: null,
      rate_limit_per_user: 0,
      permission_overwrites: [],
    };
  }
  return {
    ...place,
    parent_id: channel.parentId ?? null,
    owner_id: world.botUserId,
    rate_limit_per_user: 0,
    message_count: 0,
    member_count: 1,
    total_message_sent: 0,
    thread_metadata: {
      archived: channel.archived,
      locked: channel.locked,
      auto_archive_duration: 1440,
      archive_timestamp: new Date(createdAt(channel.id)).toISOString(),
    },
  };
}

const recipientsJson = (channel: Channel, world: World) =>
  channel.recipients.filter((id) => id !== world.botUserId).map((id) => userJson(world.user(id)));

export const guildJson = (guild: Guild, ownerId: string): JsonObject => ({
  id: guild.id,
  name: guild.name,
  icon: null,
  icon_hash: null,
  splash: null,
  discovery_splash: null,
  banner: null,
  description: null,
  owner_id: ownerId,
  afk_channel_id: null,
  afk_timeout: 300,
  widget_enabled: false,
  verification_level: 0,
  default_message_notifications: 1,
  explicit_content_filter: 0,
  mfa_level: 0,
  features: [],
  emojis: [],
  stickers: [],
  roles: [everyoneRole(guild.id)],
  application_id: null,
  system_channel_id: null,
  system_channel_flags: 0,
  rules_channel_id: null,
  public_updates_channel_id: null,
  safety_alerts_channel_id: null,
  max_presences: null,
  max_members: 500_000,
  vanity_url_code: null,
  premium_tier: 0,
  premium_subscription_count: 0,
  premium_progress_bar_enabled: false,
  preferred_locale: 'en-US',
  nsfw_level: 0,
  nsfw: false,
});

const everyoneRole = (guildId: string): JsonObject => ({
  id: guildId,
  name: '@everyone',
  color: 0,
  colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
  hoist: false,
  icon: null,
  unicode_emoji: null,
  position: 0,
  permissions: '2248473465835073',
  managed: false,
  mentionable: false,
  flags: 0,
});
