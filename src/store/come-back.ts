import type { PendingQuery, Row } from 'postgres';
import type { Sql, Tx } from './database.ts';

/** Whether anything is kept for these hashes. */
export async function hasRemainders(sql: Sql, hashes: readonly string[]): Promise<boolean> {
  const [row] = await sql<{ has: boolean }[]>`
    select exists (select from remainders where hash = any(${[...hashes]}::text[])) as has`;
  return row?.has ?? false;
}

/**
 * Gives back what was kept under a hash, to owners whose accounts of this period are open: rules as they were, and what was
 * spent, which the nameless account that bears it passes on. Sent behind the opening of those accounts, in its transaction:
 * a deletion either comes before both, or finds the accounts.
 */
export function comeBack(tx: Tx, owners: readonly string[], hashes: readonly string[], purse: PendingQuery<Row[]>) {
  return tx`
    with named as (
      select owner, hash from unnest(${[...owners]}::text[], ${[...hashes]}::text[]) as n (owner, hash)
    ), back as (
      delete from remainders r using named, accounts a
      where r.hash = named.hash and a.owner = named.owner and a.purse = ${purse}
        and (r.kind <> 'spent' or r.purse = ${purse})
      returning named.owner, r.kind, r.purse, r.booked_on, r.credits, r.actor, r.set_at
    ), ruled as (
      insert into rules (subject, kind, credits, actor, set_at)
      select owner, kind::rule_kind, credits, actor, set_at from back where kind <> 'spent'
      on conflict do nothing
    ), lines as (
      insert into ledger (owner, purse, kind, amount, reason)
      select owner, purse, 'correct'::line_kind, credits, 'came back' from back where kind = 'spent'
      union all select booked_on, purse, 'correct'::line_kind, -credits, 'came back' from back where kind = 'spent'
      returning owner, purse, amount
    ), sums as (
      select owner, purse, sum(amount)::int as amount from lines group by owner, purse
    ), locked as (
      select owner, purse from accounts where (owner, purse) in (select owner, purse from sums)
      order by owner, purse for update
    )
    update accounts a set spent = a.spent + sums.amount from sums join locked using (owner, purse)
    where a.owner = sums.owner and a.purse = sums.purse`;
}
