import { limits } from '#src/domain/schedule.ts';
import type { Job } from '#src/domain/task.ts';
import type { Sql } from './database.ts';
import { type Enqueue, fillSlots, type Slots } from './line.ts';

type Ports = { readonly sql: Sql; readonly enqueue: Enqueue; readonly slots: Slots };

/** What the sweep does besides polling: it wakes whatever row should have moved and has not. */
export function wakes({ sql, enqueue, slots }: Ports) {
  /** Enqueues the job of each row whose time has come; the time moves on, so that a lost job is made again. */
  async function wakeDue(count: number): Promise<number> {
    return sql.begin(async (tx) => {
      const rows = await tx<{ id: string; delivery: string }[]>`
        with due as materialized (
          select id from tasks where wake_at <= now() order by wake_at limit ${count} for update skip locked
        )
        update tasks t set wake_at = now() + interval '5 seconds'
        from due where t.id = due.id
        returning t.id, t.delivery`;
      const jobs = rows.map(({ id, delivery }): Job => {
        return { queue: delivery === 'pending' ? 'deliver' : 'submit', taskId: id };
      });
      await enqueue(tx, jobs);
      return jobs.length;
    });
  }

  /** Makes a task due at once whose job is interrupted. */
  async function wakeNow(taskId: string): Promise<void> {
    await sql`
      update tasks set wake_at = now()
      where id = ${taskId} and (status in ('accepted', 'submitting') or delivery = 'pending')`;
  }

  /** Wakes the reply of each task that has something new to say; the time moves on, so that a lost job is made again. */
  async function showDue(count: number): Promise<number> {
    return sql.begin(async (tx) => {
      const rows = await tx<{ id: string }[]>`
        with due as materialized (
          select id from tasks where show_at <= now() order by show_at limit ${count} for update skip locked
        )
        update tasks t set show_at = now() + ${limits.editMs} * interval '1 ms'
        from due where t.id = due.id
        returning t.id`;
      await enqueue(
        tx,
        rows.map(({ id }) => ({ queue: 'deliver', taskId: id })),
      );
      return rows.length;
    });
  }

  /** A slot may have become free without a move of ours (limits raised, a crash): the line is looked at. */
  function fillLine(): Promise<readonly string[]> {
    return sql.begin((tx) => fillSlots(tx, slots, enqueue));
  }

  /** Tokens are secrets: none is kept past its use. */
  async function dropDeadTokens(): Promise<void> {
    await sql`update tasks set token = null where token is not null and token_expires_at < now()`;
  }

  return { wakeDue, wakeNow, showDue, fillLine, dropDeadTokens };
}
