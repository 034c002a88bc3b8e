import type { Alarm } from '#src/domain/alarms.ts';
import type { Sql } from './database.ts';

export function alarms({ sql }: { readonly sql: Sql }) {
  /** Claims alarms that nobody was told of yet; should the claimant die, they are due again after a minute. */
  async function claimAlarms(count: number): Promise<Alarm[]> {
    return sql<Alarm[]>`
      with due as materialized (
        select key from alarms where told_at is null and due_at <= now()
        order by raised_at limit ${count} for update skip locked
      )
      update alarms a set due_at = now() + interval '1 minute' from due where a.key = due.key
      returning a.key, a.kind, a.facts`;
  }

  async function markTold(key: string): Promise<void> {
    await sql`update alarms set told_at = now() where key = ${key}`;
  }

  return { claimAlarms, markTold };
}
