import { releaseAll } from '#src/domain/credits.ts';
import { limits } from '#src/domain/schedule.ts';
import type { Job } from '#src/domain/task.ts';
import type { Sql } from './database.ts';
import { heldBy, writeLines } from './ledger.ts';
import { countFree, type Enqueue, giveSlots, lockSlots, type Slots } from './line.ts';
import { closedImages } from './moves.ts';

export type Answer = {
  readonly taskId: string;
  readonly messageId: string | null;
  readonly isPrivate: boolean;
  /** Key of what the answer says; null: not known, so that it is said again. */
  readonly shown: string | null;
};

/** After an answer a task moves by its job; should that be lost, the sweep wakes it again after this. */
const wakeAgain = '30 seconds';

type Ports = { readonly sql: Sql; readonly enqueue: Enqueue; readonly slots: Slots };

export function answers({ sql, enqueue, slots }: Ports) {
  /**
   * Stores that tasks were answered. Those that are ready join the line, and free slots are given away at once; the
   * others are woken for what they lack. A task answered before keeps its first answer.
   */
  async function markAnswered(list: readonly Answer[]): Promise<readonly boolean[]> {
    return sql.begin(async (tx) => {
      // Need not wait for the disk: any send is stored by a later commit that does, and an answer that a crash of the
      // database forgets is looked up at Discord again.
      // All sent together, since the answers of a rush wait for each other here.
      const [, , marked, [house]] = await Promise.all([
        tx`set local synchronous_commit = off`,
        lockSlots(tx),
        tx<{ id: string; isReady: boolean }[]>`
        update tasks t set answered_at = now(), message_id = a."messageId", is_private = a."isPrivate",
          shown = a.shown, shown_at = case when a.shown is not null then now() end,
          show_at = case when a.shown is null then now() else least(now() + ${limits.editsMs} * interval '1 ms',
            t.token_expires_at - ${limits.lateMs} * interval '1 ms') end,
          wake_at = case when t.body is null then now() + ${wakeAgain}::interval end
        from jsonb_to_recordset(${tx.json(list as never)}) 
          as a ("taskId" uuid, "messageId" text, "isPrivate" boolean, shown text)
        where t.id = a."taskId" and t.status = 'accepted' and t.answered_at is null
        returning t.id, t.body is not null as is_ready`,
        countFree(tx, slots),
      ]);
      const ids = new Set(marked.map(({ id }) => id));
      await enqueue(tx, jobs(marked.filter(({ isReady }) => !isReady)));
      if (marked.some(({ isReady }) => isReady)) await giveSlots(tx, house?.free ?? 0, slots, enqueue);
      return list.map(({ taskId }) => ids.has(taskId));
    });
  }

  /**
   * Cancels a task without an answer, and gives its credits back. `mayBeSeen`: the answer may stand all the same, so its
   * member is told. False: it had been answered or moved.
   */
  async function cancelUnanswered(taskId: string, mayBeSeen = false): Promise<boolean> {
    return sql.begin(async (tx) => {
      const [canceled] = await tx`
        update tasks set status = 'canceled', closed_at = now(), show_at = null, token = null,
          images = ${closedImages(tx)},
          delivery = case when ${mayBeSeen} then 'pending' else delivery end, pending_at = now(),
          error_code = case when ${mayBeSeen} then 'unanswered' end,
          wake_at = case when ${mayBeSeen} then now() + interval '5 seconds' end
        where id = ${taskId} and status = 'accepted' and answered_at is null
        returning id`;
      if (canceled === undefined) return false;
      if (mayBeSeen) await enqueue(tx, [{ queue: 'deliver', taskId }]);
      await writeLines(tx, taskId, releaseAll(await heldBy(tx, taskId)));
      return true;
    });
  }

  return { markAnswered, cancelUnanswered };
}

function jobs(tasks: readonly { readonly id: string }[]): Job[] {
  return tasks.map(({ id }) => ({ queue: 'submit', taskId: id }));
}
