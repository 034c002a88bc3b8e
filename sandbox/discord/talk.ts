import { typeByName } from './attachments.ts';
import { characters } from './checks/fields.ts';
import { messageFlag } from './checks/message.ts';
import type { StandInCore } from './core.ts';
import type { AttachmentInput } from './interaction-payload.ts';
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
};

/** Who pays for Discord may write twice as much as others. */
const LONGEST = 4000;

/** What members write, which nobody checks but their own client. */
export function makeTalk({ world, messages }: Pick<StandInCore, 'world' | 'messages'>) {
  function say(channelId: string, userId: string, content: string, saying: Saying = {}): MessageJson {
    const { attachments = [], stickers = [], isVoice = false, type = 0, webhookId } = saying;
    const channel = world.channels.get(channelId);
    if (channel === undefined) throw new Error(`no channel ${channelId}: add it first`);
    refuseLong(content);
    if (isVoice && (content !== '' || attachments.length !== 1)) throw new Error('a voice message is one recording');
    if (channel.botIsRecipient) world.writes(channelId);
    const files = attachments.map(({ name, bytes }, index) => {
      const contentType = typeByName(name) ?? 'application/octet-stream';
      return [index, uploadOf(name, contentType, Buffer.from(bytes))] as const;
    });
    const flags = isVoice ? messageFlag.voice : 0;
    const fresh = { channelId, authorId: userId, type, stickers, webhookId, flags };
    return messages.json(messages.create(fresh, { draft: words(content), files: new Map(files), where: 'a member' }));
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

  return { say, rewrite };
}

const words = (content: string) => ({ content, allowed_mentions: { parse: [] } });

function refuseLong(content: string): void {
  if (characters(content) > LONGEST) throw new Error(`Discord's client takes ${LONGEST} characters at most`);
}
