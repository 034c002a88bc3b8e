import { MessageType, type REST, Routes } from 'discord.js';
import { z } from 'zod';
import type { Said } from '#src/app/draft-message.ts';
import { languages } from '#src/domain/parameters.ts';
import { failureOf } from './failures.ts';
import { Attachment, offeredImage, Snowflake } from './interaction.ts';
import { sourceOf } from './pictures.ts';
import { drafts } from './texts/drafts.ts';

// Only what the bot reads; Discord may add fields at any time.
const Message = z.object({
  id: Snowflake,
  channel_id: Snowflake,
  type: z.number(),
  content: z.string(),
  webhook_id: Snowflake.nullish(),
  author: z.object({ id: Snowflake, bot: z.boolean().optional(), system: z.boolean().optional() }),
  attachments: z.array(Attachment).default([]),
});
const Place = z.object({ guild_id: z.string().nullish() });
/** All other kinds are Discord's own news: a pin, a call, somebody who joined. */
const written: readonly number[] = [MessageType.Default, MessageType.Reply];

/** What a member wrote to the bot. Null: no member's words, or not to the bot alone. Throws on what is not Discord's. */
export function readDirectMessage(raw: unknown): Said | null {
  if (Place.parse(raw).guild_id) return null;
  const { id, channel_id, type, content, webhook_id, author, attachments } = Message.parse(raw);
  if (author.bot || author.system || webhook_id || !written.includes(type)) return null;
  const files = attachments.map((attachment) => {
    const source = sourceOf(channel_id, id, attachment.url);
    return { id: attachment.id, ...offeredImage(attachment), source };
  });
  return { id, userId: author.id, channelId: channel_id, text: content, wantsHelp: asksForHelp(content), files };
}

/** "Help!", alone, in any of the bot's languages. */
function asksForHelp(text: string): boolean {
  const word = text
    .trim()
    .toLowerCase()
    .replace(/^\//, '')
    .replace(/[\s?!.？！。]+$/u, '');
  return languages.some((language) => drafts(language).helpWord() === word);
}

/** Behind a deferred answer there is time; in front of it, it is deferred before. */
const patienceMs = 5_000;

/** Reads a member's message again: as it is now, with links that work. 'gone' is final; 'unknown' is not. */
export function makeReadMessage(bot: REST) {
  return async function readMessage(channelId: string, messageId: string): Promise<Said | 'gone' | 'unknown'> {
    try {
      const signal = AbortSignal.timeout(patienceMs);
      return readDirectMessage(await bot.get(Routes.channelMessage(channelId, messageId), { signal })) ?? 'gone';
    } catch (error) {
      const { status, code } = failureOf(error);
      // A 404 without a code comes from something in front of Discord and says nothing of the message.
      return status === 404 && code !== null ? 'gone' : 'unknown';
    }
  };
}
