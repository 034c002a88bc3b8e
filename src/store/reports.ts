import type { Alarm } from '#src/domain/alarms.ts';
import { raiseAlarm } from './alarms.ts';
import type { Sql } from './database.ts';

/** Any constant of ours, beside a person: their reports are counted one after another. */
const reportLock = 5_113_003;

/** What people report to the operators, who are told of it as of everything else. */
export function reports({ sql }: { readonly sql: Sql }) {
  /** The task with this id, else the one whose reply the message is. */
  async function findReported(
    taskId: string | null,
    messageId: string,
  ): Promise<{ id: string; userId: string } | null> {
    const [task] = await sql<{ id: string; userId: string }[]>`
      select id, user_id from tasks where ${taskId === null ? sql`message_id = ${messageId}` : sql`id = ${taskId}`} limit 1`;
    return task ?? null;
  }

  /** False: that would be more than `most` of theirs in 24 hours. The same report again changes nothing. */
  async function fileReport(by: string, alarm: Alarm, most: number): Promise<boolean> {
    return sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(${reportLock}, hashtext(${by}))`;
      const [filed] = await tx<{ isKnown: boolean; count: number }[]>`
        select coalesce(bool_or(key = ${alarm.key}), false) as is_known,
          count(*) filter (where raised_at > now() - interval '24 hours')::int as count
        from alarms where kind = 'report' and facts ->> 'by' = ${by}`;
      if (filed?.isKnown) return true;
      if ((filed?.count ?? 0) >= most) return false;
      await raiseAlarm(tx, alarm);
      return true;
    });
  }

  return { findReported, fileReport };
}
