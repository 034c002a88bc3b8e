import type { Act, AttachRefusal } from '#src/domain/acts.ts';
import { goneMark } from '#src/domain/member.ts';
import { type Acted, act } from './acts.ts';
import type { Sql, Tx } from './database.ts';

type Attached = { readonly providerId: string };
type Found = { readonly id: string; readonly status: string; readonly providerId: string | null };

/** Renders that operators found by hand. */
export function attachments({ sql }: { readonly sql: Sql }) {
  /**
   * Gives an uncertain task its render, and has it looked up at once. Credits stay as they are: they were given back, and
   * what the provider charged is written off when it succeeds.
   */
  function attach(line: Act, taskId: string, providerId: string): Promise<Acted<Attached | AttachRefusal>> {
    return act(sql, line, async (tx): Promise<Attached | AttachRefusal> => {
      const refusal = await refusalOf(tx, taskId, providerId);
      if (refusal !== null) return refusal;
      await tx`update tasks set provider_id = ${providerId}, next_poll_at = now() where id = ${taskId}`;
      return { providerId };
    });
  }

  return { attach };
}

async function refusalOf(tx: Tx, taskId: string, providerId: string): Promise<AttachRefusal | null> {
  const found = await tx<Found[]>`
    select id, status, provider_id from tasks 
    where (id = ${taskId} and not starts_with(user_id, ${goneMark})) or provider_id = ${providerId} order by id for update`;
  const task = found.find(({ id }) => id === taskId);
  if (task === undefined) return { refused: 'task-unknown' };
  if (task.status !== 'uncertain') return { refused: 'not-uncertain', status: task.status as never };
  if (found.some(({ id }) => id !== taskId)) return { refused: 'taken' };
  return task.providerId === null || task.providerId === providerId ? null : { refused: 'other' };
}
