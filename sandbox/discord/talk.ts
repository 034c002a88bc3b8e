import { typeByName } from './attachments.ts';
import { characters } from './checks/fields.ts';
import { messageFlag } from './checks/message.ts';
import type { StandInCore } from './core.ts';
import type { AttachmentInput } from './interaction-payload.ts';
import type { JsonObject } from './json.ts';
import type { Picture } from './media.ts';
import type { MessageJson } from './message-json.ts';
import type { Message } from './messages.ts';
import { uploadOf } from './uploads.ts';

export type Saying = {
  readonly attachments?: readonly Pick<AttachmentInput, 'name' | 'bytes'>[];
  /** Names of stickers. */
  readonly stickers?: readonly string[];
  /** A voice message: one recording and no words. */
  readonly isVoice?: boolean;
  /** Another kind of message, such as 6: somebody pinned one. */
  readonly type?: number;
  readonly webhookId?: string;
  /** Links in it that Discord has unfurled. */
  readonly links?: readonly Link[];
  /** By another application: its files shown in a gallery of Components V2. */
  readonly isGallery?: boolean;
};

/** A link and the embed that Discord makes of it. `image`: to a picture itself; `gifv` and `video` play. */
export type Link = {
  readonly url: string;
  readonly type?: 'image' | 'article' | 'gifv' | 'video';
  readonly picture: Picture;
};

/** Who pays for Discord may write twice as much as others. */
const LONGEST = 4000;

/** What members write, which nobody checks but their own client. */
export function makeTalk({ world, messages, media }: Pick<StandInCore, 'world' | 'messages' | 'media'>) {
  function say(channelId: string, userId: string, content: string, saying: Saying = {}): MessageJson {
    const {
      attachments = [],
      stickers = [],
      isVoice = false,
      type = 0,
      webhookId,
      links = [],
      isGallery = false,
    } = saying;
    const channel = world.channels.get(channelId);
    if (channel === undefined) throw new Error(`no channel ${channelId}: add it first`);
    refuseLong(content);
    if (isVoice && (content !== '' || attachments.length !== 1)) throw new Error('a voice message is one recording');
    if (channel.botIsRecipient) world.writes(channelId);
    const files = attachments.map(({ name, bytes }, index) => {
      const contentType = typeByName(name) ?? 'application/octet-stream';
      return [index, uploadOf(name, contentType, Buffer.from(bytes))] as const;
    });
    if (isGallery && content !== '') throw new Error('Components V2 have no content');
    const flags = (isVoice ? messageFlag.voice : 0) | (isGallery ? messageFlag.componentsV2 : 0);
    const fresh = { channelId, authorId: userId, type, stickers, webhookId, flags };
    const embeds = links.map((link) => unfurled(link, media.put(link.url, link.picture))) as never[];
    const components = isGallery ? ([galleryOf(attachments.map(({ name }) => name))] as never[]) : [];
    const draft = { ...words(content), embeds, components };
    return messages.json(messages.create(fresh, { draft, files: new Map(files), where: 'a member' }));
  }

  /** A member edits a message of theirs: new words, and only so many of its files stay. */
  function rewrite(messageId: string, content: string, keep?: number): void {
    const message = own(messageId);
    refuseLong(content);
    const kept = message.attachments.slice(0, keep).map(({ id }) => ({ id }));
    const draft = { ...words(content), ...(keep === undefined ? {} : { attachments: kept }) };
    messages.edit(message, { draft, files: new Map(), where: 'a member' });
  }

  function own(messageId: string): Message {
    const message = messages.find(messageId);
    if (message?.authorId === undefined) throw new Error(`no message ${messageId} of a member`);
    return message;
  }

  /** A member forwards a message; the copy stays as it is now. */
  function forward(messageId: string, channelId: string, userId: string): MessageJson {
    const source = messages.find(messageId);
    if (source === undefined) throw new Error(`no message ${messageId}`);
    const forwarded = { ...source, embeds: [...source.embeds], attachments: [...source.attachments] };
    const fresh = { channelId, authorId: userId, forwarded, flags: HAS_SNAPSHOT };
    return messages.json(messages.create(fresh, { draft: words(''), files: new Map(), where: 'a member' }));
  }

  return { say, rewrite, forward };
}

const HAS_SNAPSHOT = 1 << 14;

/** Of a picture's own link the embed has it as its thumbnail; what plays shows a still one for its film. */
function unfurled({ url, type = 'image', picture }: Link, address: string): JsonObject {
  const shown = { url: pictureUrl(url, type), proxy_url: address, width: 64, height: 64, flags: 0 };
  const content_type = typeByName(picture.name);
  const thumbnail = { ...shown, ...(content_type === undefined ? {} : { content_type }) };
  if (type === 'image' || type === 'article') return { type, url, thumbnail };
  return { type, url, thumbnail, video: { url: `${url}.mp4`, width: 64, height: 64 } };
}

const pictureUrl = (url: string, type: string) => (type === 'image' ? url : `${url}/picture`);

/** As it is sent; the messages' own JSON resolves the names. */
const galleryOf = (names: readonly string[]): JsonObject => ({
  type: 12,
  items: names.map((name) => ({ media: { url: `attachment://${name}` } })),
});

const words = (content: string) => ({ content, allowed_mentions: { parse: [] } });

function refuseLong(content: string): void {
  if (characters(content) > LONGEST) throw new Error(`Discord's client takes ${LONGEST} characters at most`);
}
