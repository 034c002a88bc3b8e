import type { Rung } from '#src/domain/task.ts';
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

  /** pending → delivered; the token goes, as it is of no more use. */
  async function markDelivered(taskId: string, rung: Rung, messageId: string | null): Promise<void> {
    await sql`
      update tasks set delivery = 'delivered', rung = ${rung}, rung_at = now(), delivered_at = now(), wake_at = null,
        message_id = coalesce(${rung === 'dm' ? null : messageId}, message_id),
        token = case when status = 'uncertain' then token end
      where id = ${taskId} and delivery = 'pending'`;
  }

  async function markUndeliverable(taskId: string): Promise<void> {
    await sql`
      update tasks set delivery = 'undeliverable', wake_at = null, token = null
      where id = ${taskId} and delivery = 'pending'`;
  }

  /** The token no longer works: nobody calls it again. */
  async function dropToken(taskId: string): Promise<void> {
    await sql`update tasks set token = null where id = ${taskId}`;
  }

  /** The reply was deleted: there is nothing left to edit, by token or by channel. */
  async function dropMessage(taskId: string): Promise<void> {
    await sql`update tasks set message_id = null, token = null where id = ${taskId}`;
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

  return { beginPost, forgetPost, markDelivered, markUndeliverable, dropToken, dropMessage, saveUrls, deliverLater };
}
