import type { Log } from '#src/domain/log.ts';

type Ports = {
  readonly log: Log;
  claimDeletions(count: number): Promise<readonly { readonly userId: string }[]>;
  waitingTasks(userId: string): Promise<readonly string[]>;
  cancelWaiting(taskId: string): Promise<boolean>;
  eraseEnded(userId: string): Promise<void>;
  eraseMember(userId: string): Promise<boolean>;
  dropRemainders(): Promise<void>;
};

const atOnce = 20;

/**
 * One beat of the deletions that members asked for: what waits is canceled, what has ended is erased, and once nothing is
 * open any more, so is the member. Each step may be repeated, and the row that asks for it goes with the last one.
 */
export function makeTendDeletions(ports: Ports) {
  return async function tendDeletions(): Promise<{ again: boolean }> {
    const due = await ports.claimDeletions(atOnce);
    for (const { userId } of due) {
      for (const taskId of await ports.waitingTasks(userId)) await ports.cancelWaiting(taskId);
      await ports.eraseEnded(userId);
      if (await ports.eraseMember(userId)) ports.log.info({}, 'a member has been forgotten');
    }
    await ports.dropRemainders();
    return { again: due.length === atOnce };
  };
}
