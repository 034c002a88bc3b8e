import type { Reply, Task } from '#src/domain/task.ts';
import type { Click, OwnTask } from './own-task.ts';

/** `tooLate`: the provider has it, or it has ended. */
export type Canceled =
  | { readonly refused: 'unknown' | 'stranger' }
  | { readonly canceled: Task }
  | { readonly tooLate: Task };

type Ports = {
  ownTask(userId: string, taskId: string): Promise<OwnTask>;
  /** Lends the click's fresh token to the reply. */
  takePress(taskId: string, click: Reply, isAsked: boolean): Promise<Task | null>;
  /** accepted → canceled, released, and the job that says so. False: it had moved. */
  cancelWaiting(taskId: string): Promise<boolean>;
};

/** Takes a task out of the line, as long as nothing was sent for it. */
export function makeCancel({ ownTask, takePress, cancelWaiting }: Ports) {
  return async function cancel({ userId, taskId, reply }: Click): Promise<Canceled> {
    const found = await ownTask(userId, taskId);
    if ('refused' in found) return found;
    const { task } = found;
    if (task.status !== 'accepted') return { tooLate: task };
    await takePress(taskId, reply, false);
    return (await cancelWaiting(taskId)) ? { canceled: task } : { tooLate: task };
  };
}
