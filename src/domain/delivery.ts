import { limits, since } from './schedule.ts';
import { type Reply, type Rung, rungs } from './task.ts';

/** Bot-token posts never carry more than this, whatever the interaction allowed (discord.md §4, default since 2026-09-03). */
export const botSizeLimit = 20 * 2 ** 20;

/**
 * The rungs open to this reply now, best first. A private one is never shown in a channel. Where `begun` posts with the
 * bot's token, those before it have refused already and are not called again.
 */
export function openRungs(reply: Reply, now: Date, begun: Rung | null = null): Rung[] {
  const open: Rung[] = [];
  if (reply.token !== null && since(now, reply.tokenExpiresAt) > limits.tokenMarginMs) open.push('reply');
  if (comesHere(reply)) {
    if (reply.messageId !== null) open.push('message');
    open.push('channel');
    if (reply.parentId !== null) open.push('parent');
  }
  open.push('dm');
  const refused = begun !== null && makesMessage(begun) ? rungs.indexOf(begun) : 0;
  return open.filter((rung) => rung === 'reply' || rungs.indexOf(rung) >= refused);
}

/** Whether the bot's own token may show an outcome where the reply is; else only the reply's token or a DM may. */
export function comesHere({ hasBot, isPrivate, context }: Reply): boolean {
  // In a bot DM the channel is the member's own: a post there is as private as the reply.
  return hasBot && !isPrivate && context !== 'private-channel';
}

/** A post on these rungs is a message of its own; on the others it is an edit, which repeats harmlessly. */
export function makesMessage(rung: Rung): boolean {
  return rung === 'channel' || rung === 'parent' || rung === 'dm';
}

/** Bytes that a file may have on a rung. */
export function sizeLimit(reply: Reply, rung: Rung): number {
  return rung === 'reply' ? reply.sizeLimit : Math.min(reply.sizeLimit, botSizeLimit);
}

/** A nonce of at most 25 characters (discord.md §1) made of the task's id: its 16 bytes in base64url, 22 characters. */
export function nonceOf(taskId: string): string {
  return Buffer.from(taskId.replaceAll('-', ''), 'hex').toString('base64url');
}

/** The video's file name: clean, and the mark by which an own earlier post is found again. */
export function fileName(taskId: string): string {
  return `kling-${taskId.slice(0, 8)}.mp4`;
}
