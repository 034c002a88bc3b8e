import { makesMessage, openRungs, sizeLimit } from '#src/domain/delivery.ts';
import type { Log } from '#src/domain/log.ts';
import type { MemberSettings } from '#src/domain/member.ts';
import { editUnderWayMs } from '#src/domain/progress.ts';
import { backoff, limits, since } from '#src/domain/schedule.ts';
import type { Rung, Task } from '#src/domain/task.ts';
import { isFile, type NoFile, type VideoFile } from './video.ts';

/** What to show. Without `file` a finished task is shown by its link, any other by its notice. */
export type Show = {
  readonly file: VideoFile | null;
  readonly withPrompt: boolean;
  readonly creditsLeft: number;
  /** A new message mentions the member. */
  readonly mentions: boolean;
};

/**
 * How a post ended. `closed`: never on this rung. `message-gone`: nothing left to edit. `later`: a fault that passes, in
 * milliseconds from now; `isUnsent` if no message can have come of it.
 */
export type Posted =
  | { readonly posted: { readonly messageId: string | null } }
  | { readonly refused: 'closed' | 'token-dead' | 'message-gone' | 'too-large' | 'blocked' }
  | { readonly later: number; readonly isUnsent?: boolean };

type Landed = { readonly rung: Rung; readonly posted: { readonly messageId: string | null } };
type Later = { readonly later: number };

type Ports = {
  readonly log: Log;
  find(taskId: string): Promise<Task | null>;
  creditsLeft(task: Task): Promise<number>;
  readSettings(userId: string): Promise<MemberSettings>;
  post(task: Task, rung: Rung, show: Show): Promise<Posted>;
  /** An own earlier post of this task on this rung, if there is one. */
  findPost(task: Task, rung: Rung): Promise<{ readonly messageId: string } | 'none' | 'unknown'>;
  /** `kept`: not by the provider's link, whose bytes proved bad. */
  openVideo(task: Task, limit: number, from?: 'kept'): Promise<VideoFile | NoFile>;
  /** Links of a success that came without any, should the provider have them by now. */
  findUrls(task: Task): Promise<readonly string[]>;
  /** Keeps a video that no rung took. `later`: it cannot be had now. */
  keepVideo(task: Task): Promise<'kept' | 'none' | 'later'>;
  showProgress(task: Task): Promise<void>;
  /** Tells the member that the outcome is there, if that goes unnoticed otherwise. */
  ping(task: Task, rung: Rung): Promise<void>;
  beginPost(taskId: string, rung: Rung): Promise<void>;
  /** The post just begun cannot have landed: nothing needs to be looked for. */
  forgetPost(taskId: string): Promise<void>;
  markDelivered(taskId: string, rung: Rung, messageId: string | null): Promise<void>;
  markUndeliverable(task: Task): Promise<boolean>;
  markNoVideo(taskId: string): Promise<void>;
  dropToken(task: Task): Promise<void>;
  dropMessage(task: Task): Promise<void>;
  deliverLater(taskId: string, afterMs: number): Promise<void>;
};

/**
 * All that becomes of a task's reply after the answer: it says where the task stands, and then its outcome is shown to
 * the member, on the best rung that takes it. Repeatable at any point.
 */
export function makeDeliver(ports: Ports) {
  const { log } = ports;

  return async function deliver(taskId: string): Promise<void> {
    let task = await ports.find(taskId);
    if (task !== null && task.delivery !== 'pending') {
      await ports.showProgress(task);
      // The outcome may have come meanwhile, without a job of its own, as this one is live.
      task = await ports.find(taskId);
    }
    if (task?.delivery !== 'pending' || (await present(task))) return;
    const open = await ports.find(taskId);
    if (open !== null) await ports.showProgress(open);
  };

  /** True once the outcome is shown. */
  async function present(found: Task): Promise<boolean> {
    const task = await withUrls(found);
    const coveredMs = editUnderWayMs(task);
    if (coveredMs > 0) {
      await ports.deliverLater(task.id, coveredMs);
      return false;
    }
    const earlier = await seekEarlierPost(task);
    if (earlier !== 'none') return settle(task, earlier);

    const creditsLeft = await ports.creditsLeft(task);
    let now = task;
    for (const rung of openRungs(task.reply, task.now, task.rung)) {
      if (rung === 'message' && now.reply.messageId === null) continue;
      const outcome = await climb(now, rung, creditsLeft);
      const isUnsent = 'refused' in outcome || ('later' in outcome && outcome.isUnsent);
      if (isUnsent && makesMessage(rung)) await ports.forgetPost(task.id);
      if (!('refused' in outcome)) return settle(now, { rung, ...outcome });
      now = await afterRefusal(now, outcome.refused);
      log.info({ task: task.id, rung, why: outcome.refused }, 'rung closed');
    }
    await giveUp(now, 'no rung took it');
    return false;
  }

  async function settle(task: Task, outcome: Landed | Later): Promise<boolean> {
    if ('posted' in outcome) await shown(task, outcome.rung, outcome.posted.messageId);
    else await later(task, outcome.later);
    return 'posted' in outcome;
  }

  /** What is dead is not called again, by the next try either (discord.md §5). */
  async function afterRefusal(task: Task, refused: string): Promise<Task> {
    if (refused === 'token-dead') {
      await ports.dropToken(task);
      return { ...task, reply: { ...task.reply, token: null } };
    }
    if (refused === 'message-gone') {
      await ports.dropMessage(task);
      return { ...task, reply: { ...task.reply, token: null, messageId: null } };
    }
    return task;
  }

  async function withUrls(task: Task): Promise<Task> {
    if (task.status !== 'succeeded' || task.resultUrls.length > 0) return task;
    return { ...task, resultUrls: await ports.findUrls(task) };
  }

  async function giveUp(task: Task, why: string): Promise<void> {
    if ((await ports.keepVideo(task)) === 'later' && isYoung(task)) return waitFor(task, 0);
    // A click may just have brought a fresh token.
    if (await ports.markUndeliverable(task)) log.error({ task: task.id }, `undeliverable: ${why}`);
    else await ports.deliverLater(task.id, 0);
  }

  async function shown(task: Task, rung: Rung, messageId: string | null): Promise<void> {
    const isVideoMissing = task.status === 'succeeded' && task.resultUrls.length === 0;
    if (isVideoMissing) await ports.markNoVideo(task.id);
    else await ports.markDelivered(task.id, rung, messageId);
    log.info({ task: task.id, rung, status: task.status }, isVideoMissing ? 'told: no video' : 'delivered');
    if (!isVideoMissing) await ports.ping(task, rung);
  }

  async function later(task: Task, afterMs: number): Promise<void> {
    if (pendingMs(task) > limits.deliverMs) return giveUp(task, 'faults did not pass');
    await waitFor(task, afterMs);
  }

  async function waitFor(task: Task, afterMs: number): Promise<void> {
    await ports.deliverLater(task.id, Math.max(afterMs, backoff(task.attempt, Math.random(), 1_000)));
  }

  /** One rung, with what it refuses taken out of the message step by step. */
  async function climb(task: Task, rung: Rung, creditsLeft: number): Promise<Posted> {
    const hasVideo = task.status === 'succeeded' && task.resultUrls.length > 0;
    const limit = sizeLimit(task.reply, rung);
    const video = hasVideo ? await ports.openVideo(task, limit) : null;
    if (video === 'no-room') return { refused: 'closed' };
    const opened = video !== null && isFile(video) ? [video] : [];
    if (video !== null && typeof video === 'object' && 'later' in video && isYoung(task))
      return { ...video, isUnsent: true };
    // Its link may just have been read anew.
    const shown = hasVideo && opened.length === 0 ? ((await ports.find(task.id)) ?? task) : task;
    let file = opened[0] ?? null;
    let withPrompt = true;
    // A DM is a notice in itself.
    const mentions = makesMessage(rung) && rung !== 'dm' && (await ports.readSettings(task.userId)).ping;
    try {
      for (;;) {
        if (makesMessage(rung)) await ports.beginPost(task.id, rung);
        const outcome = await ports.post(shown, rung, { file, withPrompt, creditsLeft, mentions });
        const fault = file?.fault();
        if (fault !== undefined && task.keptBytes !== null && opened.length === 1) {
          const copy = await ports.openVideo(task, limit, 'kept');
          if (!isFile(copy)) return { refused: 'closed' };
          opened.push(copy);
          file = copy;
          continue;
        }
        // The upload ended before its last boundary: nothing was taken.
        if (fault === 'unreadable' && isYoung(task)) return { later: 0, isUnsent: true };
        const refused = 'refused' in outcome ? outcome.refused : undefined;
        if (file !== null && (fault !== undefined || refused === 'too-large')) file = null;
        else if (withPrompt && refused === 'blocked') withPrompt = false;
        else if (refused === 'blocked' || refused === 'too-large') return { refused: 'closed' };
        else return outcome;
      }
    } finally {
      for (const one of opened) await one.close();
    }
  }

  /** A message that a crash or a lost answer may have hidden is looked for before anything is shown on any rung. */
  async function seekEarlierPost(task: Task): Promise<Landed | Later | 'none'> {
    const { rung } = task;
    if (rung === null || task.rungAt === null || !makesMessage(rung)) return 'none';
    const waited = since(task.rungAt, task.now);
    if (waited < limits.repostMs) return { later: limits.repostMs - waited };
    const found = await ports.findPost(task, rung);
    if (found === 'unknown') return { later: 15_000 };
    return found === 'none' ? 'none' : { rung, posted: found };
  }
}

/** How long the outcome has been waiting to be shown, in milliseconds. */
function pendingMs(task: Task): number {
  return since(task.pendingAt ?? task.now, task.now);
}

/** While young, a video that cannot be had is waited for; after that its link is shown instead. */
function isYoung(task: Task): boolean {
  return pendingMs(task) < limits.fetchMs;
}
