import { comesHere } from './delivery.ts';
import { limits, since } from './schedule.ts';
import type { Task } from './task.ts';

/**
 * What a reply says while it does not show the outcome. `key` names the very text: with the same key nothing is sent
 * again. `late`: it takes longer, and where the video will come. `undelivered`: no rung took it.
 */
export type View =
  | { readonly key: 'accepted' }
  | { readonly key: 'late-here' | 'late-dm'; readonly late: 'here' | 'dm' }
  | { readonly key: 'undelivered' };

/** `shown` of a reply that says how the task went so far, a video being still possible. */
export const notice = 'notice';

/** What the reply should say now. Null: what it says may stay, or nothing can be said. */
export function viewOf(task: Task): View | null {
  if (!isOpen(task)) return null;
  if (task.delivery === 'undeliverable') return task.shown === notice ? null : { key: 'undelivered' };
  // A fresh token takes no button away: the message may outlive that one too.
  if (isLate(task) || task.shown?.startsWith('late-')) {
    return comesHere(task.reply) ? { key: 'late-here', late: 'here' } : { key: 'late-dm', late: 'dm' };
  }
  // The outcome is about to be shown, so that it need not say anything else; but a "thinking…" must not stay.
  if (task.delivery === 'pending' && task.shown !== null) return null;
  return { key: 'accepted' };
}

/** When the reply is to be looked at next; null: not before something happens. */
export function nextLook(task: Task): Date | null {
  return isOpen(task) && task.delivery !== 'undeliverable' && !isLate(task) ? lateAt(task) : null;
}

/** The outcome is still to come, the reply stands, and there is a token to edit it with. */
function isOpen({ answeredAt, status, delivery, reply, now }: Task): boolean {
  const isWaiting = answeredAt !== null && status !== 'canceled' && delivery !== 'delivered';
  return isWaiting && reply.token !== null && since(now, reply.tokenExpiresAt) > 0;
}

/** For how long, in milliseconds, an edit of progress may still land and cover what is sent now. */
export function editUnderWayMs({ editAt, now }: Task): number {
  return editAt === null ? 0 : Math.max(0, limits.editMs - since(editAt, now));
}

function lateAt({ reply }: Task): Date {
  return new Date(reply.tokenExpiresAt.getTime() - limits.lateMs);
}

function isLate(task: Task): boolean {
  return since(lateAt(task), task.now) >= 0;
}
