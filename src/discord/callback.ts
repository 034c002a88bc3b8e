import { setTimeout as sleep } from 'node:timers/promises';
import { type APIInteractionResponse, type REST, Routes } from 'discord.js';
import { z } from 'zod';
import { failureOf } from './failures.ts';

export type Answered =
  | { readonly answered: { readonly messageId: string | null; readonly isPrivate: boolean } }
  /** Discord no longer knows the interaction (10062): the 3 s were over, so nobody saw an answer. */
  | 'gone'
  /** It has an answer, by another process or by an earlier try of ours; as what, Discord has to be asked. */
  | 'already'
  /** No word from Discord: it may have been answered or not. */
  | 'unknown';

const ephemeral = 64;
/** Discord's 3 s run from its dispatch; what reached it later is lost anyway (discord.md §1). */
const patienceMs = 2_600;

const Receipt = z.object({
  interaction: z
    .object({ response_message_id: z.string().nullish(), response_message_ephemeral: z.boolean().nullish() })
    .nullish(),
  resource: z.object({ message: z.object({ id: z.string(), flags: z.number().optional() }).nullish() }).nullish(),
});

/**
 * Answers an interaction. What passes (a broken or stalled connection, a server error, a rate limit) is tried again
 * while the 3 s last; a repeat's 40060 then tells that the first one had arrived. Throws on a body that Discord refuses.
 */
export function makeCallback(rest: REST) {
  return async function callback(
    call: { readonly id: string; readonly token: string },
    body: APIInteractionResponse,
  ): Promise<Answered> {
    const until = Date.now() + patienceMs;
    let pauseMs = 0;
    while (Date.now() + pauseMs < until) {
      if (pauseMs > 0) await sleep(pauseMs);
      try {
        const query = new URLSearchParams({ with_response: 'true' });
        const receipt = await rest.post(Routes.interactionCallback(call.id, call.token), { body, query, auth: false });
        return readReceipt(receipt);
      } catch (error) {
        const { status, code, retryAfterMs = 0 } = failureOf(error);
        if (code === 40060) return 'already';
        if (status === 404) return 'gone';
        // Not called again, but an earlier try may have arrived.
        if (status === 401 || status === 403) return 'unknown';
        if (status !== null && status < 500 && status !== 429) throw error;
        // A Discord in trouble refuses within a millisecond: without pauses that would be a thousand tries a second.
        pauseMs = Math.max(retryAfterMs, Math.min(400, pauseMs * 2 + 50));
      }
    }
    return 'unknown';
  };
}

/** Whether an answer is private is what Discord says, never what was asked for. */
function readReceipt(json: unknown): Answered {
  const receipt = Receipt.safeParse(json).data;
  const message = receipt?.resource?.message;
  const messageId = receipt?.interaction?.response_message_id ?? message?.id ?? null;
  const flags = message?.flags;
  const isPrivate =
    receipt?.interaction?.response_message_ephemeral ?? (flags === undefined ? null : (flags & ephemeral) !== 0);
  return isPrivate === null ? 'already' : { answered: { messageId, isPrivate } };
}
