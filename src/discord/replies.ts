import { setTimeout as sleep } from 'node:timers/promises';
import { MessageFlags, type REST, Routes } from 'discord.js';
import { z } from 'zod';
import type { Seen } from '#src/app/submit.ts';
import { backoff } from '#src/domain/schedule.ts';
import type { Reply } from '#src/domain/task.ts';
import { afterFailedPost, failureOf } from './failures.ts';
import { createdAt, tokenLifeMs } from './interaction.ts';
import { type Body, textBody } from './messages.ts';
import { isAcceptance } from './wording.ts';

const Message = z.object({ id: z.string(), flags: z.number().default(0), content: z.string().default('') });
type Message = z.infer<typeof Message>;
type Place = Pick<Reply, 'applicationId' | 'token'>;

/** Five are taken of an interaction where only the member has installed the bot (discord.md §1, §10). */
const followUpsUsedUp = 40094;

/** The reply of an interaction, by its token: from any process, with no gateway at hand. */
export function makeReplies(rest: REST) {
  const original = ({ applicationId, token }: Place) => Routes.webhookMessage(applicationId, token ?? '', '@original');

  /** Whether an answer that accepts stands, and as what. 'gone' is final; 'unknown' is not. */
  async function lookUpReply(reply: Reply): Promise<Seen | 'gone' | 'unknown'> {
    if (reply.token === null) return 'gone';
    try {
      const message = await read(reply);
      const isPrivate = (message.flags & MessageFlags.Ephemeral) !== 0;
      return isPrivate && !isPrivateAcceptance(message, reply) ? 'gone' : { messageId: message.id, isPrivate };
    } catch (error) {
      const { status, code } = failureOf(error);
      // A 403 without a code comes from something in front of Discord and says nothing of the reply.
      return status === 401 || status === 404 || (status === 403 && code !== null) ? 'gone' : 'unknown';
    }
  }

  /** Whether the reply is a "thinking…" still; no where Discord does not say. */
  function isWaiting(reply: Reply): Promise<boolean> {
    return read(reply).then(
      ({ flags }) => (flags & MessageFlags.Loading) !== 0,
      () => false,
    );
  }

  async function read(place: Place): Promise<Message> {
    return Message.parse(await rest.get(original(place), { auth: false }));
  }

  async function editReply(place: Place, body: Body): Promise<void> {
    await rest.patch(original(place), { body, auth: false });
  }

  async function editReplyWithFile(place: Place, body: Body, file: { readonly name: string; readonly data: Buffer }) {
    await rest.patch(original(place), { body, files: [{ ...file, contentType: 'application/json' }], auth: false });
  }

  /**
   * The last that a reply ever says: a "thinking…" must not stay, so it is said until Discord has it or the token dies.
   * Throws where Discord refuses it.
   */
  async function endReply(reply: Place & Pick<Reply, 'tokenExpiresAt'>, text: string): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await editReply(reply, textBody(text));
      } catch (error) {
        const after = afterFailedPost(failureOf(error), 'token');
        if (!('later' in after)) throw error;
        const waitMs = Math.max(after.later, backoff(attempt, Math.random(), 1_000, 30_000));
        if (Date.now() + waitMs > reply.tokenExpiresAt.getTime()) throw error;
        await sleep(waitMs);
      }
    }
  }

  /**
   * A further message that only the member sees. False: this interaction takes no more of them, so that whoever may do so
   * says it by an edit instead. Throws where Discord refuses it for another reason.
   */
  async function tellPrivately({ applicationId, token }: Place, text: string): Promise<boolean> {
    const body = textBody(text, MessageFlags.Ephemeral | MessageFlags.SuppressEmbeds);
    try {
      await rest.post(Routes.webhook(applicationId, token ?? ''), { body, auth: false });
      return true;
    } catch (error) {
      if (failureOf(error).code === followUpsUsedUp) return false;
      throw error;
    }
  }

  return { lookUpReply, isWaiting, editReply, editReplyWithFile, endReply, tellPrivately };
}

/**
 * Acceptances are public unless they were asked for in private, or Discord makes them private, as it may where only the
 * member has installed the bot. Any private answer may be a refusal, by another process or by this one in trouble, and
 * then that member was told no: one accepts if it is deferred, says so, or is the very message that was pressed.
 */
function isPrivateAcceptance({ id, flags, content }: Message, reply: Reply): boolean {
  const { isPrivate, hasBot, context } = reply;
  if (!isPrivate && (hasBot || context !== 'guild')) return false;
  const isPressed = createdAt(id).getTime() < reply.tokenExpiresAt.getTime() - tokenLifeMs;
  return isPressed || (flags & MessageFlags.Loading) !== 0 || isAcceptance(content);
}
