import type { Task } from '#src/domain/task.ts';
import type { Sql } from './database.ts';
import { type TaskRow, toTask } from './rows.ts';

export type NextPoll = { readonly taskId: string; readonly attempt: number; readonly afterMs: number | null };

/** The clock over renders: rows are claimed when due, asked for, and given their next time. */
export function renders({ sql }: { readonly sql: Sql }) {
  /**
   * Claims renders that are due, oldest first. The lease must exceed the longest provider call; `attempt` fences a
   * claimant that lost it. Nothing is due while the provider has asked everybody to wait.
   */
  async function claimDue(count: number, leaseMs: number): Promise<Task[]> {
    const rows = await sql<TaskRow[]>`
      with due as materialized (
        select id from tasks
        where status in ('rendering', 'uncertain') and next_poll_at <= now()
          and not exists (select from pacing where hold_off_until > now())
        order by next_poll_at limit ${count}
        for update skip locked
      )
      update tasks t set next_poll_at = now() + ${leaseMs} * interval '1 ms', attempt = t.attempt + 1
      from due where t.id = due.id
      returning t.*, now() as now`;
    return rows.map(toTask);
  }

  /** Writes next times back, only where the claim still holds. Null: never again. */
  async function schedule(list: readonly NextPoll[]): Promise<void> {
    if (list.length === 0) return;
    await sql`
      update tasks t set next_poll_at = now() + n."afterMs" * interval '1 ms'
      from jsonb_to_recordset(${sql.json(list as never)}) as n ("taskId" uuid, attempt int, "afterMs" float8)
      where t.id = n."taskId" and t.attempt = n.attempt and t.status in ('rendering', 'uncertain')
        and t.id = any(${list.map(({ taskId }) => taskId)}::uuid[])`;
  }

  /** Remembers when the provider first called a task done without giving a video. */
  async function markMissingUrl(taskId: string): Promise<void> {
    await sql`update tasks set missing_url_at = coalesce(missing_url_at, now()) where id = ${taskId}`;
  }

  /** What renders with the same model and settings lately took, in milliseconds by task; absent below five. */
  async function usualMs(taskIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (taskIds.length === 0) return new Map();
    const rows = await sql<{ id: string; ms: number }[]>`
      with kinds as (
        select model, settings, array_agg(id) as ids from tasks where id = any(${[...taskIds]}::uuid[])
        group by model, settings
      )
      select unnest(kinds.ids) as id, past.ms from kinds
      cross join lateral (
        select percentile_cont(0.5) within group (order by took) as ms, count(*) as renders
        from (
          select extract(epoch from closed_at - rendering_at) * 1000 as took from tasks t
          where t.model = kinds.model and md5(t.settings::text) = md5(kinds.settings::text) and t.reserved_credits > 0
            and t.status = 'succeeded'
          order by t.rendering_at desc limit 20
        ) as lately
      ) as past
      where past.renders >= 5`;
    return new Map(rows.map(({ id, ms }) => [id, ms]));
  }

  return { claimDue, schedule, markMissingUrl, usualMs };
}
