import { type REST, Routes } from 'discord.js';
import type { ImageSource, OfferedImage } from '#src/domain/images.ts';
import { failureOf } from './failures.ts';
import { readPictures } from './pictures.ts';

const patienceMs = 5_000;

/**
 * An image as its message shows it now, with a link that works: links end after a day, and whoever reads a message gets
 * new ones (discord.md §2). 'gone': it is not there, or not for the bot, which in servers reads its own messages, those
 * that mention it, and those of others only with MESSAGE_CONTENT. 'unknown' is not final.
 */
export function makeFreshImage(bot: REST) {
  return async function freshImage(source: ImageSource): Promise<OfferedImage | 'gone' | 'unknown'> {
    const { channelId, messageId, key } = source;
    try {
      const signal = AbortSignal.timeout(patienceMs);
      const found = readPictures(await bot.get(Routes.channelMessage(channelId, messageId), { signal }));
      const picture = found.find((one) => one.source?.key === key);
      if (picture === undefined) return 'gone';
      const { isAnimated: _, ...image } = picture;
      return image;
    } catch (error) {
      const { status, code } = failureOf(error);
      // Without a code it comes from something in front of Discord and says nothing of the message.
      return (status === 403 || status === 404) && code !== null ? 'gone' : 'unknown';
    }
  };
}
