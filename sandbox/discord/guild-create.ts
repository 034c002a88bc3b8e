import type { JsonObject } from './json.ts';
import { channelJson, guildJson, memberJson } from './people.ts';
import type { Guild, World } from './world.ts';
import { isThread } from './world.ts';

/** GUILD_CREATE: the guild with what only the gateway sends along. */
export function guildCreate(
  guild: Guild,
  world: World,
  { ownerId, bot }: { ownerId: string; bot: JsonObject },
): JsonObject {
  const channels = world.channels
    .values()
    .filter(({ guildId }) => guildId === guild.id)
    .toArray();
  return {
    ...guildJson(guild, ownerId),
    joined_at: '2024-03-01T12:00:00.000000+00:00',
    large: false,
    unavailable: false,
    member_count: guild.members.size + 1,
    voice_states: [],
    members: [memberJson(bot)],
    channels: channels.filter((channel) => !isThread(channel)).map((channel) => channelJson(channel, world)),
    threads: channels.filter(isThread).map((channel) => channelJson(channel, world)),
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}
