import {
  type Act,
  type Action,
  type Actor,
  type ActRefusal,
  mostCredits,
  mostGrant,
  refuseCredits,
  refuseReason,
  tidyReason,
} from '#src/domain/acts.ts';
import { bot, guildOwner, userOwner } from '#src/domain/credits.ts';
import { type Rule, type RuleKind, roleSubject } from '#src/domain/rules.ts';

/** `isNew`: false for an event that had acted before; then the figures are those of then. */
type Acted<T> = T & { readonly isNew: boolean };
type Figures = Pick<Rule, 'credits' | 'reason'>;
export type RuleChange = Acted<{ readonly before: Figures | null; readonly after: Figures | null }>;
export type BonusChange = Acted<{ readonly credits: number; readonly left: number }>;
export type SetRule = (line: Act, kind: RuleKind, after: Figures | null) => Promise<RuleChange>;

type Ports = {
  readonly operatorIds: readonly string[];
  readonly setRule: SetRule;
  grant(line: Act, userId: string, credits: number): Promise<BonusChange | ActRefusal>;
  revoke(line: Act, userId: string, credits: number): Promise<BonusChange | ActRefusal>;
  attach(line: Act, taskId: string, providerId: string): Promise<Acted<{ readonly providerId: string }> | ActRefusal>;
  /** Asks the provider for a render of its id. */
  hasRender(providerId: string): Promise<boolean | 'unknown'>;
};

/** Whose allowance: everybody's, a user's own, a role's in its server, or a server's. */
export type AllowanceOf =
  | 'everybody'
  | { readonly userId: string }
  | { readonly guildId: string; readonly roleId: string }
  | { readonly guildId: string };
export type UserOrServer = { readonly userId: string } | { readonly guildId: string };

/** What operators do, for the whole bot. No user, role or server needs to exist at Discord (any more). */
export function makeOperate({ operatorIds, setRule, grant, revoke, attach, hasRender }: Ports) {
  type Asked = {
    readonly credits?: number;
    readonly least?: number;
    readonly most?: number;
    readonly needsReason?: boolean;
  };

  /** The line that an act leaves, or why it may not be. */
  function begin(
    { source, userId: actor }: Actor,
    action: Action,
    subject: string,
    why: string | null,
    { credits = 0, least = 0, most = mostCredits, needsReason = false }: Asked = {},
  ): Act | ActRefusal {
    if (!operatorIds.includes(actor)) return { refused: 'not-operator' };
    const reason = tidyReason(why);
    const refusal = refuseCredits(credits, least, most) ?? refuseReason(reason, needsReason);
    return refusal ?? { source, actor, action, subject, reason };
  }

  async function change(line: Act | ActRefusal, kind: RuleKind, after: { credits: number | null } | null) {
    if ('refused' in line) return line;
    return setRule(line, kind, after === null ? null : { ...after, reason: line.reason });
  }

  return {
    /** Null credits take it away: the next one counts (own, roles, server, everybody's, the environment's). */
    async setAllowance(actor: Actor, of: AllowanceOf, credits: number | null, reason: string | null) {
      const line = begin(actor, 'allowance', subjectOf(of), reason, { credits: credits ?? 0 });
      return change(line, 'allowance', credits === null ? null : { credits });
    },

    /** A server's own budget, before the one for every server. `unlimited`: none; null takes it away. */
    async setBudget(actor: Actor, guildId: string, credits: number | 'unlimited' | null, reason: string | null) {
      const figure = typeof credits === 'number' ? credits : null;
      const line = begin(actor, 'budget', guildOwner(guildId), reason, { credits: figure ?? 0 });
      return change(line, 'budget', credits === null ? null : { credits: figure });
    },

    /** Nothing new is accepted from them; what is accepted already goes on. */
    async block(actor: Actor, whom: UserOrServer, reason: string | null) {
      return change(begin(actor, 'block', subjectOf(whom), reason), 'block', { credits: null });
    },

    async unblock(actor: Actor, whom: UserOrServer, reason: string | null) {
      return change(begin(actor, 'unblock', subjectOf(whom), reason), 'block', null);
    },

    /** Nothing new is accepted, with these words to members, and the line stands; what is at the provider goes on. */
    async pause(actor: Actor, message: string | null) {
      return change(begin(actor, 'pause', bot, message), 'pause', { credits: null });
    },

    async resume(actor: Actor) {
      return change(begin(actor, 'resume', bot, null), 'pause', null);
    },

    async grant(actor: Actor, userId: string, credits: number, reason: string | null) {
      const asked = { credits, least: 1, most: mostGrant, needsReason: true };
      const line = begin(actor, 'grant', userOwner(userId), reason, asked);
      return 'refused' in line ? line : grant(line, userId, credits);
    },

    /** Refused with the figure where it is more than what the user has neither held nor spent. */
    async revoke(actor: Actor, userId: string, credits: number, reason: string | null) {
      const asked = { credits, least: 1, most: mostCredits, needsReason: true };
      const line = begin(actor, 'revoke', userOwner(userId), reason, asked);
      return 'refused' in line ? line : revoke(line, userId, credits);
    },

    /** Gives an uncertain task the render that it became after all; how that ended is then looked up as ever. */
    async attach(actor: Actor, taskId: string, providerId: string) {
      const line = begin(actor, 'attach', `task:${taskId}`, null);
      if ('refused' in line) return line;
      const isThere = await hasRender(providerId);
      if (isThere === 'unknown') return { refused: 'provider-away' as const };
      return isThere ? attach(line, taskId, providerId) : { refused: 'render-unknown' as const };
    },
  };
}

function subjectOf(of: AllowanceOf): string {
  if (of === 'everybody') return bot;
  if ('userId' in of) return userOwner(of.userId);
  // Everyone's role has the server's id and is in no member's list.
  const isOfSome = 'roleId' in of && of.roleId !== of.guildId;
  return isOfSome ? roleSubject(of.guildId, of.roleId) : guildOwner(of.guildId);
}
