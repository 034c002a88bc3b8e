import { randomBytes } from 'node:crypto';
import type { Registered } from './commands.ts';
import type { StandInCore } from './core.ts';
import { clicked, type InteractionHandle, makeHandle } from './interaction-handle.ts';
import {
  clientObjections,
  commandData,
  fileOption,
  isList,
  type OptionsInput,
  optionsOf,
  wireOptions,
} from './interaction-options.ts';
import { type AttachmentInput, type Context, envelope, sendFile } from './interaction-payload.ts';
import {
  type InteractionKind,
  type InteractionRecord,
  newRecord,
  type Place,
  type SentFile,
} from './interaction-record.ts';
import type { JsonObject } from './json.ts';
import type { Message } from './messages.ts';
import { permission } from './permissions.ts';
import type { Channel, World } from './world.ts';

export type Interact = {
  userId?: string;
  guildId?: string;
  channelId?: string;
  context?: Context;
  command: string;
  options?: OptionsInput;
  /** A message command, used on this message; it happens in that message's channel. */
  targetId?: string;
  attachments?: readonly AttachmentInput[];
  locale?: string;
  guildLocale?: string;
  /** The member has installed the bot for themselves; default: where the bot is not a member of the place. */
  userInstall?: boolean;
  attachmentSizeLimit?: number;
  /** When it was created; deadline and token count from here. Default now. */
  at?: number | Date;
  /** How long it may take to answer, from now; default: 3 s from `at`. Tells a wrong clock from a late answer. */
  answerWithinMs?: number;
  /** Sends what no Discord client would: nothing is checked against the declaration. */
  raw?: boolean;
};

/** A click on a message of the bot's, whatever it came from. */
export type PressInput = Pick<Interact, 'locale' | 'at' | 'answerWithinMs'> & {
  messageId: string;
  customId: string;
  /** Of a select. */
  values?: readonly string[];
  /** Default: who the DM is with. */
  userId?: string;
};

type Core = Omit<StandInCore, 'interactions'>;

type Setting = {
  place: Place;
  context: Context;
  channel: Channel;
  owners: JsonObject;
  locale: string;
  guildLocale: string;
};
export type Event = {
  kind: InteractionKind;
  data: JsonObject;
  at?: number;
  answerWithinMs?: number | undefined;
  source?: Message | undefined;
};

const DEADLINE_MS = 3000;
const MESSAGE_COMMAND = 3;

/** The interactions of this Discord, and how new ones come about. */
export class Interactions {
  readonly #core: Core;
  readonly #byToken = new Map<string, InteractionRecord>();
  readonly #settings = new WeakMap<InteractionRecord, Setting>();

  constructor(core: Core) {
    this.#core = core;
  }

  byToken(token: string): InteractionRecord | undefined {
    return this.#byToken.get(token);
  }

  /** A member uses a command. Throws if Discord's client would not have let them, unless `raw`. */
  interact(wish: Interact): InteractionHandle {
    const { commands, world } = this.#core;
    const target = wish.targetId === undefined ? undefined : this.#target(wish.targetId);
    const command = commands.find(wish.command, wish.guildId, target === undefined ? 1 : MESSAGE_COMMAND);
    if (command === undefined && wish.raw !== true) throw new Error(`no command /${wish.command} is registered here`);
    const files = (wish.attachments ?? []).map((file, index) =>
      this.#send(file, file.option ?? fileOption(command, index)),
    );
    const options = wireOptions(wish.options ?? {}, files, command);
    const where = target === undefined ? wish : { ...wish, channelId: target.channelId };
    const setting = this.#setting(where, command);
    if (wish.raw !== true) {
      const objections = [
        ...misplaced(setting, command),
        ...withheld(setting, command, world),
        ...ruledOut(setting, command, this.#core),
        ...clientObjections(options, optionsOf(command), files),
      ];
      if (objections.length > 0) throw new Error(`Discord's client refuses /${wish.command}: ${objections.join('; ')}`);
    }
    const kind = isList(wish.options ?? {}) && options.some(({ focused }) => focused === true) ? 4 : 2;
    const used = commandData(wish.command, command, world.newId(), options, files);
    const data = target === undefined ? used : { ...used, ...this.#targeted(target) };
    return this.#dispatch(setting, {
      kind,
      data,
      answerWithinMs: wish.answerWithinMs,
      ...(wish.at === undefined ? {} : { at: Number(wish.at) }),
    });
  }

  #target(id: string): Message {
    const target = this.#core.messages.find(id);
    if (target === undefined) throw new Error(`no message ${id}: Discord's client shows no menu for it`);
    return target;
  }

  /** The message comes along whole, with MESSAGE_CONTENT or without. */
  #targeted(target: Message): JsonObject {
    const messages = { [target.id]: this.#core.messages.json(target) };
    return { type: MESSAGE_COMMAND, target_id: target.id, resolved: { messages } };
  }

  /** A later event in the same place: a click, a modal. Another member may be the one who acts. */
  follow(before: InteractionRecord, event: Event, userId = before.userId): InteractionHandle {
    const setting = this.#settings.get(before);
    if (setting === undefined) throw new Error('an interaction of another Discord');
    return this.#dispatch({ ...setting, place: { ...setting.place, userId } }, event);
  }

  press({ messageId, customId, values, userId, ...when }: PressInput): InteractionHandle {
    const { world, messages, botUserId } = this.#core;
    const source = messages.find(messageId);
    const channel = source === undefined ? undefined : world.channels.get(source.channelId);
    if (source === undefined || channel === undefined) throw new Error(`no message ${messageId}`);
    const presser = userId ?? channel.recipients.find((id) => id !== botUserId);
    if (presser === undefined) throw new Error('who presses?');
    const setting = this.#setting({ ...when, command: '', channelId: channel.id, userId: presser }, undefined);
    const { at, answerWithinMs } = when;
    const data = clicked(source, customId, values);
    return this.#dispatch(setting, {
      kind: 3,
      data,
      source,
      answerWithinMs,
      ...(at === undefined ? {} : { at: Number(at) }),
    });
  }

  /** The same event again, as after a RESUME or with a second process. */
  redispatch(record: InteractionRecord): void {
    this.#core.gateway.dispatch('INTERACTION_CREATE', record.payload, { guildId: record.guildId });
  }

  sendFiles(attachments: readonly AttachmentInput[], option: string): SentFile[] {
    return attachments.map((file) => this.#send(file, file.option ?? option));
  }

  #send(file: AttachmentInput, option: string | undefined): SentFile {
    if (option === undefined) throw new Error(`no option for the file ${file.name}: name one`);
    const { world, cdn, applicationId } = this.#core;
    return sendFile(file, option, world.newId(), cdn, applicationId);
  }

  #setting(wish: Interact, command: Registered | undefined): Setting {
    const { world, ownerId } = this.#core;
    const userId = wish.userId ?? ownerId;
    world.user(userId);
    const channel = this.#channel(wish, userId);
    const guild = world.guildOf(channel);
    if (guild !== undefined) world.addMember(guild.id, userId);
    if (channel.botIsRecipient && world.user(userId).mutualGuild !== false) world.writes(channel.id);
    const context = wish.context ?? (guild !== undefined ? 0 : channel.botIsRecipient ? 1 : 2);
    const owners = ownersOf(channel, guild?.bot === true, userId, wish.userInstall);
    return {
      context,
      channel,
      owners,
      locale: wish.locale ?? 'en-US',
      guildLocale: wish.guildLocale ?? 'en-US',
      place: {
        userId,
        guildId: channel.guildId,
        channelId: channel.id,
        commandName: wish.command,
        command,
        targetId: wish.targetId,
        sizeLimit: wish.attachmentSizeLimit ?? guild?.uploadLimit ?? this.#core.uploadLimit,
        isUserInstallOnly: !('0' in owners),
      },
    };
  }

  #channel(wish: Interact, userId: string): Channel {
    const { world } = this.#core;
    if (wish.channelId !== undefined) {
      const channel = world.channels.get(wish.channelId);
      if (channel === undefined) throw new Error(`no channel ${wish.channelId}: add it first`);
      return channel;
    }
    if (wish.guildId !== undefined) {
      const first = world.channels.values().find(({ guildId }) => guildId === wish.guildId);
      return first ?? world.addChannel({ guildId: wish.guildId });
    }
    if (wish.context === 2) return world.addChannel({ type: 3, recipients: [userId, world.addUser().id] });
    return world.dmWith(userId);
  }

  #dispatch(setting: Setting, event: Event): InteractionHandle {
    const { world, applicationId, gateway, messages, tokenLifetimeMs } = this.#core;
    const at = event.at ?? Date.now();
    const id = world.newId(at);
    const token = tokenFor(id);
    const { place } = setting;
    const payload = envelope(world, {
      ...setting,
      id,
      token,
      kind: event.kind,
      applicationId,
      user: world.user(place.userId),
      sizeLimit: place.sizeLimit,
      data: event.data,
      message: event.source === undefined ? undefined : messages.json(event.source),
    });
    const record = newRecord(place, {
      id,
      token,
      kind: event.kind,
      deadlineAt: event.answerWithinMs === undefined ? at + DEADLINE_MS : Date.now() + event.answerWithinMs,
      expiresAt: at + tokenLifetimeMs,
      source: event.source,
      payload,
    });
    this.#byToken.set(token, record);
    this.#settings.set(record, setting);
    gateway.dispatch('INTERACTION_CREATE', payload, { guildId: place.guildId });
    return makeHandle(record, this.#core, this);
  }
}

// A command is for servers unless it says otherwise.
function misplaced({ context, place }: Setting, command: Registered | undefined): string[] {
  const { contexts, integration_types } = command?.command ?? {};
  return [
    ...(contexts?.includes(context) === false ? ['not offered in this context'] : []),
    ...(place.isUserInstallOnly && integration_types?.includes(1) !== true
      ? ['not offered to who installs it for themselves']
      : []),
  ];
}

/** `default_member_permissions`: "0" is for administrators alone; in DMs it counts for nothing. */
function withheld({ channel, place }: Setting, command: Registered | undefined, world: World): string[] {
  const needed = command?.command.default_member_permissions;
  const member = world.guildOf(channel)?.members.get(place.userId);
  if (needed === undefined || needed === null || member === undefined) return [];
  if ((member.permissions & permission.administrator) !== 0n) return [];
  const has = needed !== '0' && (member.permissions & BigInt(needed)) === BigInt(needed);
  return has ? [] : ['not offered to members without its permissions'];
}

/** By the rules of the server's managers. */
function ruledOut({ channel, place }: Setting, command: Registered | undefined, { world, commands }: Core): string[] {
  const guild = world.guildOf(channel);
  const member = guild?.members.get(place.userId);
  if (command === undefined || guild === undefined || member === undefined) return [];
  const isShown = commands.rules.shows(command.id, guild.id, place.userId, member, channel);
  return isShown ? [] : ['not offered here by the rules of the server'];
}

const tokenFor = (id: string) =>
  Buffer.from(`interaction:${id}:${randomBytes(72).toString('base64url')}`).toString('base64url');

/** Who installed the bot here: "0" a server ("0" itself in a DM with the bot), "1" the member. */
function ownersOf(channel: Channel, isMember: boolean, userId: string, userInstall: boolean | undefined): JsonObject {
  if (channel.guildId !== undefined) {
    const own = userInstall ?? !isMember;
    return { ...(isMember ? { 0: channel.guildId } : {}), ...(own ? { 1: userId } : {}) };
  }
  if (channel.botIsRecipient) return userInstall === true ? { 1: userId } : { 0: '0' };
  return { 1: userId };
}
