import { openRungs, sizeLimit } from '#src/domain/delivery.ts';
import type { Log } from '#src/domain/log.ts';
import { backoff, limits, since } from '#src/domain/schedule.ts';
import type { Rung, Task } from '#src/domain/task.ts';
import type { VideoFile } from './video.ts';

/** What to show. Without `file` a finished task is shown by its link, any other by its notice. */
export type Show = { readonly file: VideoFile | null; readonly withPrompt: boolean; readonly creditsLeft: number };

/**
 * How a post ended. `closed`: never on this rung. `message-gone`: nothing left to edit. `later`: a fault that passes, in
 * milliseconds from now; `isUnsent` if no message can have come of it.
 */
export type Posted =
  | { readonly posted: { readonly messageId: string | null } }
  | { readonly refused: 'closed' | 'token-dead' | 'message-gone' | 'too-large' | 'blocked' }
  | { readonly later: number; readonly isUnsent?: boolean };

type Ports = {
  readonly log: Log;
  find(taskId: string): Promise<Task | null>;
  creditsLeft(task: Task): Promise<number>;
  post(task: Task, rung: Rung, show: Show): Promise<Posted>;
  /** An own earlier post of this task on this rung, if there is one. */
  findPost(task: Task, rung: Rung): Promise<{ readonly messageId: string } | 'none' | 'unknown'>;
  openVideo(task: Task, limit: number): Promise<VideoFile | 'too-large' | 'unreadable'>;
  beginPost(taskId: string, rung: Rung): Promise<void>;
  /** The post just begun cannot have landed: nothing needs to be looked for. */
  forgetPost(taskId: string): Promise<void>;
  markDelivered(taskId: string, rung: Rung, messageId: string | null): Promise<void>;
  markUndeliverable(taskId: string): Promise<void>;
  dropToken(taskId: string): Promise<void>;
  dropMessage(taskId: string): Promise<void>;
  deliverLater(taskId: string, afterMs: number): Promise<void>;
};

/** Shows a task's outcome to its member, on the best rung that takes it. Repeatable at any point. */
export function makeDeliver(ports: Ports) {
  const { log } = ports;

  return async function deliver(taskId: string): Promise<void> {
    const task = await ports.find(taskId);
    if (task?.delivery !== 'pending') return;
    const creditsLeft = await ports.creditsLeft(task);

    let isMessageGone = false;
    for (const rung of openRungs(task.reply, task.now, task.rung)) {
      if (rung === 'message' && isMessageGone) continue;
      const outcome = await climb(task, rung, creditsLeft);
      if ('posted' in outcome) return delivered(task, rung, outcome.posted.messageId);
      if ('later' in outcome) return later(task, outcome.later);
      // What is dead is not called again, by the next try either (discord.md §5).
      if (outcome.refused === 'token-dead') await ports.dropToken(task.id);
      if (outcome.refused === 'message-gone') {
        isMessageGone = true;
        await ports.dropMessage(task.id);
      }
      log.info({ task: task.id, rung, why: outcome.refused }, 'rung closed');
    }
    log.error({ task: task.id }, 'undeliverable: no rung took it');
    await ports.markUndeliverable(task.id);
  };

  async function delivered(task: Task, rung: Rung, messageId: string | null): Promise<void> {
    const isVideoMissing = task.status === 'succeeded' && task.resultUrls.length === 0;
    if (isVideoMissing) await ports.markUndeliverable(task.id);
    else await ports.markDelivered(task.id, rung, messageId);
    log.info({ task: task.id, rung, status: task.status }, isVideoMissing ? 'told: no video' : 'delivered');
  }

  async function later(task: Task, afterMs: number): Promise<void> {
    if (pendingMs(task) > limits.deliverMs) {
      log.error({ task: task.id }, 'undeliverable: faults did not pass');
      return ports.markUndeliverable(task.id);
    }
    await ports.deliverLater(task.id, Math.max(afterMs, backoff(task.attempt, Math.random(), 1_000)));
  }

  /** One rung, with what it refuses taken out of the message step by step. */
  async function climb(task: Task, rung: Rung, creditsLeft: number): Promise<Posted> {
    const earlier = await seekEarlierPost(task, rung);
    if (earlier !== 'none') return earlier;

    const hasVideo = task.status === 'succeeded' && task.resultUrls.length > 0;
    const video = hasVideo ? await ports.openVideo(task, sizeLimit(task.reply, rung)) : null;
    if (video === 'unreadable' && isYoung(task)) return { later: 0 };
    const opened = typeof video === 'string' ? null : video;
    let file = opened;
    let withPrompt = true;
    try {
      for (;;) {
        if (makesMessage(rung)) await ports.beginPost(task.id, rung);
        const outcome = await ports.post(task, rung, { file, withPrompt, creditsLeft });
        if ('later' in outcome && outcome.isUnsent && makesMessage(rung)) await ports.forgetPost(task.id);
        const fault = file?.fault();
        if (fault === 'unreadable' && isYoung(task)) return { later: 0 };
        const refused = 'refused' in outcome ? outcome.refused : undefined;
        if (file !== null && (fault !== undefined || refused === 'too-large')) file = null;
        else if (withPrompt && refused === 'blocked') withPrompt = false;
        else if (refused === 'blocked' || refused === 'too-large') return { refused: 'closed' };
        else return outcome;
      }
    } finally {
      await opened?.close();
    }
  }

  /** A post on these rungs makes a new message, so one that a crash may have hidden is looked for first. */
  async function seekEarlierPost(task: Task, rung: Rung): Promise<Posted | 'none'> {
    if (task.rung !== rung || task.rungAt === null || !makesMessage(rung)) return 'none';
    const waited = since(task.rungAt, task.now);
    if (waited < limits.repostMs) return { later: limits.repostMs - waited };
    const found = await ports.findPost(task, rung);
    if (found === 'unknown') return { later: 15_000 };
    return found === 'none' ? 'none' : { posted: found };
  }
}

const makesMessage = (rung: Rung) => rung === 'channel' || rung === 'dm';

/** How long the outcome has been waiting to be shown, in milliseconds. */
function pendingMs(task: Task): number {
  return since(task.closedAt ?? task.uncertainAt ?? task.now, task.now);
}

/** While young, a video that cannot be had is waited for; after that its link is shown instead. */
function isYoung(task: Task): boolean {
  return pendingMs(task) < limits.fetchMs;
}
