import {
  type Balance,
  bonus,
  bot,
  guildOwner,
  type Held,
  isBudget,
  type Line,
  memberOwner,
  settlement,
  userOwner,
} from './credits.ts';
import type { Status } from './task.ts';

/** What the ledger says of one purse of one task; `held` is holds and adjustments. */
export type PurseBook = {
  readonly owner: string;
  readonly purse: string;
  readonly held: number;
  readonly settled: number;
  readonly released: number;
  readonly writtenOff: number;
  readonly corrected: number;
};

/** A task as the books see it. `guildId`: the server that it counts in. */
export type TaskBook = {
  readonly taskId: string;
  readonly userId: string;
  readonly guildId: string | null;
  readonly status: Status;
  readonly wasUncertain: boolean;
  /** What the provider charged; null: it did not say. */
  readonly finalCredits: number | null;
  readonly acceptedAt: Date;
  readonly purses: readonly PurseBook[];
};

/** A line that puts something right, and why. */
export type Entry = Line & { readonly reason: string };

/** Something in a task's books that is not as it must be. Without entries it needs a person. */
export type TaskFinding = { readonly owner: string; readonly entries: readonly Entry[] } & (
  | { readonly wrong: 'no-hold' | 'uneven' }
  /** A closed task still holds credits, or (below 0) gave back more than it held. */
  | { readonly wrong: 'open-hold'; readonly purse: string; readonly credits: number }
  /** What was settled and written off is not what the provider charged. */
  | { readonly wrong: 'price'; readonly booked: number; readonly charged: number }
);

const openStatuses: readonly Status[] = ['accepted', 'submitting', 'rendering'];
export const isOpen = ({ status }: Pick<TaskBook, 'status'>) => openStatuses.includes(status);

/** What a purse still holds. */
export const holdsNow = ({ held, settled, released }: PurseBook) => held - settled - released;
export const spentOf = ({ settled, writtenOff, corrected }: PurseBook) => settled + writtenOff + corrected;

/** All that is wrong with one task, with the entries that put it right: holds first, then what was spent. */
export function checkTask(book: TaskBook): TaskFinding[] {
  const owners = Map.groupBy(book.purses, ({ owner }) => owner);
  const missing = ownersOf(book).filter((owner) => !owners.has(owner));
  return [
    ...missing.map((owner) => ({ wrong: 'no-hold' as const, owner, entries: [] })),
    ...[...owners].flatMap(([owner, purses]) =>
      isOpen(book) ? checkOpen(book, owner) : checkClosed(book, owner, purses),
    ),
  ];
}

/** Everybody on whom a task must have been held. */
function ownersOf({ userId, guildId }: TaskBook): string[] {
  const here = guildId === null ? [] : [guildOwner(guildId), memberOwner(guildId, userId)];
  return [bot, ...here, userOwner(userId)];
}

/** An open task holds the same on everybody, and nothing is spent yet. */
function checkOpen({ purses }: TaskBook, owner: string): TaskFinding[] {
  const holds = (of: string) => sum(purses.filter((purse) => purse.owner === of).map(holdsNow));
  const theirs = purses.filter((purse) => purse.owner === owner);
  const isRight =
    holds(owner) === holds(bot) && theirs.every((purse) => holdsNow(purse) >= 0) && sum(theirs.map(spentOf)) === 0;
  return isRight ? [] : [{ wrong: 'uneven', owner, entries: [] }];
}

function checkClosed(book: TaskBook, owner: string, purses: readonly PurseBook[]): TaskFinding[] {
  const holds = purses.map((purse) => ({ purse, credits: holdsNow(purse) })).filter(({ credits }) => credits !== 0);
  const isUntouched = purses.every(
    (purse) => purse.settled + purse.released + purse.writtenOff === 0 && purse.corrected === 0,
  );
  if (isPaidFor(book) && isUntouched && holds.length > 0) return [settleLate(book, owner, purses)];

  const reason = `the task is ${book.status} and holds nothing any more`;
  const open = holds.map(({ purse, credits }): TaskFinding => {
    // One release a task and purse: what is left after that one is taken off by an adjustment.
    const isRelease = credits > 0 && purse.released === 0;
    const line = { owner, purse: purse.purse, kind: isRelease ? 'release' : 'adjust', reason } as const;
    const entry = { ...line, amount: isRelease ? credits : -credits };
    return { wrong: 'open-hold', owner, purse: purse.purse, credits, entries: [entry] };
  });
  return [...open, ...checkPrice(book, owner, purses)];
}

/** Its member pays for it: a success that was never in doubt. */
function isPaidFor({ status, wasUncertain }: TaskBook): boolean {
  return status === 'succeeded' && !wasUncertain;
}

/** A success whose settlement is missing altogether gets the very lines that it should have had. */
function settleLate(book: TaskBook, owner: string, purses: readonly PurseBook[]): TaskFinding {
  const held = purses.map((purse): Held => ({ owner, purse: purse.purse, amount: holdsNow(purse) }));
  const reason = 'the task succeeded and was not settled';
  const entries = settlement(held, book.finalCredits).map((line) => ({ ...line, reason }));
  const [first] = held;
  return {
    wrong: 'open-hold',
    owner,
    purse: first?.purse ?? '',
    credits: sum(held.map(({ amount }) => amount)),
    entries,
  };
}

function checkPrice(book: TaskBook, owner: string, purses: readonly PurseBook[]): TaskFinding[] {
  const charged = chargedTo(book, owner);
  const booked = sum(purses.map(spentOf));
  if (charged === null || charged === booked) return [];
  const reason = `the provider charged ${book.finalCredits ?? 0} for a task that is ${book.status}; booked were ${booked}`;
  const entries = moveSpent(purses, charged - booked, isPaidFor(book)).map((line) => ({ ...line, reason }));
  return [{ wrong: 'price', owner, booked, charged, entries }];
}

/** What an owner has to bear of a closed task; null: the provider has said no price. */
function chargedTo(book: TaskBook, owner: string): number | null {
  if (book.status === 'canceled' || book.status === 'uncertain') return 0;
  return isPaidFor(book) || isBudget(owner) ? book.finalCredits : 0;
}

/** Up on the allowance (or as the write-off that is missing), down from the bonus first, as all other prices. */
function moveSpent(purses: readonly PurseBook[], credits: number, isPaid: boolean): Line[] {
  const ordered = purses.toSorted((a, b) => Number(a.purse === bonus) - Number(b.purse === bonus));
  const [first] = ordered;
  if (first === undefined) return [];
  if (credits > 0) {
    const kind = isPaid || purses.some(({ writtenOff }) => writtenOff > 0) ? 'correct' : 'writeoff';
    return [{ owner: first.owner, purse: first.purse, kind, amount: credits }];
  }
  let rest = -credits;
  return ordered.toReversed().flatMap((purse) => {
    // What is left over goes to the allowance even if it never was spent there: the sum has to come right.
    const amount = purse === first ? rest : Math.min(rest, Math.max(0, spentOf(purse)));
    rest -= amount;
    return amount === 0 ? [] : [{ owner: purse.owner, purse: purse.purse, kind: 'correct' as const, amount: -amount }];
  });
}

/** An account beside the sum of its ledger, of which it is the cache; null: there is no row. */
export type AccountBook = {
  readonly owner: string;
  readonly purse: string;
  readonly kept: Balance | null;
  readonly ledger: Balance;
};

/** Whether an account is what its ledger says; one that was never needed need not be there. */
export function isRight({ kept, ledger }: AccountBook): boolean {
  const { granted, held, spent } = kept ?? { granted: 0, held: 0, spent: 0 };
  return granted === ledger.granted && held === ledger.held && spent === ledger.spent;
}

/** The row that an account should have; null where its ledger itself is below zero, and a person has to look. */
export function rightAccount({ ledger }: AccountBook): Balance | null {
  return Math.min(ledger.granted, ledger.held, ledger.spent) < 0 ? null : ledger;
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
