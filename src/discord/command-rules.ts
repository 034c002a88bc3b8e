import { PermissionFlagsBits } from 'discord.js';
import type { Interaction } from './interaction.ts';

/** One line of Discord's page Server Settings > Integrations. Types: 1 role, 2 user, 3 channel. */
export type Line = { readonly id: string; readonly type: number; readonly permission: boolean };
/** What a server's managers set there: for all of the application's commands, and for single ones by their ids. */
export type ServerRules = ReadonlyMap<string, readonly Line[]>;

type User = Pick<Interaction, 'userId' | 'roles' | 'permissions' | 'homeChannelId'> & { readonly guildId: string };

/**
 * Whether Discord would offer a command to this member in this channel, as its documentation has it (Application Command
 * Permissions): the command's own lines come before the application's, a channel's before all channels', a user's before
 * their roles', one role that allows before others that forbid, and everyone's last. Administrators may everything.
 */
export function isOffered(commandId: string | null, applicationId: string, rules: ServerRules, user: User): boolean {
  if ((user.permissions & PermissionFlagsBits.Administrator) !== 0n) return true;
  const own = commandId === null ? [] : (rules.get(commandId) ?? []);
  const levels = [own, rules.get(applicationId) ?? []];
  const first = (judge: (lines: readonly Line[], user: User) => boolean | undefined) =>
    levels.map((lines) => judge(lines, user)).find((allowed) => allowed !== undefined) ?? true;
  return first(ofChannel) && first(ofMember);
}

function ofChannel(lines: readonly Line[], { guildId, homeChannelId }: User): boolean | undefined {
  const channels = lines.filter(({ type }) => type === 3);
  const find = (id: string) => channels.find((line) => line.id === id)?.permission;
  // Discord's id for all channels of a server is one less than the server's.
  return find(homeChannelId) ?? find(String(BigInt(guildId) - 1n));
}

function ofMember(lines: readonly Line[], { userId, roles, guildId }: User): boolean | undefined {
  const user = lines.find(({ type, id }) => type === 2 && id === userId);
  if (user !== undefined) return user.permission;
  const theirs = lines.filter(({ type, id }) => type === 1 && roles.includes(id));
  if (theirs.length > 0) return theirs.some(({ permission }) => permission);
  return lines.find(({ type, id }) => type === 1 && id === guildId)?.permission;
}
