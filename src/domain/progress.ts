import { comesHere } from './delivery.ts';
import { limits, since } from './schedule.ts';
import type { Task } from './task.ts';

/** What a task's row does not say: its place in line (rounded, from 1), and what renders like it usually take. */
export type Situation = { readonly place: number | null; readonly usualMs: number | null };

/**
 * What a reply says while it does not show the outcome. `key` names the very text: with the same key nothing is sent
 * again. `late`: it takes longer, and where the video will come. `undelivered`: no rung took it.
 */
export type View =
  | { readonly key: 'accepted' }
  | { readonly key: `line-${number}`; readonly place: number }
  | { readonly key: `rendering-${Quarters | 'unknown'}`; readonly rendering: Rendering }
  | { readonly key: 'late-here' | 'late-dm'; readonly late: 'here' | 'dm' }
  | { readonly key: 'undelivered' };

/** How many quarters of the usual time are over; 4: it takes longer. */
export type Quarters = 0 | 1 | 2 | 3 | 4;
/** `expectedAt` null: there are too few renders like it to tell. */
export type Rendering = { readonly since: Date; readonly expectedAt: Date | null; readonly quarters: Quarters };

/** Places further back are rounded up. */
export const exactPlaces = 5;

/** `shown` of a reply that says how the task went so far, a video being still possible. */
export const notice = 'notice';

/** What the reply should say now. Null: what it says may stay, or nothing can be said. */
export function viewOf(task: Task, situation: Situation): View | null {
  if (!isOpen(task)) return null;
  if (task.delivery === 'undeliverable') return task.shown === notice ? null : { key: 'undelivered' };
  // A fresh token takes no button away: the message may outlive that one too.
  if (isLate(task) || task.shown?.startsWith('late-')) {
    return comesHere(task.reply) ? { key: 'late-here', late: 'here' } : { key: 'late-dm', late: 'dm' };
  }
  // The outcome is about to be shown, so that it need not say anything else; but a "thinking…" must not stay.
  if (task.delivery === 'pending' && task.shown !== null) return null;
  const { place } = situation;
  if (task.status === 'accepted' && place !== null) return { key: `line-${place}`, place };
  const rendering = renderingOf(task, situation);
  if (rendering === null || task.delivery === 'pending') return { key: 'accepted' };
  return { key: `rendering-${rendering.expectedAt === null ? 'unknown' : rendering.quarters}`, rendering };
}

function renderingOf({ status, renderingAt, now }: Task, { usualMs }: Situation): Rendering | null {
  if (status !== 'rendering' || renderingAt === null) return null;
  if (usualMs === null) return { since: renderingAt, expectedAt: null, quarters: 0 };
  const quarters = Math.min(4, Math.floor((4 * since(renderingAt, now)) / usualMs)) as Quarters;
  return { since: renderingAt, expectedAt: new Date(renderingAt.getTime() + usualMs), quarters };
}

/**
 * When the reply is to be looked at next; null: not before something happens. At each quarter of the usual time, never
 * twice within `limits.editsMs`, and last when it is late.
 */
export function nextLook(task: Task, situation: Situation): Date | null {
  if (!isOpen(task) || task.delivery === 'undeliverable' || isLate(task)) return null;
  const quarter = task.delivery === 'pending' ? null : nextQuarter(task, situation);
  const next = quarter === null ? lateAt(task) : new Date(Math.max(quarter.getTime(), soonest(task)));
  return next < lateAt(task) ? next : lateAt(task);
}

function nextQuarter(task: Task, situation: Situation): Date | null {
  const rendering = renderingOf(task, situation);
  if (rendering?.expectedAt === null || rendering === null || rendering.quarters === 4) return null;
  const { since: from, expectedAt, quarters } = rendering;
  return new Date(from.getTime() + ((quarters + 1) / 4) * (expectedAt.getTime() - from.getTime()));
}

/** The first moment, in milliseconds since the epoch, at which the reply may be edited again. */
export function soonest({ shownAt, now }: Task): number {
  return Math.max(now.getTime(), (shownAt?.getTime() ?? 0) + limits.editsMs);
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
