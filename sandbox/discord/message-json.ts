import type { Attachment } from './attachments.ts';
import { typeByName } from './attachments.ts';
import { messageFlag } from './checks/message.ts';
import { isObject, type JsonObject } from './json.ts';
import type { Message } from './messages.ts';

export type AttachmentJson = {
  readonly id: string;
  readonly filename: string;
  readonly size: number;
  readonly url: string;
  readonly proxy_url: string;
  readonly content_type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly ephemeral?: boolean;
  readonly flags?: number;
  readonly content_scan_version: number;
};

/** A message as Discord sends it to those who may see it. */
export type MessageJson = {
  readonly id: string;
  readonly type: number;
  readonly channel_id: string;
  readonly content: string;
  readonly embeds: readonly JsonObject[];
  readonly components: readonly JsonObject[];
  readonly attachments: readonly AttachmentJson[];
  readonly flags: number;
  readonly author: JsonObject;
  readonly timestamp: string;
  readonly edited_timestamp: string | null;
  readonly mentions: readonly JsonObject[];
  readonly mention_roles: readonly string[];
  readonly mention_everyone: boolean;
  readonly pinned: boolean;
  readonly tts: boolean;
  readonly nonce?: string | number;
  readonly application_id?: string;
  readonly webhook_id?: string;
  readonly sticker_items?: readonly JsonObject[];
  readonly interaction_metadata?: JsonObject;
  readonly message_reference?: JsonObject;
  readonly message_snapshots?: readonly { readonly message: JsonObject }[];
};

const SPOILER = 1 << 3;

/** `fresh` signs an attachment's address anew, as Discord does for whoever reads. Whom it pinged is not told here. */
export function messageJson(
  message: Message,
  author: JsonObject,
  applicationId: string,
  fresh: (url: string) => string,
): MessageJson {
  const { interaction } = message;
  const attachments = message.attachments.map((attachment) => attachmentJson(attachment, fresh(attachment.url)));
  return {
    id: message.id,
    type: message.type,
    channel_id: message.channelId,
    content: message.content,
    embeds: message.embeds.map((embed) => ({ type: 'rich', ...embed })),
    components: message.components.map((component, index) => ({
      ...withMedia(component, attachments),
      id: component.id ?? index + 1,
    })),
    attachments,
    flags: message.flags,
    author,
    timestamp: isoTime(message.createdAt),
    edited_timestamp: message.editedAt === undefined ? null : isoTime(message.editedAt),
    mentions: [],
    mention_roles: [],
    mention_everyone: false,
    pinned: false,
    tts: false,
    ...(message.stickers.length === 0
      ? {}
      : { sticker_items: message.stickers.map((name, index) => ({ id: String(index + 1), name, format_type: 1 })) }),
    ...(message.webhookId === undefined ? {} : { webhook_id: message.webhookId }),
    ...forwardJson(message, fresh),
    ...(message.referenceId === undefined
      ? {}
      : { message_reference: { type: 0, channel_id: message.channelId, message_id: message.referenceId } }),
    ...(interaction === undefined
      ? {}
      : {
          application_id: applicationId,
          webhook_id: applicationId,
          interaction_metadata: {
            id: interaction.id,
            type: interaction.type,
            user: { id: interaction.userId },
            authorizing_integration_owners: {},
            name: interaction.commandName,
            command_type: interaction.commandType,
            ...(interaction.targetId === undefined ? {} : { target_message_id: interaction.targetId }),
          },
        }),
  };
}

/** A forward's own fields are empty; what it shows is a part of the message that it was made from. */
function forwardJson({ forwarded }: Message, fresh: (url: string) => string) {
  if (forwarded === undefined) return {};
  const whole = messageJson(forwarded, {}, '', fresh);
  const { type, content, embeds, attachments, components, timestamp, edited_timestamp, flags } = whole;
  const { mentions, mention_roles } = whole;
  const shown = { type, content, embeds, attachments, components, timestamp, edited_timestamp, flags };
  return {
    message_reference: { type: 1, channel_id: forwarded.channelId, message_id: forwarded.id },
    message_snapshots: [{ message: { ...shown, mentions, mention_roles } }],
  };
}

/** `attachment://` names in components are resolved for whoever reads (Unfurled Media Item). */
function withMedia<T extends object>(component: T, attachments: readonly AttachmentJson[]): T {
  const resolve = (_key: string, value: unknown): unknown => {
    if (!isObject(value) || typeof value.url !== 'string' || !value.url.startsWith('attachment://')) return value;
    const name = value.url.slice('attachment://'.length);
    const file = attachments.find(({ filename }) => filename === name);
    if (file === undefined) return value;
    const { id: attachment_id, url, proxy_url, content_type } = file;
    return { ...value, url, proxy_url, width: 64, height: 64, content_type, attachment_id, loading_state: 2, flags: 0 };
  };
  return JSON.parse(JSON.stringify(component, resolve)) as T;
}

function attachmentJson(attachment: Attachment, url: string): AttachmentJson {
  const { id, filename, upload, title, description } = attachment;
  const contentType = typeByName(filename);
  return {
    id,
    filename,
    size: upload.size,
    url,
    proxy_url: url,
    content_scan_version: 0,
    ...(contentType === undefined ? {} : { content_type: contentType }),
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(attachment.isEphemeral ? { ephemeral: true } : {}),
    ...(attachment.isSpoiler ? { flags: SPOILER } : {}),
  };
}

// Discord writes microseconds and an offset.
const isoTime = (at: number) => new Date(at).toISOString().replace('Z', '000+00:00');

export const isPrivate = (message: Pick<MessageJson, 'flags'>): boolean =>
  (message.flags & messageFlag.ephemeral) !== 0;
