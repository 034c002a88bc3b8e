import { isErased } from '#src/domain/history.ts';
import type { Reply, Task } from '#src/domain/task.ts';
import type { Click, OwnTask } from './own-task.ts';

/** `shown`: there is nothing left to do. `coming`: it is looked after; finished or not, the task says. */
export type Shown =
  | { readonly refused: 'unknown' | 'stranger' | 'not-asked' | 'erased' }
  | { readonly shown: Task }
  | { readonly coming: Task };

type Ports = {
  ownTask(userId: string, taskId: string): Promise<OwnTask>;
  find(taskId: string): Promise<Task | null>;
  /** Stores the click and wakes the task's reply. Null: shown already, or canceled. */
  takePress(taskId: string, click: Reply, isAsked: boolean): Promise<Task | null>;
};

/**
 * Has a task's outcome shown where it was asked for. Only its owner may ask for what was given up on: a DM to somebody
 * who did not ask would be unwanted. Any click by owner or operator lends its fresh token to the task's own reply.
 */
export function makeShowVideo({ ownTask, find, takePress }: Ports) {
  return async function showVideo({ userId, taskId, reply }: Click): Promise<Shown> {
    const found = await ownTask(userId, taskId);
    if ('refused' in found) return found;
    const { task } = found;
    if (task.status === 'canceled') return { refused: 'unknown' };
    if (isErased(task)) return { refused: 'erased' };
    const isOwner = task.userId === userId;
    if (!isOwner && task.delivery === 'undeliverable') return { refused: 'not-asked' };
    const taken = await takePress(taskId, reply, isOwner);
    return taken === null ? { shown: (await find(taskId)) ?? task } : { coming: taken };
  };
}
