import type { JsonObject } from './json.ts';

/** READY without what belongs to the session: its id, shard and guilds. */
export const readyJson = (applicationId: string, bot: JsonObject): JsonObject => ({
  v: 10,
  user_settings: {},
  user: { ...bot, verified: true, mfa_enabled: true, email: null, flags: 0, bio: '' },
  session_type: 'normal',
  relationships: [],
  private_channels: [],
  presences: [],
  guild_join_requests: [],
  geo_ordered_rtc_regions: ['rotterdam'],
  game_relationships: [],
  auth: {},
  application: { id: applicationId, flags: 0 },
  _trace: ['["sandbox"]'],
});
