import type { Sql } from './database.ts';

type Kept = { readonly length: number; readonly bytes: AsyncIterable<Uint8Array> };

/** Videos that no rung took, kept for their members (design: deliver). Whole only where the task says their size. */
export function kept({ sql }: { readonly sql: Sql }) {
  async function dropPieces(taskId: string): Promise<void> {
    await sql`delete from kept_chunks where task_id = ${taskId}`;
  }

  async function savePiece(taskId: string, part: number, bytes: Uint8Array): Promise<void> {
    await sql`insert into kept_chunks (task_id, part, bytes) values (${taskId}, ${part}, ${Buffer.from(bytes)})`;
  }

  /** All pieces are there: from now on this is the video's copy. */
  async function markKept(taskId: string, size: number): Promise<void> {
    await sql`
      update tasks set kept_bytes = ${size}, kept_at = now() where id = ${taskId} and delivery = 'pending'`;
  }

  /** Read piece by piece; should they be dropped meanwhile, it ends early. Null: none is kept. */
  async function openKept(taskId: string): Promise<Kept | null> {
    const [task] = await sql<{ keptBytes: number | null }[]>`select kept_bytes from tasks where id = ${taskId}`;
    const length = task?.keptBytes ?? null;
    return length === null ? null : { length, bytes: pieces(taskId) };
  }

  async function* pieces(taskId: string): AsyncIterable<Uint8Array> {
    for (let part = 0; ; part += 1) {
      const [piece] = await sql<{ bytes: Uint8Array }[]>`
        select bytes from kept_chunks where task_id = ${taskId} and part = ${part}`;
      if (piece === undefined) return;
      yield piece.bytes;
    }
  }

  return { dropPieces, savePiece, markKept, openKept };
}
