import { bot, guildOwner, memberOwner, type Period, userOwner } from './credits.ts';
import type { Reply } from './task.ts';

/**
 * What operators and managers set, one row each, about a subject: the bot, a server, a role or member of it, a user.
 * `allowance` and `cap` limit people, `budget` a server (null credits: no limit), `block` and `pause` refuse.
 */
export const ruleKinds = ['allowance', 'budget', 'cap', 'block', 'pause'] as const;
export type RuleKind = (typeof ruleKinds)[number];
export type Rule = {
  readonly subject: string;
  readonly kind: RuleKind;
  readonly credits: number | null;
  /** For a pause: what members read. */
  readonly reason: string | null;
};

/** The server that a subject belongs to; null for the bot and users. */
export const guildOfSubject = (subject: string) => /^guild:(\d+)/.exec(subject)?.[1] ?? null;

export const roleSubject = (guildId: string, roleId: string) => `${guildOwner(guildId)}:role:${roleId}`;

/** What the environment sets: one user's allowance, budgets (null: none), the line's length. */
export type Limits = {
  readonly quota: number;
  readonly period: Period;
  readonly budget: number | null;
  readonly guildBudget: number | null;
  readonly maxWaiting: number;
};

/** Who asks, and in which server; null where no server's rules count. */
export type Asker = {
  readonly userId: string;
  readonly guildId: string | null;
  readonly roles: readonly string[];
  /** False for people who may only spend what is theirs by name: bonus credits, or an allowance of their own. */
  readonly hasAllowance: boolean;
};

/** All that limits one wish, in figures. */
export type Terms = {
  readonly allowance: number;
  readonly budget: number | null;
  readonly guildBudget: number | null;
  /** The most of one member in this server. */
  readonly cap: number | null;
  readonly maxWaiting: number;
};

export type RuleRefusal =
  | { readonly refused: 'paused'; readonly message: string | null }
  /** `user`: blocked everywhere; `server`: the whole server is; `member`: blocked in this server by its managers. */
  | { readonly refused: 'blocked'; readonly who: 'user' | 'server' | 'member' };

/** The server whose rules count: where the bot itself was added, not where a user install merely happens to be used. */
export function guildOf({ guildId, hasBot }: Pick<Reply, 'guildId' | 'hasBot'>): string | null {
  return hasBot ? guildId : null;
}

/** Every subject that may have a rule about this asker. */
export function subjectsOf({ userId, guildId, roles }: Asker): string[] {
  const theirs = [bot, userOwner(userId)];
  if (guildId === null) return theirs;
  return [
    ...theirs,
    guildOwner(guildId),
    memberOwner(guildId, userId),
    ...roles.map((role) => roleSubject(guildId, role)),
  ];
}

export type Rules = ReadonlyMap<string, Rule>;

/** Rules by what they are about; rules of others in between do not matter. */
export function openRules(rules: readonly Rule[]): Rules {
  return new Map(rules.map((rule) => [keyOf(rule.kind, rule.subject), rule]));
}

/** The figures that hold for this asker, or the rule that forbids asking at all. */
export function termsOf(asker: Asker, rules: Rules, limits: Limits): Terms | RuleRefusal {
  const { userId, guildId } = asker;
  const find = (kind: RuleKind, subject: string) => rules.get(keyOf(kind, subject));

  const pause = find('pause', bot);
  if (pause !== undefined) return { refused: 'paused', message: pause.reason };
  if (find('block', userOwner(userId)) !== undefined) return { refused: 'blocked', who: 'user' };
  const { budget, maxWaiting } = limits;
  const terms = { allowance: allowanceOf(asker, rules, limits.quota), budget, maxWaiting };
  if (guildId === null) return { ...terms, guildBudget: null, cap: null };

  const guild = guildOwner(guildId);
  if (find('block', guild) !== undefined) return { refused: 'blocked', who: 'server' };
  if (find('block', memberOwner(guildId, userId)) !== undefined) return { refused: 'blocked', who: 'member' };
  const { budget: guildBudget, cap } = guildFigures(guildId, rules, limits);
  return { ...terms, guildBudget, cap };
}

/** A server's budget, its own before the one for every server, and what each member may use of it; null: no limit. */
export function guildFigures(guildId: string, rules: Rules, limits: Limits) {
  const own = rules.get(keyOf('budget', guildOwner(guildId)));
  return {
    budget: own === undefined ? limits.guildBudget : own.credits,
    cap: rules.get(keyOf('cap', guildOwner(guildId)))?.credits ?? null,
  };
}

/** The member's own, else the highest of their roles in this server, else the server's, else the one for everybody. */
export function allowanceOf({ userId, guildId, roles, hasAllowance }: Asker, rules: Rules, quota: number): number {
  const find = (subject: string) => rules.get(keyOf('allowance', subject))?.credits ?? undefined;
  const own = find(userOwner(userId));
  if (own !== undefined) return own;
  if (!hasAllowance) return 0;
  const ofAll = find(bot) ?? quota;
  if (guildId === null) return ofAll;
  const ofRoles = roles.map((role) => find(roleSubject(guildId, role))).filter((credits) => credits !== undefined);
  return ofRoles.length > 0 ? Math.max(...ofRoles) : (find(guildOwner(guildId)) ?? ofAll);
}

const keyOf = (kind: RuleKind, subject: string) => `${kind} ${subject}`;
