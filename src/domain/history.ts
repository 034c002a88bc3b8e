import type { Task } from './task.ts';

/** Tasks on one page of a member's history. */
export const pageSize = 5;

/** Which page: the newest, or one that begins with, follows or precedes a task of the member's. */
export type Cursor = { readonly way: 'newest' } | { readonly way: 'from' | 'older' | 'newer'; readonly taskId: string };

/** Newest first. */
export type Page = { readonly tasks: readonly Task[]; readonly hasNewer: boolean; readonly hasOlder: boolean };

/** Whether what it was asked with, and what came of it, was removed: no request is without a prompt. */
export function isErased({ prompt }: Task): boolean {
  return prompt === '';
}

/** Whether there is a video that can be shown once more. On its way, it is about to be shown anyway. */
export function canBeShown({ status, delivery, resultUrls, keptBytes }: Task): boolean {
  return status === 'succeeded' && delivery !== 'pending' && (resultUrls.length > 0 || keptBytes !== null);
}
