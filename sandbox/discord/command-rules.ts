import type { JsonObject } from './json.ts';
import { permission } from './permissions.ts';
import { type Channel, isThread, type Member } from './world.ts';

/** 1 role, 2 user, 3 channel. The server's own id means everyone, one less all channels. */
export type RuleLine = { readonly id: string; readonly type: 1 | 2 | 3; readonly permission: boolean };

const MAX_LINES = 100;

/** What a server's managers set in its settings under Integrations, which the bot may read and not write. */
export class CommandRules {
  readonly #applicationId: string;
  readonly #servers = new Map<string, Map<string, readonly RuleLine[]>>();

  constructor(applicationId: string) {
    this.#applicationId = applicationId;
  }

  /** Of one command, or with null of all; no lines at all: as it was at first. */
  set(guildId: string, commandId: string | null, lines: readonly RuleLine[]): void {
    if (lines.length > MAX_LINES) throw new Error(`Discord takes ${MAX_LINES} lines at most`);
    const rules = this.#servers.get(guildId) ?? new Map<string, readonly RuleLine[]>();
    this.#servers.set(guildId, rules);
    const id = commandId ?? this.#applicationId;
    if (lines.length === 0) rules.delete(id);
    else rules.set(id, lines);
  }

  json(guildId: string): JsonObject[] {
    return [...(this.#servers.get(guildId) ?? [])].map(([id, permissions]) => ({
      id,
      application_id: this.#applicationId,
      guild_id: guildId,
      permissions: [...permissions],
    }));
  }

  /** Whether Discord's client shows the command to this member in this channel. */
  shows(commandId: string, guildId: string, userId: string, member: Member, channel: Channel): boolean {
    if ((member.permissions & permission.administrator) !== 0n) return true;
    const rules = this.#servers.get(guildId);
    const lines = (id: string) => rules?.get(id) ?? [];
    const place = isThread(channel) ? (channel.parentId ?? channel.id) : channel.id;
    const where = (id: string) => pick(lines(id), 3, [place]) ?? pick(lines(id), 3, [String(BigInt(guildId) - 1n)]);
    const who = (id: string) =>
      pick(lines(id), 2, [userId]) ?? pick(lines(id), 1, member.roles) ?? pick(lines(id), 1, [guildId]);
    const [inChannel, toMember] = [where, who].map((ask) => ask(commandId) ?? ask(this.#applicationId) ?? true);
    return inChannel === true && toMember === true;
  }
}

/** Allowed if one of those that are named is; undefined if none is named. */
function pick(lines: readonly RuleLine[], type: number, ids: readonly string[]): boolean | undefined {
  const named = lines.filter((line) => line.type === type && ids.includes(line.id));
  return named.length === 0 ? undefined : named.some((line) => line.permission);
}
