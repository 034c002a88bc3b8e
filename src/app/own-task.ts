import { isGone } from '#src/domain/member.ts';
import type { Reply, Task } from '#src/domain/task.ts';
import { isUuid } from '#src/domain/uuid.ts';

/** A click on a task's message: who, for which task, and that message with its fresh token. */
export type Click = { readonly userId: string; readonly taskId: string; readonly reply: Reply };

/** One that does something: known by its interaction. */
export type ActingClick = Click & { readonly source: string };

export type OwnTask = { readonly task: Task } | { readonly refused: 'unknown' | 'stranger' };

type Ports = { readonly operatorIds: readonly string[]; find(taskId: string): Promise<Task | null> };

/** Whether a text can be a task's id at all. */
export const isTaskId = isUuid;

/** The task that an id on a message names: looked up, never trusted, and for its owner and the operators alone. */
export function makeOwnTask({ operatorIds, find }: Ports) {
  return async function ownTask(userId: string, taskId: string): Promise<OwnTask> {
    const task = isTaskId(taskId) ? await find(taskId) : null;
    if (task === null || isGone(task.userId)) return { refused: 'unknown' };
    return task.userId === userId || operatorIds.includes(userId) ? { task } : { refused: 'stranger' };
  };
}
