import { readBody } from '../body.ts';
import { parseForm } from '../checks/form.ts';
import { followUp, messageFlag, webhookEdit } from '../checks/message.ts';
import type { StandInCore } from '../core.ts';
import { type InteractionRecord, originOf } from '../interaction-record.ts';
import type { Message } from '../messages.ts';
import { invalidField, refusal } from '../refusal.ts';
import type { Answer, Call, Route } from '../server.ts';

const WEBHOOK = '/webhooks/:application/:token';
const FOLLOW_UP_FLAGS =
  messageFlag.suppressEmbeds | messageFlag.ephemeral | messageFlag.componentsV2 | messageFlag.suppressNotifications;
const MAX_FOLLOW_UPS = 5;

/** What the holder of a live interaction token may do with its messages. */
export function webhookRoutes(core: StandInCore): Route[] {
  const common = { auth: 'none', refusesAuth: true } as const;
  const of = (name: string) => ({
    ...common,
    pattern: `${WEBHOOK}/messages/${name}`,
    lives: (call: Call) => [call.param('token'), `${call.param('token')} ${call.param('message')}`] as const,
  });
  const both = [of('@original'), of(':message')];
  return [
    ...both.map((place) => ({ ...place, method: 'GET', run: (call: Call) => show(call, core) })),
    ...both.map((place) => ({ ...place, method: 'PATCH', run: (call: Call) => edit(call, core) })),
    ...both.map((place) => ({ ...place, method: 'DELETE', run: (call: Call) => remove(call, core) })),
    {
      ...common,
      pattern: WEBHOOK,
      method: 'POST',
      lives: (call) => [call.param('token')],
      run: (call) => follow(call, core),
    },
  ];
}

function show(call: Call, core: StandInCore): Answer {
  const message = messageOf(call, recordOf(call, core), core);
  return { status: 200, body: core.messages.json(message) };
}

async function edit(call: Call, core: StandInCore): Promise<Answer> {
  const record = recordOf(call, core);
  messageOf(call, record, core);
  const { payload, files } = await readBody(call.request, { keep: core.keepUploads, limit: record.sizeLimit });
  const draft = parseForm(webhookEdit, payload);
  core.checkOfficially('/webhooks/{webhook_id}/{webhook_token}/messages/@original', 'patch', payload);
  // A long upload may outlive the token or the message.
  const message = messageOf(call, recordOf(call, core), core);
  core.messages.edit(message, { draft, files, where: `${call.method} ${call.route}` });
  return { status: 200, body: core.messages.json(message) };
}

function remove(call: Call, core: StandInCore): Answer {
  core.messages.delete(messageOf(call, recordOf(call, core), core));
  return { status: 204 };
}

async function follow(call: Call, core: StandInCore): Promise<Answer> {
  const record = recordOf(call, core);
  const { payload, files } = await readBody(call.request, { keep: core.keepUploads, limit: record.sizeLimit });
  const draft = parseForm(followUp, payload);
  core.checkOfficially('/webhooks/{webhook_id}/{webhook_token}', 'post', payload);
  recordOf(call, core);
  const flags = draft.flags ?? 0;
  if ((flags & ~FOLLOW_UP_FLAGS) !== 0)
    throw invalidField(['flags'], 'MESSAGE_FLAGS_INVALID', 'Flags that a follow-up cannot have.');
  const where = `${call.method} ${call.route}`;

  const { original } = record;
  if (original !== undefined && (original.flags & messageFlag.loading) !== 0) {
    // Deprecated, but so it is: the first follow-up after a defer fills the waiting message, with that one's privacy.
    const edited = { ...draft, flags: flags & (messageFlag.suppressEmbeds | messageFlag.componentsV2) };
    core.messages.edit(original, { draft: edited, files, where });
    return { status: 200, body: core.messages.json(original) };
  }
  if (record.isUserInstallOnly && record.followUps.length >= MAX_FOLLOW_UPS) throw refusal('followUpLimit');
  const message = core.messages.create(
    {
      channelId: record.channelId,
      interaction: originOf(record),
      referenceId: original?.id,
      watch: record.watch,
      flags,
    },
    { draft, files, where },
  );
  record.followUps.push(message);
  record.watch.notify();
  return { status: 200, body: core.messages.json(message) };
}

/** The interaction behind a token that is known, answered and alive. */
function recordOf(call: Call, core: StandInCore): InteractionRecord {
  const record = core.interactions.byToken(call.param('token'));
  if (record === undefined || call.param('application') !== core.applicationId) throw refusal('unknownWebhook');
  if (Date.now() >= record.expiresAt) throw refusal('invalidWebhookToken');
  if (record.callback === undefined) throw refusal('unknownWebhook');
  return record;
}

function messageOf(call: Call, record: InteractionRecord, core: StandInCore): Message {
  const id = call.param('message');
  const original = record.original;
  const message = id === '' || id === original?.id ? original : record.followUps.find((one) => one.id === id);
  if (message === undefined || core.messages.find(message.id) === undefined) throw refusal('unknownMessage');
  return message;
}
