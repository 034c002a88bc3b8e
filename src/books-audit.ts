import {
  type AccountBook,
  checkTask,
  holdsNow,
  isOpen,
  isRight,
  type TaskBook,
  type TaskFinding,
} from '#src/domain/books.ts';
import { bot } from '#src/domain/credits.ts';
import type { Books } from '#src/store/books.ts';

export type WrongTask = { readonly task: TaskBook; readonly findings: readonly TaskFinding[] };
/** All that the books tell, gone through once. */
export type Audit = {
  readonly accounts: number;
  readonly tasks: number;
  /** Tasks that hold credits, oldest first. */
  readonly holds: readonly { readonly task: TaskBook; readonly credits: number }[];
  /** Of closed tasks whose price the provider has told; `unpriced`: those that it has not. */
  readonly closed: {
    readonly charged: number;
    readonly settled: number;
    readonly writtenOff: number;
    readonly corrected: number;
    readonly unpriced: number;
  };
  readonly wrongTasks: readonly WrongTask[];
  readonly wrongAccounts: readonly AccountBook[];
};

export async function audit(books: Books): Promise<Audit> {
  const holds: { task: TaskBook; credits: number }[] = [];
  const wrongTasks: WrongTask[] = [];
  const wrongAccounts: AccountBook[] = [];
  const closed = { charged: 0, settled: 0, writtenOff: 0, corrected: 0, unpriced: 0 };
  let [tasks, accounts] = [0, 0];

  for await (const task of books.tasks()) {
    tasks += 1;
    const credits = heldBy(task);
    if (credits > 0) holds.push({ task, credits });
    if (!isOpen(task)) addPrice(closed, task);
    const findings = checkTask(task);
    if (findings.length > 0) wrongTasks.push({ task, findings });
  }
  for await (const account of books.accounts()) {
    accounts += 1;
    if (!isRight(account)) wrongAccounts.push(account);
  }
  return { accounts, tasks, holds, closed, wrongTasks, wrongAccounts };
}

/** What a task holds; its owners hold the same, and where they do not, the most of them. */
function heldBy({ purses }: TaskBook): number {
  const byOwner = Map.groupBy(purses, ({ owner }) => owner);
  return Math.max(0, ...[...byOwner.values()].map((theirs) => theirs.reduce((all, one) => all + holdsNow(one), 0)));
}

type Closed = { -readonly [Field in keyof Audit['closed']]: number };

function addPrice(closed: Closed, { finalCredits, status, purses }: TaskBook): void {
  // A task that never rendered has no price, and needs none.
  if (finalCredits === null) {
    if (status === 'succeeded') closed.unpriced += 1;
    return;
  }
  closed.charged += finalCredits;
  for (const { settled, writtenOff, corrected } of purses.filter(({ owner }) => owner === bot)) {
    closed.settled += settled;
    closed.writtenOff += writtenOff;
    closed.corrected += corrected;
  }
}
