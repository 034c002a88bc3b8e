import type { Alarm } from '#src/domain/alarms.ts';
import type { Sql, Tx } from './database.ts';

/** What is over and comes again sooner than this is the same news: a balance that goes up and down is told once. */
const sameFor = '1 hour';

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

  /** What nobody was told of yet is told all the same. */
  async function endAlarm(key: string): Promise<void> {
    await sql`delete from alarms where key = ${key} and told_at < now() - ${sameFor}::interval`;
  }

  return { claimAlarms, markTold, raiseAlarm: (alarm: Alarm) => raiseAlarm(sql, alarm), endAlarm };
}

/** Once, however many processes see it and however often, until it is over. */
export async function raiseAlarm(sql: Sql | Tx, { key, kind, facts }: Alarm): Promise<void> {
  await sql`
    insert into alarms (key, kind, facts) values (${key}, ${kind}, ${sql.json(facts as never)}) on conflict do nothing`;
}
