/** Where credits lie: a period's start ("2026-11-22"), or the owner's bonus. */
export const bonus = 'bonus';
/** Owners are `user:<id>`, and the bot, whose allowance is the budget. Alphabetical order is the lock order: bot first. */
export const bot = 'bot';
export const userOwner = (userId: string) => `user:${userId}`;

export const lineKinds = ['hold', 'adjust', 'settle', 'release', 'writeoff', 'grant', 'revoke'] as const;
export type LineKind = (typeof lineKinds)[number];
/** One ledger entry. Amounts are whole credits; only `adjust` may be negative. */
export type Line = {
  readonly owner: string;
  readonly purse: string;
  readonly kind: LineKind;
  readonly amount: number;
};
export type Held = { readonly owner: string; readonly purse: string; readonly amount: number };
export type Balance = { readonly granted: number; readonly held: number; readonly spent: number };

export const periods = ['day', 'week', 'month'] as const;
export type Period = (typeof periods)[number];

/** What one user's allowance, the whole bot's budget (null: no cap) and the line's length are. */
export type Limits = {
  readonly quota: number;
  readonly period: Period;
  readonly budget: number | null;
  readonly maxWaiting: number;
};

export type CreditRefusal =
  | {
      readonly refused: 'quota';
      readonly cost: number;
      readonly left: number;
      readonly quota: number;
      readonly renewsAt: Date;
    }
  | { readonly refused: 'budget'; readonly cost: number; readonly left: number; readonly renewsAt: Date }
  | { readonly refused: 'line-full'; readonly maxWaiting: number };

export type Hold = { readonly held: readonly Held[]; readonly left: number };

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

  /** Sets `cost` aside for one user, allowance first, then bonus; or says which limit forbids it. */
  function hold(
    userId: string,
    cost: number,
    limits: Limits,
    period: { purse: string; renewsAt: Date },
  ): Hold | CreditRefusal {
    const owner = userOwner(userId);
    const waitingNow = line.get(userId) ?? 0;
    if (waitingNow >= limits.maxWaiting) return { refused: 'line-full', maxWaiting: limits.maxWaiting };

    // An overdrawn allowance (a final price above the hold) leaves nothing, but takes nothing from the bonus either.
    const allowance = Math.max(0, limits.quota - used(owner, period.purse));
    const left = allowance + bonusLeft(owner);
    if (left < cost) return { refused: 'quota', cost, left, quota: limits.quota, renewsAt: period.renewsAt };
    const budgetLeft = limits.budget === null ? null : Math.max(0, limits.budget - used(bot, period.purse));
    if (budgetLeft !== null && budgetLeft < cost) {
      return { refused: 'budget', cost, left: budgetLeft, renewsAt: period.renewsAt };
    }

    const fromAllowance = Math.min(allowance, cost);
    const held = [
      { owner: bot, purse: period.purse, amount: cost },
      { owner, purse: period.purse, amount: fromAllowance },
      { owner, purse: bonus, amount: cost - fromAllowance },
    ].filter(({ amount }) => amount > 0);
    for (const { owner, purse, amount } of held) take(owner, purse, amount);
    line.set(userId, waitingNow + 1);
    return { held, left: left - cost };
  }

  function take(owner: string, purse: string, amount: number): void {
    const key = `${owner}/${purse}`;
    const account = accounts.get(key) ?? { owner, purse, granted: 0, held: 0, spent: 0 };
    accounts.set(key, { ...account, held: account.held + amount });
  }

  return { hold };
}

/** Lines that bring a task's holds to `credits` for every owner: up on the allowance, down from the bonus first. */
export function adjustment(held: readonly Held[], credits: number): Line[] {
  return owners(held).flatMap((purses) => {
    const missing = credits - total(purses);
    const [first] = purses;
    if (missing === 0 || first === undefined) return [];
    if (missing > 0) return [{ owner: first.owner, purse: first.purse, kind: 'adjust' as const, amount: missing }];
    return spread(purses.toReversed(), -missing).map((part) => ({
      ...part,
      kind: 'adjust' as const,
      amount: -part.amount,
    }));
  });
}

/**
 * Lines that close a task at its final price: allowance is spent first, the rest goes back. A price above the hold is
 * adjusted upwards first and always passes. `final` null: the provider gave none, the hold is the price.
 */
export function settlement(held: readonly Held[], final: number | null): Line[] {
  return owners(held).flatMap((purses) => {
    const price = final ?? total(purses);
    const adjusted = price > total(purses) ? adjustment(purses, price) : [];
    const whole = purses.map((purse) => ({
      ...purse,
      amount: purse.amount + (adjusted.find((line) => line.purse === purse.purse)?.amount ?? 0),
    }));
    const settled = spread(whole, price);
    const released = whole.map((purse) => ({
      ...purse,
      amount: purse.amount - (settled.find((part) => part.purse === purse.purse)?.amount ?? 0),
    }));
    return [
      ...adjusted,
      ...settled.map((part) => ({ ...part, kind: 'settle' as const })),
      ...released.filter(({ amount }) => amount > 0).map((part) => ({ ...part, kind: 'release' as const })),
    ];
  });
}

/** Lines that give back all that a task holds. */
export function releaseAll(held: readonly Held[]): Line[] {
  return held.filter(({ amount }) => amount > 0).map((part) => ({ ...part, kind: 'release' as const }));
}

/** What the provider charged for something no member pays: spent by the bot, from the purse of the task's hold. */
export function writeOff(purse: string, charged: number): Line[] {
  return charged > 0 ? [{ owner: bot, purse, kind: 'writeoff', amount: charged }] : [];
}

function owners(held: readonly Held[]): Held[][] {
  const byOwner = Map.groupBy(held, ({ owner }) => owner);
  return [...byOwner.values()].map((purses) =>
    purses.toSorted((a, b) => Number(a.purse === bonus) - Number(b.purse === bonus)),
  );
}

function total(held: readonly Held[]): number {
  return held.reduce((sum, { amount }) => sum + amount, 0);
}

function spread(purses: readonly Held[], credits: number): Held[] {
  let rest = credits;
  return purses.flatMap((purse) => {
    const amount = Math.min(purse.amount, rest);
    rest -= amount;
    return amount > 0 ? [{ owner: purse.owner, purse: purse.purse, amount }] : [];
  });
}
