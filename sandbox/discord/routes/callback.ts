import { readBody } from '../body.ts';
import { type CallbackBody, callback } from '../checks/callback.ts';
import { parseForm } from '../checks/form.ts';
import { messageFlag } from '../checks/message.ts';
import type { StandInCore } from '../core.ts';
import { type InteractionRecord, originOf } from '../interaction-record.ts';
import type { JsonObject } from '../json.ts';
import type { Message } from '../messages.ts';
import { invalidField, refusal } from '../refusal.ts';
import type { Answer, Call, Route } from '../server.ts';
import type { Upload } from '../uploads.ts';

const ROUTE = '/interactions/:interaction/:token/callback';
const INITIAL_FLAGS =
  messageFlag.suppressEmbeds |
  messageFlag.ephemeral |
  messageFlag.componentsV2 |
  messageFlag.voice |
  messageFlag.suppressNotifications;

/** The one first answer to an interaction: within 3 s, once. */
export function callbackRoutes(core: StandInCore): Route[] {
  return [{ method: 'POST', pattern: ROUTE, auth: 'none', run: (call) => answer(call, core) }];
}

async function answer(call: Call, core: StandInCore): Promise<Answer> {
  const record = core.interactions.byToken(call.param('token'));
  if (record === undefined || record.id !== call.param('interaction')) throw refusal('unknownInteraction');
  refuseIfOver(record);
  const { payload, files } = await readBody(call.request, { keep: core.keepUploads, limit: record.sizeLimit });
  const body = parseForm(callback, payload);
  core.checkOfficially('/interactions/{interaction_id}/{interaction_token}/callback', 'post', payload);
  // Looked at again: the body may have arrived late, or after another answer.
  refuseIfOver(record);
  const message = take(record, body, { core, files, call });

  const withResponse = call.query.get('with_response') === 'true';
  record.callback = {
    type: body.type,
    data: 'data' in body && body.data !== undefined && body.data !== null ? { ...body.data } : {},
    latencyMs: performance.now() - record.dispatchedAt,
    at: Date.now(),
    withResponse,
  };
  record.watch.notify();
  return withResponse ? { status: 200, body: responseJson(record, body, message, core) } : { status: 204 };
}

function refuseIfOver(record: InteractionRecord): void {
  const now = Date.now();
  if (record.callback !== undefined && now < record.expiresAt) throw refusal('alreadyAcknowledged');
  if (record.callback !== undefined || now >= record.deadlineAt) throw refusal('unknownInteraction');
}

type Means = { core: StandInCore; files: ReadonlyMap<number, Upload>; call: Call };

function take(record: InteractionRecord, body: CallbackBody, means: Means): Message | undefined {
  refuseWrongKind(record, body.type);
  switch (body.type) {
    case 4:
      return createReply(record, body.data, means);
    case 5: {
      record.original = means.core.messages.createLoading(
        fresh(record, (body.data?.flags ?? 0) | forcedFlags(record, means.core)),
      );
      return undefined;
    }
    case 6:
      record.original = watched(record);
      return undefined;
    case 7: {
      const source = watched(record);
      const { tts: _, ...draft } = body.data ?? {};
      means.core.messages.edit(source, { draft, files: means.files, where: `${means.call.method} ${ROUTE}` });
      record.original = source;
      return source;
    }
    case 8:
    case 9:
      return undefined;
    default:
      return body satisfies never;
  }
}

function createReply(
  record: InteractionRecord,
  data: Extract<CallbackBody, { type: 4 }>['data'],
  { core, files }: Means,
): Message {
  const flags = data.flags ?? 0;
  if ((flags & ~INITIAL_FLAGS) !== 0)
    throw invalidField(['data', 'flags'], 'MESSAGE_FLAGS_INVALID', 'Flags that an answer cannot have.');
  const message = core.messages.create(fresh(record, flags | forcedFlags(record, core)), {
    draft: { ...data, flags: undefined },
    files,
    where: `POST ${ROUTE}`,
  });
  record.original = message;
  return message;
}

// Permissions > USE_EXTERNAL_APPS: "when disabled […] the responses will be ephemeral. This only applies to apps not also
// installed to the server."
function forcedFlags(record: InteractionRecord, { world }: StandInCore): number {
  const isOpen = world.channels.get(record.channelId)?.externalApps !== false;
  return record.guildId !== undefined && record.isUserInstallOnly && !isOpen ? messageFlag.ephemeral : 0;
}

const fresh = (record: InteractionRecord, flags: number) => ({
  channelId: record.channelId,
  type: record.kind === 2 ? (record.command?.command.type === 1 || record.command === undefined ? 20 : 23) : 0,
  interaction: originOf(record),
  referenceId: record.kind === 3 ? record.source?.id : record.kind === 2 ? record.targetId : undefined,
  watch: record.watch,
  flags,
});

function watched(record: InteractionRecord): Message {
  if (record.source === undefined) throw invalidField(['type'], 'BASE_TYPE_CHOICES', 'There is no message to update.');
  record.source.watches.add(record.watch);
  return record.source;
}

// 2 command, 3 component, 4 autocomplete, 5 modal.
function refuseWrongKind(record: InteractionRecord, type: number): void {
  const needsMessage = type === 6 || type === 7;
  const isWrong =
    (record.kind === 4) !== (type === 8) ||
    (type === 9 && record.kind === 5) ||
    (needsMessage && record.source === undefined);
  if (isWrong)
    throw invalidField(['type'], 'INTERACTION_CALLBACK_TYPE_INVALID', `Type ${type} does not answer this interaction.`);
}

function responseJson(
  record: InteractionRecord,
  body: CallbackBody,
  message: Message | undefined,
  core: StandInCore,
): JsonObject {
  const original = record.original;
  const isMessage = original !== undefined && body.type !== 8 && body.type !== 9;
  const seen = isMessage
    ? {
        response_message_id: original.id,
        response_message_loading: (original.flags & messageFlag.loading) !== 0,
        response_message_ephemeral: (original.flags & messageFlag.ephemeral) !== 0,
      }
    : {};
  return {
    interaction: { id: record.id, type: record.kind, ...seen },
    resource: { type: body.type, ...(message === undefined ? {} : { message: core.messages.json(message) }) },
  };
}
