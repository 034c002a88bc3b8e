import { PermissionsBitField, type REST, Routes } from 'discord.js';
import { z } from 'zod';
import { failureOf } from './failures.ts';
import { TokenRefused } from './token-refused.ts';
import { unlessAborted } from './unless-aborted.ts';

const Application = z.object({
  id: z.string(),
  name: z.string(),
  bot_public: z.boolean().optional(),
  owner: z.object({ id: z.string() }).nullish(),
  team: z
    .object({
      owner_user_id: z.string().nullish(),
      members: z
        .array(
          z.object({
            role: z.string().nullish(),
            membership_state: z.number().default(2),
            user: z.object({ id: z.string() }),
          }),
        )
        .default([]),
    })
    .nullish(),
  integration_types_config: z.record(z.string(), z.unknown()).nullish(),
});
const User = z.object({ id: z.string(), username: z.string() });

export type Application = {
  readonly id: string;
  readonly botUserId: string;
  readonly botName: string;
  /** The owner; of a team its owner, admins and developers. */
  readonly operatorIds: readonly string[];
  /** 0: servers, 1: users. */
  readonly installTypes: readonly number[];
};

/** Who the token belongs to. Throws TokenRefused if Discord does not take it. */
export async function readApplication(bot: REST): Promise<Application> {
  try {
    const application = Application.parse(await bot.get('/applications/@me'));
    const user = User.parse(await bot.get(Routes.user()));
    const installTypes = Object.keys(application.integration_types_config ?? { 0: {} }).map(Number);
    return {
      id: application.id,
      botUserId: user.id,
      botName: user.username,
      operatorIds: operators(application),
      installTypes: installTypes.length === 0 ? [0] : installTypes,
    };
  } catch (error) {
    if (failureOf(error).status === 401) throw new TokenRefused('Discord refuses the token', { cause: error });
    throw error;
  }
}

function operators({ team, owner }: z.infer<typeof Application>): string[] {
  if (team === null || team === undefined) return owner ? [owner.id] : [];
  const roles = new Set(['admin', 'developer']);
  // 2: accepted; who was only invited (1) is no member yet (Discord: Team Membership State).
  const accepted = team.members.filter(({ membership_state }) => membership_state === 2);
  const members = accepted.filter(({ role }) => roles.has(role ?? '')).map(({ user }) => user.id);
  return [...new Set([...(team.owner_user_id ? [team.owner_user_id] : []), ...members])];
}

/** What delivering late needs in a channel (discord.md §1): view, send, also in threads, attach, embed, history. */
const permissions = new PermissionsBitField([
  'ViewChannel',
  'SendMessages',
  'SendMessagesInThreads',
  'AttachFiles',
  'EmbedLinks',
  'ReadMessageHistory',
]).bitfield;

/** The link by which a server's manager adds the bot, with just the scopes and permissions that it needs. */
export function installLink(applicationId: string): string {
  const query = new URLSearchParams({
    client_id: applicationId,
    scope: 'bot applications.commands',
    permissions: String(permissions),
  });
  return `https://discord.com/oauth2/authorize?${query}`;
}

/** Whoever asks for a video waits for this, and the answer is due in 3 s. */
const membershipMs = 1_000;

/** Whether a user is a member of a server; throws where Discord does not say, or not in time. */
export function makeIsMember(bot: REST) {
  return async function isMember(guildId: string, userId: string): Promise<boolean> {
    const signal = AbortSignal.timeout(membershipMs);
    try {
      // The signal ends the call and its place in the queue, but not the library's wait for a rate limit.
      await unlessAborted(bot.get(Routes.guildMember(guildId, userId), { signal }), signal);
      return true;
    } catch (error) {
      if (failureOf(error).status === 404) return false;
      throw error;
    }
  };
}

/** Discord's "Unknown Guild" and "Missing Access": the server is gone, or the bot is not in it. */
const notThere = new Set([10004, 50001]);

/** Whether the bot is in a server; 'unknown' where Discord does not say. */
export function makeIsThere(bot: REST) {
  return async function isThere(guildId: string): Promise<boolean | 'unknown'> {
    try {
      await bot.get(Routes.guild(guildId), { signal: AbortSignal.timeout(10_000) });
      return true;
    } catch (error) {
      const { code } = failureOf(error);
      return code !== null && notThere.has(code) ? false : 'unknown';
    }
  };
}
