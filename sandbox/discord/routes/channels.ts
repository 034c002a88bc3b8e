import { readBody, readJson } from '../body.ts';
import { parseForm } from '../checks/form.ts';
import { channelEdit, channelMessage, type Draft, messageFlag } from '../checks/message.ts';
import { recipient } from '../checks/recipient.ts';
import type { StandInCore } from '../core.ts';
import { blank } from '../message-events.ts';
import type { MessageJson } from '../message-json.ts';
import type { Message } from '../messages.ts';
import { channelJson } from '../people.ts';
import { effective, permission } from '../permissions.ts';
import { invalidField, refusal } from '../refusal.ts';
import type { Answer, Call, Route } from '../server.ts';
import { type Channel, isThread } from '../world.ts';

const CHANNEL = '/channels/:channel';
const CREATE_FLAGS =
  messageFlag.suppressEmbeds | messageFlag.componentsV2 | messageFlag.voice | messageFlag.suppressNotifications;
const NONCE_MS = 5 * 60_000;

/** Channels as the bot's token reaches them: by membership and permissions. */
export function channelRoutes(core: StandInCore): Route[] {
  const lives = (call: Call) => [`${call.param('channel')} ${call.param('message')}`] as const;
  const one = { auth: 'bot', pattern: `${CHANNEL}/messages/:message`, lives } as const;
  return [
    {
      method: 'GET',
      auth: 'bot',
      pattern: CHANNEL,
      run: (call) => ({ status: 200, body: channelJson(reach(call, core), core.world) }),
    },
    { method: 'GET', auth: 'bot', pattern: `${CHANNEL}/messages`, run: (call) => list(call, core) },
    { method: 'POST', auth: 'bot', pattern: `${CHANNEL}/messages`, run: (call) => post(call, core) },
    {
      ...one,
      method: 'GET',
      run: (call) => ({ status: 200, body: seen(messageOf(call, readable(call, core), core), core) }),
    },
    { ...one, method: 'PATCH', run: (call) => edit(call, core) },
    { ...one, method: 'DELETE', run: (call) => remove(call, core) },
    { method: 'POST', auth: 'bot', pattern: '/users/@me/channels', run: (call) => openDm(call, core) },
  ];
}

/** The channel if the bot can see it. */
function reach(call: Call, core: StandInCore): Channel {
  const channel = core.world.channels.get(call.param('channel'));
  if (channel === undefined || channel.deleted) throw refusal('unknownChannel');
  if (channel.guildId === undefined) {
    if (!channel.botIsRecipient) throw refusal('missingAccess');
    return channel;
  }
  const needed = permission.viewChannel | (channel.type === 2 ? permission.connect : 0n);
  const sees = core.world.guildOf(channel)?.bot === true && (channel.permissions & needed) === needed;
  if (!sees) throw refusal('missingAccess');
  return channel;
}

const may = (channel: Channel, needed: bigint) =>
  channel.guildId === undefined || (effective(channel.permissions, isThread(channel)) & needed) === needed;

function readable(call: Call, core: StandInCore): Channel {
  const channel = reach(call, core);
  if (!may(channel, permission.readMessageHistory)) throw refusal('missingPermissions');
  return channel;
}

/** Private replies do not exist on this road. */
function messageOf(call: Call, channel: Channel, core: StandInCore): Message {
  const message = core.messages.find(call.param('message'));
  const isHere = message?.channelId === channel.id && (message.flags & messageFlag.ephemeral) === 0;
  if (message === undefined || !isHere) throw refusal('unknownMessage');
  return message;
}

function list(call: Call, core: StandInCore): Answer {
  const channel = reach(call, core);
  const limit = Number(call.query.get('limit') ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100)
    throw invalidField(['limit'], 'NUMBER_TYPE_MAX', 'int value should be between 1 and 100.');
  if (!may(channel, permission.readMessageHistory)) return { status: 200, body: [] };
  const visible = core.messages.in(channel.id).filter(({ flags }) => (flags & messageFlag.ephemeral) === 0);
  return { status: 200, body: page(visible, call.query, limit).map((message) => seen(message, core)) };
}

/** Messages of others in servers are blank without MESSAGE_CONTENT, but where they mention the bot. */
function seen(message: Message, { messages, world, seesContent, botUserId }: StandInCore): MessageJson {
  const json = messages.json(message);
  const inServer = world.channels.get(message.channelId)?.guildId !== undefined;
  const isOpen = seesContent || !inServer || message.authorId === undefined;
  return isOpen || message.content.includes(`<@${botUserId}>`) ? json : { ...json, ...blank, ...withoutForwards(json) };
}

const withoutForwards = ({ message_snapshots }: MessageJson) =>
  message_snapshots === undefined
    ? {}
    : { message_snapshots: message_snapshots.map(({ message }) => ({ message: { ...message, ...blank } })) };

/** Newest first; `after` takes the ones right after it, `around` half on each side. */
function page(messages: readonly Message[], query: URLSearchParams, limit: number): Message[] {
  const newest = messages.toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
  const after = query.get('after');
  if (after !== null) return newest.filter(({ id }) => BigInt(id) > BigInt(after)).slice(-limit);
  const before = query.get('before');
  if (before !== null) return newest.filter(({ id }) => BigInt(id) < BigInt(before)).slice(0, limit);
  const around = query.get('around');
  if (around === null) return newest.slice(0, limit);
  const half = Math.floor(limit / 2);
  const newer = newest.filter(({ id }) => BigInt(id) > BigInt(around)).slice(-half);
  const older = newest.filter(({ id }) => BigInt(id) <= BigInt(around)).slice(0, limit - newer.length);
  return [...newer, ...older];
}

async function post(call: Call, core: StandInCore): Promise<Answer> {
  const channel = writable(call, core);
  const limit = core.world.guildOf(channel)?.uploadLimit ?? core.uploadLimit;
  const { payload, files } = await readBody(call.request, { keep: core.keepUploads, limit });
  const draft = parseForm(channelMessage, payload);
  core.checkOfficially('/channels/{channel_id}/messages', 'post', payload);
  writable(call, core);
  refuseParts(channel, draft, files.size);
  const referenceId = referenced(channel, draft, core);
  const flags = draft.flags ?? 0;
  if ((flags & ~CREATE_FLAGS) !== 0)
    throw invalidField(['flags'], 'MESSAGE_FLAGS_INVALID', 'Flags that a message cannot be made with.');
  if (draft.enforce_nonce === true && (draft.nonce === undefined || draft.nonce === null)) {
    throw invalidField(['nonce'], 'BASE_TYPE_REQUIRED', 'enforce_nonce needs a nonce');
  }

  const same = draft.enforce_nonce === true ? withNonce(channel, draft.nonce, core) : undefined;
  const message =
    same ??
    core.messages.create(
      {
        channelId: channel.id,
        type: referenceId === undefined ? 0 : 19,
        referenceId,
        nonce: draft.nonce ?? undefined,
        flags,
      },
      { draft, files, where: `${call.method} ${call.route}` },
    );
  return {
    status: 200,
    body: { ...core.messages.json(message), ...(message.nonce === undefined ? {} : { nonce: message.nonce }) },
  };
}

const withNonce = (channel: Channel, nonce: Draft['nonce'], core: StandInCore) =>
  core.messages
    .in(channel.id)
    .find((one) => one.authorId === undefined && one.nonce === nonce && one.createdAt > Date.now() - NONCE_MS);

function refuseClosedThread({ archived, locked }: Channel): void {
  if (archived) throw refusal('archivedThread');
  if (locked) throw refusal('lockedThread');
}

/** A channel that takes the bot's messages. */
function writable(call: Call, core: StandInCore): Channel {
  const channel = reach(call, core);
  if (!may(channel, isThread(channel) ? permission.sendMessagesInThreads : permission.sendMessages))
    throw refusal('missingPermissions');
  refuseClosedThread(channel);
  const other = channel.type === 1 ? channel.recipients.find((id) => id !== core.world.botUserId) : undefined;
  if (other === undefined) return channel;
  if (core.world.user(other).dmsClosed) throw refusal('closedDms');
  if (!core.world.hasMutualGuild(other) && !core.world.hasWritten(channel.id)) throw refusal('noMutualGuild');
  return channel;
}

function refuseParts(channel: Channel, draft: Draft, files: number): void {
  if (files > 0 && !may(channel, permission.attachFiles)) throw refusal('missingPermissions');
  if (draft.embeds?.length && !may(channel, permission.embedLinks)) throw refusal('missingPermissions');
}

function referenced(channel: Channel, draft: Draft, core: StandInCore): string | undefined {
  const wanted = draft.message_reference;
  if (wanted === undefined || wanted === null) return undefined;
  if (!may(channel, permission.readMessageHistory)) throw refusal('replyNeedsHistory');
  const target = core.messages.find(wanted.message_id);
  const isThere = target?.channelId === channel.id && (target.flags & messageFlag.ephemeral) === 0;
  if (isThere) return wanted.message_id;
  if (wanted.fail_if_not_exists === false) return undefined;
  throw invalidField(['message_reference'], 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message');
}

async function edit(call: Call, core: StandInCore): Promise<Answer> {
  const channel = reach(call, core);
  messageOf(call, channel, core);
  const limit = core.world.guildOf(channel)?.uploadLimit ?? core.uploadLimit;
  const { payload, files } = await readBody(call.request, { keep: core.keepUploads, limit });
  const draft = parseForm(channelEdit, payload);
  core.checkOfficially('/channels/{channel_id}/messages/{message_id}', 'patch', payload);
  const message = messageOf(call, reach(call, core), core);
  if (message.authorId !== undefined) throw refusal('notAuthor');
  refuseClosedThread(channel);
  refuseParts(channel, draft, files.size);
  core.messages.edit(message, { draft, files, where: `${call.method} ${call.route}` });
  return { status: 200, body: core.messages.json(message) };
}

function remove(call: Call, core: StandInCore): Answer {
  const message = messageOf(call, reach(call, core), core);
  if (message.authorId !== undefined) throw refusal('missingPermissions');
  core.messages.delete(message);
  return { status: 204 };
}

async function openDm(call: Call, core: StandInCore): Promise<Answer> {
  const payload = await readJson(call.request);
  const { recipient_id } = parseForm(recipient, payload);
  core.checkOfficially('/users/@me/channels', 'post', payload);
  if (!core.world.users.has(recipient_id)) throw refusal('unknownUser');
  return { status: 200, body: channelJson(core.world.dmWith(recipient_id), core.world) };
}
