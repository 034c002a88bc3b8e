import { MessageFlags, type REST, Routes } from 'discord.js';
import { z } from 'zod';
import type { Seen } from '#src/app/submit.ts';
import type { Reply } from '#src/domain/task.ts';
import { failureOf } from './failures.ts';
import { type Body, textBody } from './messages.ts';

const Message = z.object({ id: z.string(), flags: z.number().default(0) });
type Place = Pick<Reply, 'applicationId' | 'token'>;

/** The reply of an interaction, by its token: from any process, with no gateway at hand. */
export function makeReplies(rest: REST) {
  const original = ({ applicationId, token }: Place) => Routes.webhookMessage(applicationId, token ?? '', '@original');

  /** Whether the reply stands, and as what. 'gone' is final; 'unknown' is not. */
  async function lookUpReply(reply: Reply): Promise<Seen | 'gone' | 'unknown'> {
    if (reply.token === null) return 'gone';
    try {
      const { id, flags } = Message.parse(await rest.get(original(reply), { auth: false }));
      return { messageId: id, isPrivate: (flags & MessageFlags.Ephemeral) !== 0 };
    } catch (error) {
      const { status } = failureOf(error);
      return status === 401 || status === 404 ? 'gone' : 'unknown';
    }
  }

  async function editReply(place: Place, body: Body): Promise<void> {
    await rest.patch(original(place), { body, auth: false });
  }

  /** A further message that only the member sees. */
  async function tellPrivately({ applicationId, token }: Place, text: string): Promise<void> {
    const body = textBody(text, MessageFlags.Ephemeral | MessageFlags.SuppressEmbeds);
    await rest.post(Routes.webhook(applicationId, token ?? ''), { body, auth: false });
  }

  return { lookUpReply, editReply, tellPrivately };
}
