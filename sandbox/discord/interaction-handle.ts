import type { StandInCore } from './core.ts';
import type { AttachmentInput } from './interaction-payload.ts';
import type { Callback, InteractionRecord } from './interaction-record.ts';
import type { Interactions } from './interactions.ts';
import { isObject, type JsonObject } from './json.ts';
import type { MessageJson } from './message-json.ts';
import { isPrivate } from './message-json.ts';
import type { Message, Version } from './messages.ts';
import { type ModalValues, submittedModal } from './modal-submit.ts';
import type { Upload } from './uploads.ts';

export type Click = {
  userId?: string;
  customId: string;
  values?: readonly string[] /** Default: the reply. */;
  messageId?: string;
};
export type Submission = { userId?: string; values?: ModalValues; attachments?: readonly AttachmentInput[] };

/** What the member sees of one interaction. */
export type InteractionHandle = {
  readonly id: string;
  readonly token: string;
  /** The INTERACTION_CREATE as it was dispatched. */
  readonly payload: JsonObject;
  /** What was answered first; rejects when the 3 s pass without an answer. */
  readonly callback: Promise<Callback>;
  /** What was answered so far. */
  answer(): Callback | undefined;
  /** The reply as it stands; undefined: none yet, or deleted. */
  reply(): MessageJson | undefined;
  /** Every version the reply had. */
  readonly states: readonly Version[];
  readonly followups: readonly MessageJson[];
  /** The reply, as soon as it fits; rejects after `timeoutMs` with its last state. */
  waitFor(fits: (reply: MessageJson) => boolean, timeoutMs?: number): Promise<MessageJson>;
  /** The files of the reply as it stands. */
  uploads(): readonly Upload[];
  isPrivate(): boolean;
  expireToken(): void;
  /** A moderator deletes the reply. */
  deleteReply(): void;
  redispatch(): void;
  /** Someone clicks a component of the reply. */
  component(click: Click): InteractionHandle;
  /** The member fills in the modal that was the answer. */
  modalSubmit(submission: Submission): InteractionHandle;
};

export function makeHandle(
  record: InteractionRecord,
  core: Pick<StandInCore, 'messages'>,
  interactions: Interactions,
): InteractionHandle {
  const { messages } = core;
  const current = () => (record.original?.deleted === true ? undefined : record.original);
  const json = (message: Message | undefined) => (message === undefined ? undefined : messages.json(message));
  const callback = firstAnswer(record);
  return {
    id: record.id,
    token: record.token,
    payload: record.payload,
    callback,
    answer: () => record.callback,
    reply: () => json(current()),
    get states() {
      return record.original?.versions ?? [];
    },
    get followups() {
      return record.followUps.filter(({ deleted }) => !deleted).map((message) => messages.json(message));
    },
    waitFor(fits, timeoutMs = 30_000) {
      const look = () => {
        const reply = json(current());
        return reply !== undefined && fits(reply) ? reply : undefined;
      };
      return record.watch.until(look, timeoutMs, 'the reply to fit').catch((error: unknown) => {
        throw new Error(`${String(error)}; it is ${JSON.stringify(json(current()) ?? null)}`);
      });
    },
    uploads: () => current()?.attachments.map(({ upload }) => upload) ?? [],
    isPrivate: () => record.original !== undefined && isPrivate(record.original),
    expireToken() {
      record.expiresAt = Date.now();
    },
    deleteReply() {
      if (record.original !== undefined) messages.delete(record.original);
    },
    redispatch: () => interactions.redispatch(record),
    component({ userId, customId, values, messageId }) {
      const source = messageId === undefined ? current() : messages.find(messageId);
      if (source === undefined) throw new Error('there is no message to click on');
      const isOthers = userId !== undefined && userId !== record.userId;
      if (isPrivate(source) && isOthers) throw new Error('a private message is seen by its member alone');
      const data = clicked(source, customId, values);
      return interactions.follow(record, { kind: 3, data, source }, userId);
    },
    modalSubmit({ userId, values = {}, attachments = [] }) {
      const shown = record.callback;
      if (shown?.type !== 9) throw new Error('no modal was shown');
      const files = interactions.sendFiles(attachments, '');
      const data = submittedModal(shown.data, values, files);
      return interactions.follow(record, { kind: 5, data, source: record.source }, userId);
    },
  };
}

function firstAnswer(record: InteractionRecord): Promise<Callback> {
  const leftMs = Math.max(0, record.deadlineAt - Date.now()) + 100;
  const callback = record.watch.until(() => record.callback, leftMs, 'an answer to the interaction');
  // Whoever does not look at it must not be hit by its rejection.
  callback.catch(() => undefined);
  return callback;
}

/** The `data` of a click on a component of this message; throws where Discord's client shows none to click on. */
export function clicked(source: Message, customId: string, values: readonly string[] | undefined): JsonObject {
  const component = findComponent(source.components, customId);
  if (component === undefined) throw new Error(`the message has no component ${customId}`);
  if (component.disabled === true) throw new Error(`${customId} is disabled`);
  return {
    custom_id: customId,
    component_type: component.type,
    id: component.id ?? 1,
    ...(values === undefined ? {} : { values }),
  };
}

function findComponent(node: unknown, customId: string): JsonObject | undefined {
  if (Array.isArray(node)) {
    return node.map((one) => findComponent(one, customId)).find((found) => found !== undefined);
  }
  if (!isObject(node)) return undefined;
  return node.custom_id === customId ? node : findComponent(Object.values(node), customId);
}
