import type { Held, Line } from '#src/domain/credits.ts';
import type { Sql, Tx } from './database.ts';

/** What an account is: the sums of its lines. */
export function sumsOf(sql: Sql | Tx) {
  return {
    granted: sql`coalesce(sum(case kind when 'grant' then amount when 'revoke' then -amount end), 0)::int`,
    held: sql`coalesce(sum(case when kind in ('hold', 'adjust') then amount when kind in ('settle', 'release') then -amount end), 0)::int`,
    spent: sql`coalesce(sum(amount) filter (where kind in ('settle', 'writeoff', 'correct')), 0)::int`,
  };
}

/**
 * Writes ledger lines and moves their accounts, in one statement. Call it last in a transaction: it locks accounts, in
 * the one order that everybody keeps (bot, server, member, user). A line that is there already moves nothing.
 */
export async function writeLines(tx: Tx, taskId: string, lines: readonly Line[]): Promise<void> {
  if (lines.length === 0) return;
  const { held, spent } = sumsOf(tx);
  await tx`
    with input as (
      select * from jsonb_to_recordset(${tx.json(lines as never)}) as x (owner text, purse text, kind line_kind, amount int)
    ), locked as (
      select owner, purse from accounts
      where (owner, purse) in (select owner, purse from input)
      order by owner, purse for update
    ), written as (
      insert into ledger (owner, purse, task_id, kind, amount)
      select owner, purse, ${taskId}, kind, amount from input
      on conflict (task_id, owner, purse, kind) where kind in ('hold', 'settle', 'release', 'writeoff') do nothing
      returning owner, purse, kind, amount
    ), sums as (
      select owner, purse, ${held} as held, ${spent} as spent from written group by owner, purse
    )
    update accounts a set held = a.held + sums.held, spent = a.spent + sums.spent
    from sums join locked using (owner, purse)
    where a.owner = sums.owner and a.purse = sums.purse`;
}

/** What a task holds now, purse by purse; nothing once it was settled or released. Needs the task's row locked. */
export async function heldBy(tx: Tx, taskId: string): Promise<Held[]> {
  return tx<Held[]>`
    select owner, purse, ${sumsOf(tx).held} as amount
    from ledger where task_id = ${taskId} and kind in ('hold', 'adjust', 'settle', 'release')
    group by owner, purse
    order by owner, purse`;
}

/** What a task was held on at first, for what no member pays. */
export async function holdsOf(tx: Tx, taskId: string): Promise<Held[]> {
  return tx<Held[]>`
    select owner, purse, amount from ledger where task_id = ${taskId} and kind = 'hold' order by owner, purse`;
}
