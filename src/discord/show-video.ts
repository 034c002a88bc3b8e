import { type APIInteractionResponse, InteractionResponseType as Type } from 'discord.js';
import type { Click } from '#src/app/own-task.ts';
import type { Shown } from '#src/app/show-video.ts';
import type { Log } from '#src/domain/log.ts';
import type { Reply } from '#src/domain/task.ts';
import type { Answered } from './callback.ts';
import type { Press } from './calls.ts';
import { languageOf } from './languages.ts';
import { pressText } from './press-wording.ts';

type Ports = {
  readonly log: Log;
  callback(press: Press, answer: APIInteractionResponse): Promise<Answered>;
  tellPrivately(reply: Reply, text: string): Promise<unknown>;
  showVideo(click: Click): Promise<Shown>;
};

/**
 * Answers *Show video*. First a deferred update, so that the fresh token's `@original` is the message that was clicked
 * and nothing of it changes; then what there is to say goes to the member alone.
 */
export function makeAnswerShow({ log, callback, tellPrivately, showVideo }: Ports) {
  return async function answerShow(press: Press, taskId: string): Promise<void> {
    const answered = await callback(press, { type: Type.DeferredMessageUpdate });
    if (answered === 'gone' || answered === 'unknown') {
      // A token that Discord does not know as answered edits nothing; the member can click again.
      log.warn({ origin: press.id, task: taskId, answered }, 'click not answered');
      return;
    }
    const outcome = await showVideo({ userId: press.userId, taskId, reply: press.reply });
    const text = pressText(outcome, press.reply, languageOf(press.locale));
    // Answered by another process: that one says it.
    if (text !== null && answered !== 'already') await tellPrivately(press.reply, text);
  };
}
