import { notice } from '#src/domain/progress.ts';
import type { Rung, Task } from '#src/domain/task.ts';
import type { Sql } from './database.ts';

/** Where a delivery stands. */
export function posts({ sql }: { readonly sql: Sql }) {
  /** Stores the rung and the time before a post that a crash could repeat. */
  async function beginPost(taskId: string, rung: Rung): Promise<void> {
    await sql`update tasks set rung = ${rung}, rung_at = now() where id = ${taskId} and delivery = 'pending'`;
  }

  /** The post begun last cannot have landed. */
  async function forgetPost(taskId: string): Promise<void> {
    await sql`update tasks set rung_at = null where id = ${taskId} and delivery = 'pending'`;
  }

  /**
   * pending → delivered; the token goes, as it is of no more use, and so does a kept video. A post in the channel or its
   * parent is from now on the message that a late video turns into; a DM is not, as it lies elsewhere.
   */
  async function markDelivered(taskId: string, rung: Rung, messageId: string | null): Promise<void> {
    await sql`
      with delivered as (
        update tasks set delivery = 'delivered', rung = ${rung}, rung_at = now(), delivered_at = now(), wake_at = null,
          message_id = coalesce(${rung === 'dm' ? null : messageId}, message_id),
          channel_id = case when ${rung === 'parent'} then parent_id else channel_id end,
          parent_id = case when ${rung === 'parent'} then null else parent_id end,
          token = case when status = 'uncertain' then token end,
          shown = case when status = 'uncertain' then ${notice} end, show_at = null, edit_at = null, kept_bytes = null, kept_at = null
        where id = ${taskId} and delivery = 'pending'
        returning id
      )
      delete from kept_chunks where task_id in (select id from delivered)`;
  }

  /**
   * pending → undeliverable, and the reply has a last look if its token lives. False: a fresh token came meanwhile, or
   * the task moved; nothing is given up then.
   */
  async function markUndeliverable({ id, reply }: Task): Promise<boolean> {
    const [given] = await sql`
      update tasks set delivery = 'undeliverable', wake_at = null, show_at = case when token is not null then now() end
      where id = ${id} and delivery = 'pending' and token is not distinct from ${reply.token}
      returning id`;
    return given !== undefined;
  }

  /** pending → undeliverable for a success without a video, which the member was told of. */
  async function markNoVideo(taskId: string): Promise<void> {
    await sql`
      update tasks set delivery = 'undeliverable', wake_at = null, shown = ${notice}, show_at = null, edit_at = null,
        token = null
      where id = ${taskId} and delivery = 'pending'`;
  }

  /** The token no longer works: nobody calls it again. A fresh one that came meanwhile stays. */
  async function dropToken({ id, reply }: Task): Promise<void> {
    await sql`update tasks set token = null, show_at = null where id = ${id} and token = ${reply.token}`;
  }

  /** The reply was deleted: there is nothing left to edit, by token or by channel. */
  async function dropMessage({ id, reply }: Task): Promise<void> {
    await sql`
      update tasks set message_id = null, token = null, show_at = null
      where id = ${id} and message_id = ${reply.messageId} and token is not distinct from ${reply.token}`;
  }

  /** Stores, before it is sent, that the ping is: killed here, it is missing. */
  async function beginPing(taskId: string): Promise<boolean> {
    const [begun] = await sql`
      update tasks set pinged_at = now() where id = ${taskId} and delivery = 'delivered' and pinged_at is null
      returning id`;
    return begun !== undefined;
  }

  /** Fresh result links, re-read at the provider. */
  async function saveUrls(taskId: string, urls: readonly string[]): Promise<void> {
    await sql`update tasks set result_urls = ${sql.json([...urls])} where id = ${taskId}`;
  }

  /** Tries again later; counts the try. */
  async function deliverLater(taskId: string, afterMs: number): Promise<void> {
    await sql`
      update tasks set wake_at = now() + ${afterMs} * interval '1 ms', attempt = attempt + 1
      where id = ${taskId} and delivery = 'pending'`;
  }

  return {
    beginPost,
    forgetPost,
    markDelivered,
    markUndeliverable,
    markNoVideo,
    dropToken,
    dropMessage,
    beginPing,
    saveUrls,
    deliverLater,
  };
}
