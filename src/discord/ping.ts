import { type REST, Routes } from 'discord.js';
import { comesHere, nonceOf } from '#src/domain/delivery.ts';
import { since } from '#src/domain/schedule.ts';
import type { Task } from '#src/domain/task.ts';
import { afterFailedPost, failureOf } from './failures.ts';
import { pingBody } from './messages.ts';
import type { Voice } from './wording.ts';

/** Neither client repeats a call by itself: a follow-up has no nonce, so the member would be pinged twice. */
type Ports = { readonly progress: REST; readonly bot: REST; readonly voice: Voice };

/** Mentions the member: by the reply's token, or, where that is surely not taken, by the bot in the same channel. */
export function makeSendPing({ progress, bot, voice }: Ports) {
  return async function sendPing(task: Task): Promise<'by reply' | 'in channel' | 'not sent'> {
    const { applicationId, token, tokenExpiresAt, channelId } = task.reply;
    const body = pingBody(task, voice);
    if (token !== null && since(task.now, tokenExpiresAt) > 0) {
      const sent = await send(() => progress.post(Routes.webhook(applicationId, token), { body, auth: false }));
      if (sent !== 'not taken') return sent === 'sent' ? 'by reply' : 'not sent';
    }
    if (!comesHere(task.reply)) return 'not sent';
    // Not the nonce of the outcome's own post.
    const nonced = { ...body, nonce: `${nonceOf(task.id)}p`, enforce_nonce: true };
    const sent = await send(() => bot.post(Routes.channelMessages(channelId), { body: nonced }));
    return sent === 'sent' ? 'in channel' : 'not sent';
  };
}

/** 'unknown': it may have been taken, so that it is not tried anywhere else. */
async function send(post: () => Promise<unknown>): Promise<'sent' | 'not taken' | 'unknown'> {
  try {
    await post();
    return 'sent';
  } catch (error) {
    const after = afterFailedPost(failureOf(error), 'token');
    return 'refused' in after || after.isUnsent === true ? 'not taken' : 'unknown';
  }
}
