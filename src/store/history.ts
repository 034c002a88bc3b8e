import { type Cursor, type Page, pageSize } from '#src/domain/history.ts';
import type { Sql } from './database.ts';
import { type TaskRow, toTask } from './rows.ts';

/** What a member has asked for. A page is found by a task on it or beside it, so that new ones shift nothing. */
export function history({ sql }: { readonly sql: Sql }) {
  async function readPage(userId: string, cursor: Cursor): Promise<Page> {
    const start = await startOf(userId, cursor);
    const rows = await sql<(TaskRow & { hasNewer: boolean })[]>`
      select t.*, now() as now, exists (
        select from tasks n
        where n.user_id = ${userId} and n.answered_at is not null and (n.accepted_at, n.id) > (t.accepted_at, t.id)
      ) as has_newer
      from tasks t
      where t.user_id = ${userId} and t.answered_at is not null
        and ${start === null ? sql`true` : sql`(t.accepted_at, t.id) <= ${place(userId, start)}`}
      order by t.accepted_at desc, t.id desc limit ${pageSize + 1}`;
    return {
      tasks: rows.slice(0, pageSize).map(toTask),
      hasNewer: rows[0]?.hasNewer ?? false,
      hasOlder: rows.length > pageSize,
    };
  }

  /** The task that a page begins with; null: the newest there is. */
  async function startOf(userId: string, cursor: Cursor): Promise<string | null> {
    if (cursor.way === 'newest') return null;
    const { way, taskId } = cursor;
    const all = sql`from tasks where user_id = ${userId} and answered_at is not null`;
    if (way === 'from') {
      const [row] = await sql<{ id: string }[]>`select id ${all} and id = ${taskId}`;
      return row?.id ?? null;
    }
    const [row] =
      way === 'older'
        ? await sql<{ id: string }[]>`
          select id ${all} and (accepted_at, id) < ${place(userId, taskId)} order by accepted_at desc, id desc limit 1`
        : await sql<{ id: string }[]>`
          select id ${all} and (accepted_at, id) > ${place(userId, taskId)}
          order by accepted_at, id offset ${pageSize - 1} limit 1`;
    return row?.id ?? null;
  }

  const place = (userId: string, taskId: string) =>
    sql`(select accepted_at, id from tasks where id = ${taskId} and user_id = ${userId})`;

  return { readPage };
}
