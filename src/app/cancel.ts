import { type Act, actOn } from '#src/domain/acts.ts';
import type { Reply, Task } from '#src/domain/task.ts';
import type { ActingClick, OwnTask } from './own-task.ts';

/** `tooLate`: the provider has it, or it has ended. */
export type Canceled =
  | { readonly refused: 'unknown' | 'stranger' }
  | { readonly canceled: Task }
  | { readonly tooLate: Task };

type Ports = {
  ownTask(userId: string, taskId: string): Promise<OwnTask>;
  /** Lends the click's fresh token to the reply. */
  takePress(taskId: string, click: Reply, isAsked: boolean): Promise<Task | null>;
  /** accepted → canceled, released, the job that says so, and the line of whose act it is. False: it had moved. */
  cancelWaiting(taskId: string, line: Act | null): Promise<boolean>;
};

/** Takes a task out of the line, as long as nothing was sent for it. */
export function makeCancel({ ownTask, takePress, cancelWaiting }: Ports) {
  return async function cancel({ userId, taskId, reply, source }: ActingClick): Promise<Canceled> {
    const found = await ownTask(userId, taskId);
    if ('refused' in found) return found;
    const { task } = found;
    if (task.status !== 'accepted') return { tooLate: task };
    await takePress(taskId, reply, false);
    const line = actOn(task, 'cancel', { source, userId });
    return (await cancelWaiting(taskId, line)) ? { canceled: task } : { tooLate: task };
  };
}
