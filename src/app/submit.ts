import { createBody } from '#src/domain/create-body.ts';
import type { UploadedImage } from '#src/domain/images.ts';
import type { Log } from '#src/domain/log.ts';
import type { Model } from '#src/domain/parameters.ts';
import { needsOperator, ProviderError, type Render, reactionTo } from '#src/domain/provider.ts';
import { backoff, limits, pollDelay, sendDecision, since } from '#src/domain/schedule.ts';
import type { Reply, Task } from '#src/domain/task.ts';
import type { ImageBroken } from './images.ts';

type Words = { readonly code: string; readonly message: string | null };
export type Seen = { readonly messageId: string; readonly isPrivate: boolean };

type Ports = {
  readonly model: Model;
  readonly log: Log;
  find(taskId: string): Promise<Task | null>;
  /** Whether the answer stands at Discord: as seen, 'gone', or 'unknown' (ask again). */
  lookUpReply(reply: Reply): Promise<Seen | 'gone' | 'unknown'>;
  /** What the answer says is not known here: it will be said again. */
  markAnswered(taskId: string, seen: Seen): Promise<void>;
  cancelUnanswered(taskId: string, mayBeSeen: boolean): Promise<boolean>;
  uploadImages(task: Task): Promise<readonly UploadedImage[] | ImageBroken>;
  freeze(taskId: string, body: string): Promise<void>;
  fill(): Promise<readonly string[]>;
  stopWaking(taskId: string): Promise<void>;
  wakeLater(taskId: string, afterMs: number): Promise<void>;
  /** Names the key that `create` uses, without giving it away. */
  readonly keyName: string;
  beginSend(taskId: string, leaseMs: number, keyName: string): Promise<Task | null>;
  forgetSend(taskId: string): Promise<void>;
  noteRequest(taskId: string, requestId: string): Promise<void>;
  create(body: string, key: string): Promise<Render>;
  markRendering(taskId: string, providerId: string, reserved: number | null, firstPollMs: number): Promise<boolean>;
  holdOff(forMs: number): Promise<void>;
  fail(taskId: string, words: Words): Promise<boolean>;
  doubt(taskId: string, words: Words): Promise<boolean>;
};

/** Longer than the longest call, so that no second send starts while one may still be under way. */
const sendLeaseMs = 60_000;
const slowDownMs = 15_000;

/**
 * Moves a task one step towards rendering. What the step is, its row says: look for the answer, upload images, take a
 * slot, send. Killed anywhere, the next wake does the same step again.
 */
export function makeSubmit(ports: Ports) {
  const { log } = ports;

  async function submit(taskId: string): Promise<void> {
    const task = await ports.find(taskId);
    if (task?.status === 'submitting') return send(task);
    if (task?.status !== 'accepted') return;
    if (task.answeredAt === null) return confirmAnswer(task);
    if (task.body === null && !(await prepare(task))) return;

    const claimed = await ports.fill();
    await ports.stopWaking(taskId);
    // Its own job is this one, so nobody else would be woken for it.
    if (claimed.includes(taskId)) await submit(taskId);
    else {
      const now = await ports.find(taskId);
      if (now?.status === 'submitting') await send(now);
    }
  }

  async function confirmAnswer(task: Task): Promise<void> {
    if (since(task.acceptedAt, task.now) < limits.unansweredMs) return;
    const seen = await ports.lookUpReply(task.reply);
    if (seen === 'unknown') return ports.wakeLater(task.id, limits.unansweredMs);
    if (seen === 'gone') {
      // With a dead token nobody can tell any more whether there was one.
      const mayBeSeen = since(task.reply.tokenExpiresAt, task.now) >= 0;
      const isCanceled = await ports.cancelUnanswered(task.id, mayBeSeen);
      if (isCanceled) log.info({ task: task.id, mayBeSeen }, 'canceled: no answer of it is known');
      return;
    }
    await ports.markAnswered(task.id, seen);
    // The job that this made is no other than the one that runs now.
    await submit(task.id);
  }

  /** True once the create is frozen. */
  async function prepare(task: Task): Promise<boolean> {
    try {
      const images = await ports.uploadImages(task);
      if ('broken' in images) {
        await ports.fail(task.id, { code: `image_${images.broken}`, message: images.image });
        return false;
      }
      await ports.freeze(task.id, createBody(ports.model, task, images));
      return true;
    } catch (error) {
      await afterFailedUpload(task, error);
      return false;
    }
  }

  async function afterFailedUpload(task: Task, error: unknown): Promise<void> {
    const isProviders = error instanceof ProviderError;
    const reaction = isProviders ? reactionTo(error) : 'retry';
    const isOver = since(task.acceptedAt, task.now) > limits.sendsMs;
    log.warn({ err: error, task: task.id }, 'images not uploaded');
    if (isProviders && isRefusal(reaction, isOver)) return refuse(task, error);
    if (isProviders && reaction === 'slow-down') await ports.holdOff(error.retryAfterMs ?? slowDownMs);
    if (isOver) {
      await ports.fail(task.id, { code: 'image_unreadable', message: null });
      return;
    }
    const retryAfterMs = isProviders ? (error.retryAfterMs ?? 0) : 0;
    await ports.wakeLater(task.id, Math.max(retryAfterMs, backoff(task.attempt, Math.random(), 2_000)));
  }

  async function send(task: Task): Promise<void> {
    if (sendDecision(task) === 'give-up' || isLostToOldKey(task)) return giveUp(task);
    // Another worker's send may be under way; its lease ends with wake_at, which brings the task back here.
    const sending = await ports.beginSend(task.id, sendLeaseMs, ports.keyName);
    if (sending === null || sending.body === null) return ports.wakeLater(task.id, slowDownMs);
    try {
      const render = await ports.create(sending.body, task.id);
      await ports.markRendering(task.id, render.id, render.reservedCredits, pollDelay(0, null, Math.random()));
      log.info({ task: task.id, provider: render.id, reserved: render.reservedCredits }, 'rendering');
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      await afterFailedSend(sending, error);
    }
  }

  /**
   * Whether another key knows an `Idempotency-Key` is not documented, so a send that may have been taken is repeated with
   * its own key alone: another worker may have it. After the time for sends nobody does.
   */
  function isLostToOldKey(task: Task): boolean {
    const isOurs = task.unsureSends === 0 || task.sentWith === null || task.sentWith === ports.keyName;
    return !isOurs && since(task.firstSentAt ?? task.now, task.now) > limits.sendsMs;
  }

  async function afterFailedSend(task: Task, error: ProviderError): Promise<void> {
    log.warn({ err: error, task: task.id, attempt: task.attempt }, 'create failed');
    if (error.surelyNotTaken) await ports.forgetSend(task.id);
    if (error.requestId !== undefined) await ports.noteRequest(task.id, error.requestId);
    const unsure = task.unsureSends - (error.surelyNotTaken ? 1 : 0);
    const reaction = reactionTo(error);
    // With an earlier send in doubt a refusal of this one proves nothing about that one.
    const isOver = since(task.firstSentAt ?? task.now, task.now) > limits.sendsMs;
    if (unsure === 0 && isRefusal(reaction, isOver)) return refuse(task, error);
    if (reaction === 'slow-down') await ports.holdOff(error.retryAfterMs ?? slowDownMs);
    const waitMs = Math.max(error.retryAfterMs ?? 0, backoff(task.attempt, Math.random(), 2_000));
    await ports.wakeLater(task.id, waitMs);
  }

  async function refuse(task: Task, error: ProviderError): Promise<void> {
    const isOperators = needsOperator(error);
    const line = { task: task.id, code: error.code, status: error.status, requestId: error.requestId };
    if (isOperators) log.error(line, 'the provider account needs an operator');
    else log.warn(line, 'the provider refused the request');
    const code = isOperators && error.code !== 'insufficient_credits' ? 'provider_key' : codeOf(task, error);
    await ports.fail(task.id, { code, message: error.said ?? null });
  }

  async function giveUp(task: Task): Promise<void> {
    if (task.unsureSends === 0) {
      await ports.fail(task.id, { code: 'provider_unreachable', message: null });
      return;
    }
    log.error({ task: task.id, sends: task.unsureSends }, 'uncertain: a create may have been taken; attach its id');
    await ports.doubt(task.id, { code: 'send_uncertain', message: null });
  }

  return submit;
}

/** A refused key is waited for as an outage is, not taken out on each task; who waited in vain hears of the key. */
function isRefusal(reaction: ReturnType<typeof reactionTo>, isOver: boolean): boolean {
  return reaction === 'refuse' || (reaction === 'new-key' && isOver);
}

/** The provider names no field. Where it takes no image of an earlier task any more, new ones are what helps. */
function codeOf({ images }: Task, { code }: ProviderError): string {
  return code === 'validation_failed' && images.some(({ isUsed }) => isUsed) ? 'images_refused' : code;
}
