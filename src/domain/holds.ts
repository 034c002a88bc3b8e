import { type Balance, bonus, bot, guildOwner, type Held, memberOwner, userOwner } from './credits.ts';
import type { Terms } from './rules.ts';

/** `renewsAt`: when the period ends that the limit is counted in. `left` is never negative. */
type Over = { readonly cost: number; readonly left: number; readonly renewsAt: Date };
export type HoldRefusal =
  | (Over & { readonly refused: 'quota'; readonly quota: number })
  | (Over & { readonly refused: 'guild-cap' | 'guild-budget' | 'budget'; readonly most: number })
  | { readonly refused: 'line-full'; readonly maxWaiting: number };

export type Hold = { readonly held: readonly Held[]; readonly left: number };
type Asker = { readonly userId: string; readonly guildId: string | null };
type Running = { readonly purse: string; readonly renewsAt: Date };

/** The balances of accounts that are locked for as long as this is used. Holds reduce what later ones find. */
export function openBalances(
  rows: readonly (Balance & { readonly owner: string; readonly purse: string })[],
  waiting: ReadonlyMap<string, number>,
) {
  const accounts = new Map(rows.map((row) => [`${row.owner}/${row.purse}`, { ...row }]));
  const line = new Map(waiting);
  const used = (owner: string, purse: string) => {
    const account = accounts.get(`${owner}/${purse}`);
    return account === undefined ? 0 : account.held + account.spent;
  };
  const bonusLeft = (owner: string) =>
    Math.max(0, (accounts.get(`${owner}/${bonus}`)?.granted ?? 0) - used(owner, bonus));

  /** What is left to a member. An overdrawn allowance (a final price above the hold) takes nothing from the bonus. */
  function leftTo(userId: string, allowance: number, purse: string) {
    const owner = userOwner(userId);
    return { allowance: Math.max(0, allowance - used(owner, purse)), bonus: bonusLeft(owner) };
  }

  /**
   * Sets `cost` aside for one user, allowance first, then bonus, and in full on every budget and cap; or says which limit
   * forbids it, the member's own before those that others share.
   */
  function hold({ userId, guildId }: Asker, cost: number, terms: Terms, period: Running): Hold | HoldRefusal {
    const owner = userOwner(userId);
    const waitingNow = line.get(userId) ?? 0;
    if (waitingNow >= terms.maxWaiting) return { refused: 'line-full', maxWaiting: terms.maxWaiting };

    const { purse, renewsAt } = period;
    const leftOf = (most: number, of: string) => Math.max(0, most - used(of, purse));
    const { allowance, bonus: extra } = leftTo(userId, terms.allowance, purse);
    const left = allowance + extra;
    if (left < cost) return { refused: 'quota', cost, left, quota: terms.allowance, renewsAt };
    const shared = sharedOf({ userId, guildId }, terms);
    for (const { of, refused, most } of shared) {
      if (most !== null && leftOf(most, of) < cost) return { refused, cost, left: leftOf(most, of), most, renewsAt };
    }

    const fromAllowance = Math.min(allowance, cost);
    const held = [
      ...shared.toReversed().map(({ of }) => ({ owner: of, purse, amount: cost })),
      { owner, purse, amount: fromAllowance },
      { owner, purse: bonus, amount: cost - fromAllowance },
    ].filter(({ amount }) => amount > 0);
    for (const part of held) take(part);
    line.set(userId, waitingNow + 1);
    return { held, left: left - cost };
  }

  function take({ owner, purse, amount }: Held): void {
    const key = `${owner}/${purse}`;
    const account = accounts.get(key) ?? { owner, purse, granted: 0, held: 0, spent: 0 };
    accounts.set(key, { ...account, held: account.held + amount });
  }

  return { hold, leftTo };
}

/** What a command counts on besides the member's own credits, narrowest first. All of it is kept, limited or not. */
function sharedOf({ userId, guildId }: Asker, { cap, guildBudget, budget }: Terms) {
  const here =
    guildId === null
      ? []
      : [
          { of: memberOwner(guildId, userId), refused: 'guild-cap' as const, most: cap },
          { of: guildOwner(guildId), refused: 'guild-budget' as const, most: guildBudget },
        ];
  return [...here, { of: bot, refused: 'budget' as const, most: budget }];
}
