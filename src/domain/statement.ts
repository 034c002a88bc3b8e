import { type Balance, bonus, type LineKind, memberOwner, userOwner } from './credits.ts';
import { openBalances } from './holds.ts';
import { type Asker, allowanceOf, guildFigures, type Limits, type RuleRefusal, type Rules, termsOf } from './rules.ts';

/** One line of a member's books; `what`: the prompt of its task, or why it was granted or revoked. */
export type Entry = {
  readonly at: Date;
  readonly kind: LineKind;
  readonly amount: number;
  readonly what: string | null;
};

/** What a member has, by the rules that the next accept goes by. */
export type Statement = {
  readonly left: number;
  readonly allowance: number;
  readonly running: Balance;
  readonly bonus: Balance & { readonly left: number };
  /** What the managers of this server let each member use here; null: all. */
  readonly cap: { readonly most: number; readonly left: number } | null;
  readonly renewsAt: Date;
  /** Why nothing would be accepted, whatever is left. */
  readonly refusal: RuleRefusal | null;
  readonly entries: readonly Entry[];
};

type Read = {
  readonly accounts: readonly (Balance & { readonly owner: string; readonly purse: string })[];
  readonly rules: Rules;
  readonly purse: string;
  readonly renewsAt: Date;
  readonly entries: readonly Entry[];
};

const nothing: Balance = { granted: 0, held: 0, spent: 0 };

export function statementOf(
  asker: Asker,
  { accounts, rules, purse, renewsAt, entries }: Read,
  limits: Limits,
): Statement {
  const { userId, guildId } = asker;
  const of = (owner: string, where: string) =>
    accounts.find((account) => account.owner === owner && account.purse === where) ?? nothing;
  const owner = userOwner(userId);
  const allowance = allowanceOf(asker, rules, limits.quota);
  const left = openBalances(accounts, new Map()).leftTo(userId, allowance, purse);
  const terms = termsOf(asker, rules, limits);
  const most = guildId === null ? null : guildFigures(guildId, rules, limits).cap;
  const here = guildId === null ? nothing : of(memberOwner(guildId, userId), purse);
  return {
    left: left.allowance + left.bonus,
    allowance,
    running: of(owner, purse),
    bonus: { ...of(owner, bonus), left: left.bonus },
    cap: most === null ? null : { most, left: Math.max(0, most - here.held - here.spent) },
    renewsAt,
    refusal: 'refused' in terms ? terms : null,
    entries,
  };
}
