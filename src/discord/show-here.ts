import { setTimeout as sleep } from 'node:timers/promises';
import { type APIInteractionResponse, MessageFlags, Routes, InteractionResponseType as Type } from 'discord.js';
import type { OwnTask } from '#src/app/own-task.ts';
import { isFile, type NoFile, type VideoFile } from '#src/app/video.ts';
import { canBeShown } from '#src/domain/history.ts';
import type { Log } from '#src/domain/log.ts';
import type { Reply, Task } from '#src/domain/task.ts';
import type { Answered } from './callback.ts';
import type { Call, Press } from './calls.ts';
import { afterFailedPost, type Failure, failureOf } from './failures.ts';
import { languageOf } from './languages.ts';
import { type Body, outcomeBody } from './messages.ts';
import { answers } from './texts/answers.ts';
import { historyTexts } from './texts/history.ts';
import { late } from './texts/late.ts';
import type { Upload, Uploaded } from './upload.ts';
import { readInTime } from './within.ts';
import type { Voice } from './wording.ts';

type Ports = {
  readonly voice: Voice;
  readonly log: Log;
  ownTask(userId: string, taskId: string): Promise<OwnTask>;
  find(taskId: string): Promise<Task | null>;
  openVideo(task: Task, limit: number, from: 'provider' | 'kept'): Promise<VideoFile | NoFile>;
  upload(one: Upload): Promise<Uploaded>;
  callback(call: Call, answer: APIInteractionResponse): Promise<Answered>;
  isWaiting(reply: Reply): Promise<boolean>;
  editReply(reply: Reply, body: Body): Promise<void>;
  endReply(reply: Reply, text: string): Promise<void>;
  sayPrivately(call: Call, text: string): Promise<unknown>;
};
type Posted = 'shown' | 'notNow' | 'noRoom';

/** Each is an upload by this process, which has commands to answer: so many at once, and one per member. */
const mostAtOnce = 4;
const tries = 4;

/**
 * Shows a finished video once more, where its member asks: by the click's own token alone, so that nothing about the task
 * or its reply changes. For all to see, unless it was asked for in private.
 */
export function makeShowHere({ voice, log, ...ports }: Ports) {
  const showing = new Set<string>();

  return async function showHere(press: Press, taskId: string): Promise<void> {
    const { userId } = press;
    const found = await readInTime(ports.ownTask(userId, taskId), log);
    const why = whyNot(found, press);
    if (why !== null || found === 'away' || 'refused' in found)
      return void (await ports.sayPrivately(press, why ?? ''));
    showing.add(userId);
    try {
      await show(press, found.task);
    } finally {
      showing.delete(userId);
    }
  };

  function whyNot(found: OwnTask | 'away', { userId, locale }: Press): string | null {
    const language = languageOf(locale);
    if (found === 'away') return answers(language).recordsAway();
    if ('refused' in found) return late(language)[found.refused]();
    if (found.task.userId !== userId) return late(language).stranger();
    if (!canBeShown(found.task)) return historyTexts(language).notShowable();
    return showing.has(userId) || showing.size >= mostAtOnce ? historyTexts(language).busy() : null;
  }

  async function show(press: Press, task: Task): Promise<void> {
    const { isPrivate } = task.reply;
    const answered = await ports.callback(press, {
      type: Type.DeferredChannelMessageWithSource,
      ...(isPrivate && { data: { flags: MessageFlags.Ephemeral } }),
    });
    // Seen by two processes, both may show it: an edit repeats harmlessly.
    const isOurs = typeof answered === 'object' || (answered !== 'gone' && (await ports.isWaiting(press.reply)));
    if (!isOurs) return log.warn({ origin: press.id, task: task.id }, 'click not answered');
    const posted = await post(press, task).catch((error: unknown) => {
      log.error({ err: error, task: task.id }, 'not shown again');
      return 'notNow' as const;
    });
    if (posted !== 'shown') await ports.endReply(press.reply, historyTexts(languageOf(press.locale))[posted]());
  }

  /** With the video, else with its link; without the prompt where Discord refuses that. */
  async function post({ reply }: Press, task: Task): Promise<Posted> {
    let from: 'provider' | 'kept' = 'provider';
    let isLink = false;
    let withPrompt = true;
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const video = isLink ? 'too-large' : await ports.openVideo(task, reply.sizeLimit, from);
      if (video === 'no-room') return 'noRoom';
      if (typeof video === 'object' && 'later' in video) return 'notNow';
      const file = typeof video === 'object' && isFile(video) ? video : null;
      // The link may just have been read anew.
      const fresh = file === null ? ((await ports.find(task.id)) ?? task) : task;
      const sent = await send(reply, outcomeBody(fresh, { file, withPrompt, creditsLeft: null }, voice), file);
      if (sent === 'shown') return sent;

      const fault = file?.fault();
      if (fault !== undefined && (task.keptBytes === null || from === 'kept')) return 'notNow';
      const after = afterFailedPost(sent, 'token');
      log.warn({ task: task.id, status: sent.status, code: sent.code, fault, attempt }, 'not shown again yet');
      if (fault !== undefined) from = 'kept';
      else if ('later' in after) await sleep(Math.min(after.later, 5_000));
      else if (after.refused === 'too-large' && file !== null) isLink = true;
      else if (sent.status === 400 && withPrompt) withPrompt = false;
      else return 'notNow';
    }
    return 'notNow';
  }

  async function send(reply: Reply, body: Body, file: VideoFile | null): Promise<'shown' | Failure> {
    if (file === null) return ports.editReply(reply, body).then(() => 'shown' as const, failureOf);
    try {
      const route = Routes.webhookMessage(reply.applicationId, reply.token ?? '', '@original');
      const sent = await ports.upload({ method: 'PATCH', route, isAuthorized: false, body, file });
      return 'failed' in sent ? sent.failed : 'shown';
    } finally {
      await file.close();
    }
  }
}
