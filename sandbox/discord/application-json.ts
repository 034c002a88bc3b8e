import type { JsonObject } from './json.ts';
import { userJson } from './people.ts';
import type { World } from './world.ts';

export type TeamMember = { userId: string; role: 'admin' | 'developer' | 'read_only' };

export type Application = {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly installTypes: readonly number[];
  /** The first is the team's owner. undefined: the application belongs to `ownerId` alone. */
  readonly team: readonly TeamMember[] | undefined;
};

const TEAM_USER = 1 << 10;

/** GET /applications/@me. */
export function applicationJson(application: Application, world: World, bot: JsonObject): JsonObject {
  const { id, name, installTypes } = application;
  return {
    id,
    name,
    icon: null,
    description: '',
    summary: '',
    type: null,
    bot,
    bot_public: false,
    bot_require_code_grant: false,
    integration_public: false,
    integration_require_code_grant: false,
    integration_types_config: Object.fromEntries(installTypes.map((type) => [type, {}])),
    interactions_endpoint_url: null,
    interactions_event_types: [],
    interactions_version: 1,
    role_connections_verification_url: null,
    event_webhooks_status: 1,
    verify_key: '0'.repeat(64),
    flags: 0,
    hook: true,
    redirect_uris: [],
    approximate_guild_count: world.guilds.values().reduce((count, guild) => count + (guild.bot ? 1 : 0), 0),
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    is_monetized: false,
    is_verified: false,
    is_discoverable: false,
    ...ownership(application, world),
  };
}

/** A team's application shows the team itself as its owner: a user that nobody is. */
function ownership({ id, ownerId, team }: Application, world: World): JsonObject {
  if (team === undefined) return { owner: userJson(world.user(ownerId)), team: null };
  const members = team.map(({ userId, role }, index) => ({
    user: userJson(world.user(userId)),
    team_id: id,
    membership_state: 2,
    role: index === 0 ? '' : role,
    permissions: ['*'],
  }));
  return {
    owner: { ...userJson({ id, name: `team${id}`, dmsClosed: true, mutualGuild: false }), flags: TEAM_USER },
    team: { id, icon: null, name: 'Sandbox team', owner_user_id: team[0]?.userId ?? ownerId, members },
  };
}
