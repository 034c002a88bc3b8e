import { type Attachment, placeAttachments } from './attachments.ts';
import type { Cdn } from './cdn.ts';
import { pings } from './checks/mentions.ts';
import { type Draft, messageFlag } from './checks/message.ts';
import { checkWhole } from './checks/whole-message.ts';
import { type MessageJson, messageJson } from './message-json.ts';
import { invalidField, refusal } from './refusal.ts';
import type { NewId } from './snowflake.ts';
import type { Upload } from './uploads.ts';
import { Watch } from './watch.ts';

export type Version = { readonly at: number; readonly message: MessageJson };

export type Message = {
  readonly id: string;
  readonly channelId: string;
  /** 0 plain, 19 reply, 20 answer to a slash command, 23 to a context menu command. */
  readonly type: number;
  /** undefined: the bot. */
  readonly authorId: string | undefined;
  readonly interaction: InteractionOrigin | undefined;
  readonly referenceId: string | undefined;
  readonly nonce: string | number | undefined;
  readonly createdAt: number;
  content: string;
  embeds: NonNullable<Draft['embeds']>;
  components: NonNullable<Draft['components']>;
  attachments: readonly Attachment[];
  flags: number;
  editedAt: number | undefined;
  deleted: boolean;
  readonly versions: Version[];
  /** Names of stickers. */
  readonly stickers: readonly string[];
  readonly webhookId: string | undefined;
  /** What it forwards, as that was then. */
  readonly forwarded: Message | undefined;
  /** Whom it pinged. */
  readonly mentions: string[];
  readonly watches: Set<Watch>;
};
export type InteractionOrigin = {
  readonly id: string;
  readonly type: number;
  readonly userId: string;
  readonly commandName: string;
  readonly commandType: number;
  readonly targetId: string | undefined;
};

export type NewMessage = {
  channelId: string;
  type?: number;
  authorId?: string;
  interaction?: InteractionOrigin | undefined;
  referenceId?: string | undefined;
  nonce?: string | number | undefined;
  watch?: Watch;
  flags?: number;
  stickers?: readonly string[];
  webhookId?: string | undefined;
  forwarded?: Message;
};
export type Parts = { draft: Draft; files: ReadonlyMap<number, Upload>; where: string };

export type StoreOptions = {
  cdn: Cdn;
  newId: NewId;
  violate: (what: string) => void;
  author: (userId: string | undefined) => MessageJson['author'];
  applicationId: string;
  /** What the gateway tells of it. */
  tell: (event: MessageEvent, message: Message) => void;
};
export type MessageEvent = 'MESSAGE_CREATE' | 'MESSAGE_UPDATE' | 'MESSAGE_DELETE';

const EDITABLE = messageFlag.suppressEmbeds | messageFlag.componentsV2;

/** Every message there is, with every version it had. */
export class Messages {
  readonly watch = new Watch();
  /** What the servers' automatic moderation lets nobody say. */
  blocked: RegExp | undefined;
  readonly #options: StoreOptions;
  readonly #byId = new Map<string, Message>();
  readonly #byChannel = new Map<string, Message[]>();

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  find(id: string): Message | undefined {
    const message = this.#byId.get(id);
    return message?.deleted === true ? undefined : message;
  }

  /** In a channel, oldest first, deleted ones left out. */
  in(channelId: string): Message[] {
    return (this.#byChannel.get(channelId) ?? []).filter(({ deleted }) => !deleted);
  }

  /** As anyone reads it. The nonce is told to its sender only, at creation. */
  json(message: Message): MessageJson {
    const { author, applicationId, cdn } = this.#options;
    const mentions = message.mentions.map((id) => author(id));
    return { ...messageJson(message, author(message.authorId), applicationId, (url) => cdn.fresh(url)), mentions };
  }

  /**
   * A message with these parts. It pings whom it names by hand; behind an interaction that may be its own member alone.
   * Any other mention that would ping is a violation.
   */
  create(fresh: NewMessage, parts: Parts): Message {
    const message = this.#blank(fresh);
    this.#apply(message, parts);
    const { interaction } = message;
    const named = parts.draft.allowed_mentions?.users ?? [];
    const isMeant = (id: string) => named.includes(id) && (interaction === undefined || interaction.userId === id);
    const pinged = this.#pinged(parts, message);
    message.mentions.push(...pinged.filter(isMeant));
    this.#object(
      parts,
      pinged.filter((id) => !isMeant(id)),
    );
    return this.#keep(message);
  }

  /** The "thinking…" message of a deferred answer. */
  createLoading(fresh: NewMessage): Message {
    const message = this.#blank(fresh);
    message.flags |= messageFlag.loading;
    return this.#keep(message);
  }

  edit(message: Message, parts: Parts): void {
    const { flags } = parts.draft;
    if (flags !== undefined && flags !== null && (flags & ~EDITABLE) !== 0) {
      throw invalidField(
        ['flags'],
        'MESSAGE_FLAGS_INVALID',
        'An edit may touch SUPPRESS_EMBEDS and IS_COMPONENTS_V2 only.',
      );
    }
    this.#apply(message, parts);
    this.#object(parts, this.#pinged(parts, message));
    message.editedAt = (message.flags & messageFlag.loading) === 0 ? Date.now() : undefined;
    message.flags &= ~messageFlag.loading;
    this.#changed(message);
    this.#options.tell('MESSAGE_UPDATE', message);
  }

  delete(message: Message): void {
    message.deleted = true;
    this.#notify(message);
    this.#options.tell('MESSAGE_DELETE', message);
  }

  #blank({ type = 0, authorId, interaction, referenceId, nonce, watch, ...fresh }: NewMessage): Message {
    return {
      id: this.#options.newId(),
      channelId: fresh.channelId,
      type,
      authorId,
      interaction,
      referenceId,
      nonce,
      stickers: fresh.stickers ?? [],
      webhookId: fresh.webhookId,
      forwarded: fresh.forwarded,
      mentions: [],
      createdAt: Date.now(),
      content: '',
      embeds: [],
      components: [],
      attachments: [],
      flags: fresh.flags ?? 0,
      editedAt: undefined,
      deleted: false,
      versions: [],
      watches: new Set(watch === undefined ? [] : [watch]),
    };
  }

  /** All or nothing: the message changes only once every rule has agreed. */
  #apply(message: Message, { draft, files }: Parts): void {
    const flags = message.flags & messageFlag.componentsV2;
    const next = {
      content: draft.content === undefined ? message.content : (draft.content ?? '').trim(),
      embeds: draft.embeds === undefined ? message.embeds : (draft.embeds ?? []),
      components: draft.components === undefined ? message.components : (draft.components ?? []),
      flags:
        draft.flags === undefined || draft.flags === null
          ? message.flags
          : (message.flags & ~EDITABLE) | draft.flags | flags,
      attachments: placeAttachments({
        current: message.attachments,
        wanted: draft.attachments,
        files,
        isEphemeral: (message.flags & messageFlag.ephemeral) !== 0,
        channelId: message.channelId,
        cdn: this.#options.cdn,
        newId: this.#options.newId,
      }),
    };
    if (this.blocked?.test(next.content) === true) throw refusal('blockedByAutoMod');
    const attachmentNames = next.attachments.map(({ filename }) => filename);
    if (message.stickers.length === 0 && message.forwarded === undefined) checkWhole({ ...next, attachmentNames });
    Object.assign(message, next);
  }

  #pinged({ draft }: Parts, message: Message): string[] {
    const byDefault =
      message.interaction === undefined ? (['users', 'roles', 'everyone'] as const) : (['users'] as const);
    const texts = JSON.stringify([draft.content ?? '', draft.components ?? []]);
    return pings(texts, draft.allowed_mentions, byDefault);
  }

  #object({ where }: Parts, pinged: readonly string[]): void {
    if (pinged.length > 0) this.#options.violate(`${where}: a mention pings ${pinged.join(', ')}`);
  }

  #keep(message: Message): Message {
    this.#byId.set(message.id, message);
    const others = this.#byChannel.get(message.channelId);
    if (others === undefined) this.#byChannel.set(message.channelId, [message]);
    else others.push(message);
    this.#changed(message);
    this.#options.tell('MESSAGE_CREATE', message);
    return message;
  }

  #changed(message: Message): void {
    message.versions.push({ at: Date.now(), message: this.json(message) });
    this.#notify(message);
  }

  #notify(message: Message): void {
    for (const watch of message.watches) watch.notify();
    this.watch.notify();
  }
}
