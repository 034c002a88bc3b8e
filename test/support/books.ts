import { audit, type WrongTask } from '#src/books-audit.ts';
import { books } from '#src/store/books.ts';
import type { Database } from '#src/store/database.ts';

export type Books = { readonly owner: string; readonly purse: string; held: number; spent: number };

/** Every account with what its ledger says it should hold and have spent. */
export async function unbalanced(database: Database): Promise<Books[]> {
  return database.sql<Books[]>`
    with sums as (
      select owner, purse,
        coalesce(sum(amount) filter (where kind in ('hold', 'adjust')), 0)
          - coalesce(sum(amount) filter (where kind in ('settle', 'release')), 0) as held,
        coalesce(sum(amount) filter (where kind in ('settle', 'writeoff', 'correct')), 0) as spent
      from ledger group by owner, purse
    )
    select a.owner, a.purse, a.held, a.spent from accounts a left join sums using (owner, purse)
    where (a.held, a.spent) is distinct from (coalesce(sums.held, 0)::int, coalesce(sums.spent, 0)::int)`;
}

/** Closed tasks for which holds + adjustments ≠ settled + released, per owner. */
export async function unsettled(database: Database): Promise<object[]> {
  return database.sql`
    select task_id, owner from ledger join tasks on tasks.id = task_id
    where tasks.status in ('succeeded', 'failed', 'canceled', 'uncertain')
    group by task_id, owner
    having coalesce(sum(amount) filter (where kind in ('hold', 'adjust')), 0)
      <> coalesce(sum(amount) filter (where kind in ('settle', 'release')), 0)`;
}

/** What the bot's own books program would complain of, task by task. */
export async function wrongTasks({ sql }: Database): Promise<readonly WrongTask[]> {
  const found = await books({ sql }).readBooks(audit);
  return found.wrongTasks;
}
