import { limits } from '#src/domain/schedule.ts';
import type { Reply, Task } from '#src/domain/task.ts';
import type { Sql } from './database.ts';
import type { Enqueue } from './line.ts';
import { type TaskRow, toTask } from './rows.ts';

type Ports = { readonly sql: Sql; readonly enqueue: Enqueue };

/** Clicks by which a member asks for a task's outcome. */
export function presses({ sql, enqueue }: Ports) {
  /**
   * Stores the fresh token of a click on the task's own reply, with what Discord says of that message, and has the reply
   * looked at. `isAsked`: by its owner, so that what was given up on is tried again. Null: shown already, or canceled.
   */
  async function takePress(taskId: string, click: Reply, isAsked: boolean): Promise<Task | null> {
    return sql.begin(async (tx) => {
      const [row] = await tx<TaskRow[]>`
        with pressed as (
          select id, delivery = 'undeliverable' and ${isAsked} as is_again,
            message_id = ${click.messageId} and (token is null or token_expires_at < ${click.tokenExpiresAt}) as is_own
          from tasks where id = ${taskId} for update
        )
        update tasks t set
          token = case when is_own then ${click.token} else t.token end,
          token_expires_at = case when is_own then ${click.tokenExpiresAt} else t.token_expires_at end,
          size_limit = case when is_own then ${click.sizeLimit} else t.size_limit end,
          is_private = case when is_own then ${click.isPrivate} else t.is_private end,
          show_at = case when is_own then ${click.tokenExpiresAt}::timestamptz - ${limits.lateMs} * interval '1 ms'
            else t.show_at end,
          delivery = case when is_again then 'pending' else t.delivery end,
          -- From the first rung again, unless a post may have landed that has to be looked for.
          rung = case when is_again and t.rung_at is null then null else t.rung end,
          pending_at = case when is_again then now() else t.pending_at end,
          wake_at = case when is_again then now() + interval '5 seconds' else t.wake_at end
        from pressed
        where t.id = pressed.id and t.status <> 'canceled' and (t.delivery <> 'delivered' or t.status = 'uncertain')
        returning t.*, now() as now`;
      if (row === undefined) return null;
      await enqueue(tx, [{ queue: 'deliver', taskId }]);
      return toTask(row);
    });
  }

  /** The origin of what *Again* on this task made for the member within `ms` of that moment, the first if there are several. */
  async function againNear(taskId: string, userId: string, at: Date, ms: number): Promise<string | null> {
    const [row] = await sql<{ origin: string }[]>`
      select origin from tasks
      where user_id = ${userId} and starts_with(origin, ${`again:${taskId}:`})
        and accepted_at between ${at}::timestamptz - ${ms} * interval '1 ms' and ${at}::timestamptz + ${ms} * interval '1 ms'
      order by accepted_at limit 1`;
    return row?.origin ?? null;
  }

  return { takePress, againNear };
}
