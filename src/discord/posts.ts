import { type REST, type RouteLike, Routes } from 'discord.js';
import { z } from 'zod';
import type { Posted, Show } from '#src/app/deliver.ts';
import { nonceOf } from '#src/domain/delivery.ts';
import type { Log } from '#src/domain/log.ts';
import type { Rung, Task } from '#src/domain/task.ts';
import { afterFailedPost, type Failure, failureOf } from './failures.ts';
import { outcomeBody, pinging } from './messages.ts';
import type { Upload, Uploaded } from './upload.ts';
import { mention, type Voice } from './wording.ts';

type Ports = {
  readonly webhooks: REST;
  readonly bot: REST;
  readonly botUserId: string;
  readonly voice: Voice;
  readonly log: Log;
  upload(one: Upload): Promise<Uploaded>;
};

const Id = z.object({ id: z.string() });
const Listed = z.array(
  z.object({
    id: z.string(),
    content: z.string().default(''),
    author: z.object({ id: z.string() }),
    attachments: z.array(z.object({ filename: z.string() })).default([]),
  }),
);

type Target = { readonly method: 'POST' | 'PATCH'; readonly route: RouteLike; readonly isAuthorized: boolean };

/** Shows outcomes at Discord, rung by rung (design: deliver). Edits repeat harmlessly; new messages carry a nonce and a mark. */
export function makePosts({ webhooks, bot, botUserId, voice, log, upload }: Ports) {
  async function post(task: Task, rung: Rung, show: Show): Promise<Posted> {
    const target = await targetOf(task, rung);
    if ('failed' in target) return after(task, rung, { ...target.failed, isUnsent: true });
    const body = { ...outcomeBody(task, show, voice), ...(target.method === 'POST' ? newMessage(task, show) : {}) };
    const sent = show.file === null ? await send(target, body) : await upload({ ...target, body, file: show.file });
    return 'failed' in sent ? after(task, rung, sent.failed) : { posted: { messageId: sent.messageId } };
  }

  function newMessage(task: Task, show: Show) {
    const { content, allowed_mentions } = outcomeBody(task, show, voice);
    const member = show.mentions ? [mention(task)] : [];
    return {
      content: [content, ...member, `\`${markOf(task)}\``].join(' · '),
      allowed_mentions: show.mentions ? pinging(task) : allowed_mentions,
      nonce: nonceOf(task.id),
      enforce_nonce: true,
    };
  }

  async function targetOf(task: Task, rung: Rung): Promise<Target | { failed: Failure }> {
    const { applicationId, token, channelId, parentId, messageId } = task.reply;
    switch (rung) {
      case 'reply':
        return { method: 'PATCH', route: Routes.webhookMessage(applicationId, token ?? ''), isAuthorized: false };
      case 'message':
        return { method: 'PATCH', route: Routes.channelMessage(channelId, messageId ?? ''), isAuthorized: true };
      case 'channel':
        return { method: 'POST', route: Routes.channelMessages(channelId), isAuthorized: true };
      case 'parent':
        return { method: 'POST', route: Routes.channelMessages(parentId ?? ''), isAuthorized: true };
      case 'dm': {
        const channel = await openDm(task.userId);
        if (typeof channel !== 'string') return channel;
        return { method: 'POST', route: Routes.channelMessages(channel), isAuthorized: true };
      }
      default:
        return rung satisfies never;
    }
  }

  async function openDm(userId: string): Promise<string | { failed: Failure }> {
    try {
      return Id.parse(await bot.post(Routes.userChannels(), { body: { recipient_id: userId } })).id;
    } catch (error) {
      return { failed: failureOf(error) };
    }
  }

  async function send({ method, route, isAuthorized }: Target, body: object): Promise<Uploaded> {
    const rest = isAuthorized ? bot : webhooks;
    const options = { body, auth: isAuthorized };
    try {
      const message = await (method === 'PATCH' ? rest.patch(route, options) : rest.post(route, options));
      return { messageId: Id.parse(message).id };
    } catch (error) {
      return { failed: failureOf(error) };
    }
  }

  function after(task: Task, rung: Rung, failure: Failure): Posted {
    const { status, code, problems } = failure;
    log.warn({ task: task.id, rung, status, code, problems }, 'post not taken');
    return afterFailedPost(failure, rung === 'reply' ? 'token' : 'bot');
  }

  /** An own message of this task on this rung since the post began. 'unknown': Discord gave no answer. */
  async function findPost(task: Task, rung: Rung): Promise<{ messageId: string } | 'none' | 'unknown'> {
    if (task.rungAt === null) return 'none';
    const target = await targetOf(task, rung);
    if ('failed' in target) return 'later' in afterFailedPost(target.failed, 'bot') ? 'unknown' : 'none';
    const query = new URLSearchParams({ after: snowflakeAt(task.rungAt.getTime() - 5_000), limit: '100' });
    try {
      const messages = Listed.parse(await bot.get(target.route, { query }));
      const own = messages.find((message) => message.author.id === botUserId && isMarked(message, task));
      return own === undefined ? 'none' : { messageId: own.id };
    } catch (error) {
      // Without the right to read the channel nothing can be looked up; the nonce is then the only guard.
      return 'later' in afterFailedPost(failureOf(error), 'bot') ? 'unknown' : 'none';
    }
  }

  return { post, findPost };
}

/** By which an own message is known as a task's: in the file's name, or at the end of the text. */
function markOf(task: Task): string {
  return task.id.slice(0, 8);
}

function isMarked(message: z.infer<typeof Listed>[number], task: Task): boolean {
  const mark = markOf(task);
  return message.content.includes(mark) || message.attachments.some(({ filename }) => filename.includes(mark));
}

function snowflakeAt(ms: number): string {
  return String(BigInt(Math.trunc(ms) - 1_420_070_400_000) << 22n);
}
