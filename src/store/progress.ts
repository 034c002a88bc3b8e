import { limits } from '#src/domain/schedule.ts';
import type { Task } from '#src/domain/task.ts';
import type { Sql } from './database.ts';

/** What a reply says until it shows the outcome. */
export function progress({ sql }: { readonly sql: Sql }) {
  /** Stores, before the edit, that one is under way: killed here, the reply is looked at again after it. */
  async function beginEdit({ id, delivery, reply }: Task): Promise<boolean> {
    const [begun] = await sql`
      update tasks set shown = null, edit_at = now(), show_at = now() + ${limits.editMs} * interval '1 ms'
      where id = ${id} and delivery = ${delivery} and token = ${reply.token}
      returning id`;
    return begun !== undefined;
  }

  /** What the reply says now, and when to look again; a fresh token that came meanwhile has its own time. */
  async function markShown({ id, reply }: Task, shown: string | null, showAt: Date | null): Promise<void> {
    await sql`
      update tasks set shown = ${shown}, edit_at = null,
        show_at = case when token is not distinct from ${reply.token} then ${showAt} else show_at end
      where id = ${id} and delivery <> 'delivered'`;
  }

  return { beginEdit, markShown };
}
