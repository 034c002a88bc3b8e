import {
  type Act,
  type Actor,
  type ActRefusal,
  type Audited,
  isManager,
  mostCredits,
  refuseCredits,
  refuseReason,
  tidyReason,
} from '#src/domain/acts.ts';
import { guildOwner, memberOwner } from '#src/domain/credits.ts';
import type { SetRule } from './operate.ts';

/** What one server holds and has spent in the running period; `budget` null: no limit. The members who used most first. */
export type Spend = {
  readonly held: number;
  readonly spent: number;
  readonly budget: number | null;
  readonly cap: number | null;
  readonly renewsAt: Date;
  readonly members: readonly { readonly userId: string; readonly held: number; readonly spent: number }[];
};

type Ports = {
  readonly operatorIds: readonly string[];
  readonly setRule: SetRule;
  readSpend(guildId: string): Promise<Spend>;
  readAudit(about: { readonly guildId: string }, count: number, before?: number): Promise<readonly Line[]>;
};
type Line = Audited & { readonly id: number };

/** `isWhole`: there are no older lines. */
type Page = { readonly lines: readonly Line[]; readonly isWhole: boolean };

const linesAtOnce = 15;

/**
 * What the managers of a server do, in their own server alone. All of it only narrows what operators allow: no verb here
 * can spend a credit that would not be spent without it.
 */
export function makeManage({ operatorIds, setRule, readSpend, readAudit }: Ports) {
  /** The server they act in, or why they may not. */
  function serverOf(actor: Actor): { readonly guildId: string } | ActRefusal {
    const { guildId, userId } = actor;
    const mayManage = isManager(actor) || operatorIds.includes(userId);
    return guildId !== null && mayManage ? { guildId } : { refused: 'not-manager' };
  }

  function lineOf({ source, userId: actor }: Actor, rest: Pick<Act, 'action' | 'subject'>, why: string | null) {
    const reason = tidyReason(why);
    return refuseReason(reason, false) ?? { source, actor, reason, ...rest };
  }

  return {
    /** The most that one member may hold and spend in this server in a period. Null takes it away. */
    async setCap(actor: Actor, credits: number | null, reason: string | null) {
      const server = serverOf(actor);
      if ('refused' in server) return server;
      const subject = guildOwner(server.guildId);
      const line = refuseCredits(credits ?? 0, 0, mostCredits) ?? lineOf(actor, { action: 'cap', subject }, reason);
      if ('refused' in line) return line;
      return setRule(line, 'cap', credits === null ? null : { credits, reason: line.reason });
    },

    async block(actor: Actor, userId: string, reason: string | null) {
      const server = serverOf(actor);
      if ('refused' in server) return server;
      const subject = memberOwner(server.guildId, userId);
      const line = lineOf(actor, { action: 'block', subject }, reason);
      return 'refused' in line ? line : setRule(line, 'block', { credits: null, reason: line.reason });
    },

    async unblock(actor: Actor, userId: string, reason: string | null) {
      const server = serverOf(actor);
      if ('refused' in server) return server;
      const subject = memberOwner(server.guildId, userId);
      const line = lineOf(actor, { action: 'unblock', subject }, reason);
      return 'refused' in line ? line : setRule(line, 'block', null);
    },

    async spend(actor: Actor): Promise<Spend | ActRefusal> {
      const server = serverOf(actor);
      return 'refused' in server ? server : readSpend(server.guildId);
    },

    /** What was done about this server, by its managers and by operators; newest first, from before `before` on. */
    async log(actor: Actor, before?: number): Promise<Page | ActRefusal> {
      const server = serverOf(actor);
      if ('refused' in server) return server;
      const lines = await readAudit(server, linesAtOnce + 1, before);
      return { lines: lines.slice(0, linesAtOnce), isWhole: lines.length <= linesAtOnce };
    },
  };
}
