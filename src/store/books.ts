import type { Act } from '#src/domain/acts.ts';
import { type AccountBook, checkTask, type Entry, isRight, rightAccount, type TaskBook } from '#src/domain/books.ts';
import type { Balance, LineKind } from '#src/domain/credits.ts';
import { act } from './acts.ts';
import type { Sql, Tx } from './database.ts';
import { sumsOf } from './ledger.ts';

export type LedgerLine = {
  readonly id: number;
  readonly at: Date;
  readonly owner: string;
  readonly purse: string;
  readonly taskId: string | null;
  readonly kind: LineKind;
  readonly amount: number;
  readonly source: string | null;
  readonly actor: string | null;
  readonly reason: string | null;
};
/** Everything as it was at one moment, however long the reading takes and whatever goes on meanwhile. */
export type Books = {
  tasks(): AsyncIterable<TaskBook>;
  accounts(): AsyncIterable<AccountBook>;
  ledger(): AsyncIterable<LedgerLine>;
};

const atOnce = 500;

/** Reads the books and puts them right, entry by entry. The bot may go on working. */
export function books({ sql }: { readonly sql: Sql }) {
  async function readBooks<T>(read: (books: Books) => Promise<T>): Promise<T> {
    const outcome = await sql.begin('isolation level repeatable read read only', async (tx) => {
      await tx`set local statement_timeout = 0`;
      return read({
        tasks: () => rowsOf(taskBooks(tx)),
        accounts: () => rowsOf(accountBooks(tx)),
        ledger: () => rowsOf(tx<LedgerLine[]>`select * from ledger order by id`),
      });
    });
    return outcome as T;
  }

  /** Looks at a task again, with all locked that it moves, and writes the entries that it still needs. */
  async function repairTask(line: Act, taskId: string): Promise<readonly Entry[]> {
    const { entries } = await act(sql, line, async (tx) => {
      await tx`select from tasks where id = ${taskId} for update`;
      await lockAccounts(tx, tx`select distinct owner, purse from ledger where task_id = ${taskId}`);
      const [book] = await taskBooks(tx, taskId);
      const needed = book === undefined ? [] : checkTask(book).flatMap((finding) => finding.entries);
      if (needed.length === 0) return unneeded;
      await tx`
        insert into ledger (owner, purse, task_id, kind, amount, reason, actor)
        select owner, purse, ${taskId}, kind, amount, reason, ${line.actor}
        from jsonb_to_recordset(${tx.json(needed as never)})
          as x (owner text, purse text, kind line_kind, amount int, reason text)`;
      for (const { owner, purse } of needed) await setAccount(tx, owner, purse);
      return { entries: needed };
    });
    return entries;
  }

  /** Sets an account to what its ledger says. Null: it is so already, or its ledger is below zero. */
  async function repairAccount(line: Act, owner: string, purse: string): Promise<Balance | null> {
    const outcome = await act(sql, line, async (tx) => {
      await lockAccounts(tx, tx`select ${owner}::text as owner, ${purse}::text as purse`);
      return (await setAccount(tx, owner, purse)) ?? unneeded;
    });
    return 'after' in outcome ? outcome.after : null;
  }

  return { readBooks, repairTask, repairAccount };
}

/** Somebody was faster, or it cannot be done: no act, and no line about one. */
const unneeded = { refused: 'unneeded', entries: [] } as const;

/** As an accept does: those that are missing first, then all, each time in the one order. */
async function lockAccounts(tx: Tx, those: ReturnType<Tx>): Promise<void> {
  await tx`insert into accounts (owner, purse) select owner, purse from (${those}) as x order by owner, purse on conflict do nothing`;
  await tx`select from accounts where (owner, purse) in (select owner, purse from (${those}) as x) order by owner, purse for update`;
}

/**
 * Of an account that is locked. Its lines are read after that: whoever writes lines for it has had the lock before, or
 * waits for it and then adds to what it finds.
 */
async function setAccount(tx: Tx, owner: string, purse: string): Promise<{ before: Balance; after: Balance } | null> {
  const [account] = await accountBooks(tx, { owner, purse });
  if (account === undefined || account.kept === null || isRight(account)) return null;
  const after = rightAccount(account);
  if (after === null) return null;
  const { granted, held, spent } = after;
  await tx`
    update accounts set granted = ${granted}, held = ${held}, spent = ${spent}
    where owner = ${owner} and purse = ${purse}`;
  return { before: account.kept, after };
}

/** Of all tasks, oldest first, or of one. */
function taskBooks(tx: Tx, taskId?: string) {
  return tx<TaskBook[]>`
    with sums as (
      select task_id, owner, purse,
        coalesce(sum(amount) filter (where kind in ('hold', 'adjust')), 0) as held,
        coalesce(sum(amount) filter (where kind = 'settle'), 0) as settled,
        coalesce(sum(amount) filter (where kind = 'release'), 0) as released,
        coalesce(sum(amount) filter (where kind = 'writeoff'), 0) as "writtenOff",
        coalesce(sum(amount) filter (where kind = 'correct'), 0) as corrected
      from ledger where ${taskId === undefined ? tx`task_id is not null` : tx`task_id = ${taskId}`}
      group by task_id, owner, purse
    )
    select t.id as task_id, t.user_id, t.status, t.uncertain_at is not null as was_uncertain, t.final_credits, t.accepted_at,
      -- Rows without an allowance are from before servers were counted.
      case when t.allowance is not null and t.has_bot then t.guild_id end as guild_id,
      coalesce(jsonb_agg(to_jsonb(sums) - 'task_id' order by owner, purse) filter (where owner is not null), '[]') as purses
    from tasks t left join sums on sums.task_id = t.id
    ${taskId === undefined ? tx`` : tx`where t.id = ${taskId}`}
    group by t.id
    order by t.accepted_at, t.id`;
}

/** Of all accounts, and of all owners that only the ledger knows; or of one. */
function accountBooks(tx: Tx, one?: { readonly owner: string; readonly purse: string }) {
  const { granted, held, spent } = sumsOf(tx);
  const those = one === undefined ? tx`true` : tx`owner = ${one.owner} and purse = ${one.purse}`;
  return tx<AccountBook[]>`
    with sums as (
      select owner, purse, ${granted} as granted, ${held} as held, ${spent} as spent
      from ledger where ${those} group by owner, purse
    ), kept as (
      select owner, purse, granted, held, spent from accounts where ${those}
    )
    select owner, purse,
      case when kept.held is not null then
        jsonb_build_object('granted', kept.granted, 'held', kept.held, 'spent', kept.spent) end as kept,
      jsonb_build_object('granted', coalesce(sums.granted, 0), 'held', coalesce(sums.held, 0),
        'spent', coalesce(sums.spent, 0)) as ledger
    from kept full join sums using (owner, purse)
    order by owner, purse`;
}

async function* rowsOf<Row>(query: { cursor(rows: number): AsyncIterable<Row[]> }): AsyncIterable<Row> {
  for await (const rows of query.cursor(atOnce)) yield* rows;
}
