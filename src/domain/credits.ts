/** Where credits lie: a period's start ("2026-11-22"), or the owner's bonus. */
export const bonus = 'bonus';
/**
 * Owners are users; the bot and servers, whose allowances are budgets; and members within one server, for its cap. Their
 * order as text is the lock order: bot, server, member, user.
 */
export const bot = 'bot';
export const guildOwner = (guildId: string) => `guild:${guildId}`;
export const memberOwner = (guildId: string, userId: string) => `guild:${guildId}:user:${userId}`;
export const userOwner = (userId: string) => `user:${userId}`;
/** The bot and servers: they bear what no member pays. */
export const isBudget = (owner: string) => owner === bot || /^guild:\d+$/.test(owner);

/** `correct` moves what was spent, up or down, when the books are put right by hand; never part of a task's life. */
export const lineKinds = ['hold', 'adjust', 'settle', 'release', 'writeoff', 'grant', 'revoke', 'correct'] as const;
export type LineKind = (typeof lineKinds)[number];
/** One ledger entry. Amounts are whole credits; only `adjust` and `correct` may be negative. */
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

/** What the provider charged for something no member pays: spent by the budgets that the task was held on. */
export function writeOff(held: readonly Held[], charged: number): Line[] {
  if (charged <= 0) return [];
  return held
    .filter(({ owner }) => isBudget(owner))
    .map(({ owner, purse }) => ({ owner, purse, kind: 'writeoff' as const, amount: charged }));
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
