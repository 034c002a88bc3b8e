import { limits } from '#src/domain/schedule.ts';
import type { Sql, Tx } from './database.ts';

/** What an erased task is left with is what books and prices need: who, when, settings, states, credits. */
export function erasure(sql: Sql | Tx) {
  return sql`
    prompt = '', images = '[]', body = null, result_urls = '[]', error_message = null, token = null, show_at = null,
    kept_bytes = null, kept_at = null, erased_at = now()`;
}

/** Removes what has been kept for long enough, some at a time, on any number of workers at once. */
export function retention({ sql }: { readonly sql: Sql }) {
  /**
   * Erases tasks that ended this many days ago and whose outcome is not about to be shown; uncertain ones once nobody looks
   * for their video any more. How many it were.
   */
  async function eraseOld(days: number, count: number): Promise<number> {
    const since = sql`now() - ${days} * interval '1 day'`;
    const erased = await sql`
      with old as materialized (
        select id from tasks
        where closed_at < ${since} and erased_at is null and delivery <> 'pending'
          and status in ('succeeded', 'failed', 'canceled')
        limit ${count} for update skip locked
      ), unresolved as materialized (
        select id from tasks
        where status = 'uncertain' and next_poll_at is null and erased_at is null and delivery <> 'pending'
          and uncertain_at < least(${since}, now() - ${limits.uncertainMs} * interval '1 ms')
        limit ${count} for update skip locked
      ), all_old as (
        select id from old union all select id from unresolved
      ), pieces as (
        delete from kept_chunks using all_old where task_id = all_old.id
      )
      update tasks t set ${erasure(sql)} from all_old where t.id = all_old.id`;
    return erased.count;
  }

  /** Forgets videos that were kept for this many days, pieces that never became a whole one, and reports as old. How many videos. */
  async function dropKept(days: number, count: number): Promise<number> {
    return sql.begin(async (tx) => {
      const dropped = await tx`
        with old as materialized (
          select id from tasks where kept_at < now() - ${days} * interval '1 day'
          limit ${count} for update skip locked
        )
        update tasks t set kept_bytes = null, kept_at = null from old where t.id = old.id`;
      await tx`
        delete from kept_chunks using tasks
        where tasks.id = task_id and delivery <> 'pending' and kept_bytes is null`;
      await tx`delete from alarms where kind = 'report' and told_at < now() - ${days} * interval '1 day'`;
      return dropped.count;
    });
  }

  return { eraseOld, dropKept };
}
