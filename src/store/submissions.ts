import { adjustment } from '#src/domain/credits.ts';
import type { UploadedImage } from '#src/domain/images.ts';
import { limits } from '#src/domain/schedule.ts';
import type { Task } from '#src/domain/task.ts';
import type { Sql } from './database.ts';
import { heldBy, writeLines } from './ledger.ts';
import { type Enqueue, fillSlots, type Slots } from './line.ts';
import { sources, target } from './moves.ts';
import { type TaskRow, toTask } from './rows.ts';

type Ports = { readonly sql: Sql; readonly enqueue: Enqueue; readonly slots: Slots };

/** What happens to a task between its answer and the provider's id. */
export function submissions({ sql, enqueue, slots }: Ports) {
  async function find(taskId: string): Promise<Task | null> {
    const [row] = await sql<TaskRow[]>`select *, now() as now from tasks where id = ${taskId}`;
    return row === undefined ? null : toTask(row);
  }

  /** Puts the provider's URL in the place of Discord's, so that a crash later uploads only what is missing. */
  async function saveUpload(taskId: string, index: number, uploaded: UploadedImage): Promise<void> {
    await sql`
      update tasks set images = jsonb_set(images, array[${String(index)}::text],
        (images -> ${index}::int) - 'discordUrl' || jsonb_build_object('uploaded', ${sql.json(uploaded as never)}::jsonb))
      where id = ${taskId} and status = 'accepted'`;
  }

  /** Makes the task ready for the line: from here on the create is these bytes and no others. */
  async function freeze(taskId: string, body: string): Promise<void> {
    await sql`
      update tasks set body = ${body}, attempt = 0
      where id = ${taskId} and status = 'accepted' and body is null`;
  }

  /** Gives free slots away; returns the tasks that got one. */
  function fill(): Promise<readonly string[]> {
    return sql.begin((tx) => fillSlots(tx, slots, enqueue));
  }

  /** A ready task needs no wake of its own: whoever frees a slot, and the sweep, look after the line. */
  async function stopWaking(taskId: string): Promise<void> {
    await sql`update tasks set wake_at = null where id = ${taskId} and status = 'accepted' and body is not null`;
  }

  /** Wakes a task again later that could not move now; counts the try. */
  async function wakeLater(taskId: string, afterMs: number): Promise<void> {
    await sql`
      update tasks set wake_at = now() + ${afterMs} * interval '1 ms', attempt = attempt + 1
      where id = ${taskId} and status in ('accepted', 'submitting')`;
  }

  /**
   * Stores, before the send, that one is under way: after a crash it counts as one that may have been taken. Null while
   * the provider has asked everybody to wait, if the task moved, or if a send with another key may have been taken.
   */
  async function beginSend(taskId: string, leaseMs: number, keyName: string): Promise<Task | null> {
    const [row] = await sql<TaskRow[]>`
      update tasks set first_sent_at = coalesce(first_sent_at, now()), last_sent_at = now(),
        attempt = attempt + 1, unsure_sends = unsure_sends + 1, sent_with = ${keyName}, wake_at = now() + ${leaseMs} * interval '1 ms'
      where id = ${taskId} and status = 'submitting'
        and not exists (select from pacing where hold_off_until > now())
        and (unsure_sends = 0 or sent_with is null or sent_with = ${keyName})
      returning *, now() as now`;
    return row === undefined ? null : toTask(row);
  }

  /** What the provider called a request that it answered with a no. */
  async function noteRequest(taskId: string, requestId: string): Promise<void> {
    await sql`update tasks set request_id = ${requestId} where id = ${taskId}`;
  }

  /** The send was surely not taken: it no longer counts against giving up cleanly. */
  async function forgetSend(taskId: string): Promise<void> {
    await sql`update tasks set unsure_sends = unsure_sends - 1 where id = ${taskId} and unsure_sends > 0`;
  }

  /** submitting → rendering with the provider's id, its first poll, and the hold brought to the provider's price. */
  async function markRendering(
    taskId: string,
    providerId: string,
    reservedCredits: number | null,
    firstPollMs: number,
  ): Promise<boolean> {
    return sql.begin(async (tx) => {
      const [moved] = await tx<{ id: string }[]>`
        update tasks set status = ${target('render')}, provider_id = ${providerId}, rendering_at = now(), attempt = 0,
          reserved_credits = ${reservedCredits}, held_credits = coalesce(${reservedCredits}, held_credits),
          wake_at = null, next_poll_at = now() + ${firstPollMs} * interval '1 ms',
          -- Where nothing may be said any more (null), that stays so.
          show_at = case when show_at is not null then
            least(show_at, greatest(now(), shown_at + ${limits.editsMs} * interval '1 ms')) end
        where id = ${taskId} and status = any(${sources('render')}::status[])
        returning id`;
      if (moved === undefined) return false;
      const held = await heldBy(tx, taskId);
      // After an uncertain spell nothing is held any more, and nothing is taken again.
      if (reservedCredits !== null && held.some(({ amount }) => amount > 0)) {
        await writeLines(tx, taskId, adjustment(held, reservedCredits));
      }
      return true;
    });
  }

  /** Nobody calls the provider for this long. A longer wait that was asked for before stays. */
  async function holdOff(forMs: number): Promise<void> {
    await sql`
      insert into pacing (id, hold_off_until) values (1, now() + ${forMs} * interval '1 ms')
      on conflict (id) do update set hold_off_until = greatest(pacing.hold_off_until, excluded.hold_off_until)`;
  }

  /** For how long nobody calls the provider yet, in milliseconds. */
  async function heldOffMs(): Promise<number> {
    const [row] = await sql<{ ms: number }[]>`
      select ceil(extract(epoch from hold_off_until - now()) * 1000)::int as ms from pacing where hold_off_until > now()`;
    return row?.ms ?? 0;
  }

  return {
    find,
    saveUpload,
    freeze,
    fill,
    stopWaking,
    wakeLater,
    beginSend,
    forgetSend,
    noteRequest,
    markRendering,
    holdOff,
    heldOffMs,
  };
}
