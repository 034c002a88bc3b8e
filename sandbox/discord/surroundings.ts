import type { StandInCore } from './core.ts';
import type { JsonObject } from './json.ts';
import type { MessageJson } from './message-json.ts';
import { channelJson } from './people.ts';
import { makeTalk, type Saying } from './talk.ts';
import type { Upload } from './uploads.ts';
import {
  type Channel,
  type Guild,
  isThread,
  type Member,
  type NewChannel,
  type NewGuild,
  type NewUser,
  type User,
} from './world.ts';

/** Everything around the bot that a test sets up, changes and looks at. */
export type Surroundings = {
  addGuild(guild?: NewGuild): Guild;
  /** The bot is thrown out of a server. */
  removeBot(guildId: string): void;
  /** Without a guild: a group DM that the bot is not in. `permissions` are the bot's, and may be changed later. */
  addChannel(channel?: NewChannel): Channel;
  addUser(user?: NewUser): User;
  /** Anew: with other roles or permissions. */
  addMember(guildId: string, userId: string, more?: Partial<Member>): void;
  /** A channel's messages, private replies included, oldest first. */
  messages(channelId: string): MessageJson[];
  /** The bot's DM with a user. */
  dms(userId: string): MessageJson[];
  /** The n-th file of a message. */
  upload(messageId: string, index?: number): Upload | undefined;
  /** A moderator deletes a message. */
  deleteMessage(messageId: string): void;
  /** Automatic moderation refuses messages whose content fits, with 200000; undefined: no longer. */
  autoModerate(pattern: RegExp | undefined): void;
  /** A member writes into a channel; in a DM with the bot, to the bot. */
  say(channelId: string, userId: string, content: string, saying?: Saying): MessageJson;
  /** A member edits a message of theirs; of its files the first `keep` stay, or all. */
  rewrite(messageId: string, content: string, keep?: number): void;
  /** A member forwards a message into a channel. */
  forward(messageId: string, channelId: string, userId: string): MessageJson;
  /** The bot's DM with a user, opened on first use. */
  dmWith(userId: string): Channel;
  /** The first message in a channel that fits; rejects after `timeoutMs`. */
  waitForMessage(channelId: string, fits?: (message: MessageJson) => boolean, timeoutMs?: number): Promise<MessageJson>;
};

export function surroundings(core: StandInCore, guildPayload: (guild: Guild) => JsonObject): Surroundings {
  const { world, gateway, messages } = core;
  const message = (id: string) => {
    const found = messages.find(id);
    if (found === undefined) throw new Error(`no message ${id}`);
    return found;
  };
  const seenIn = (channelId: string): MessageJson[] => messages.in(channelId).map((one) => messages.json(one));
  return {
    addGuild(guild) {
      const added = world.addGuild({ uploadLimit: core.uploadLimit, ...guild });
      if (added.bot) gateway.dispatchGuild('GUILD_CREATE', added.id, guildPayload(added));
      return added;
    },
    removeBot(guildId) {
      const guild = world.guilds.get(guildId);
      if (guild === undefined) throw new Error(`no guild ${guildId}`);
      guild.bot = false;
      gateway.dispatchGuild('GUILD_DELETE', guildId, { id: guildId });
    },
    addChannel(channel) {
      const added = world.addChannel(channel);
      const guild = world.guildOf(added);
      if (guild?.bot === true && !isThread(added))
        gateway.dispatchGuild('CHANNEL_CREATE', guild.id, channelJson(added, world));
      return added;
    },
    addUser: (user) => world.addUser(user),
    addMember: (guildId, userId, more) => world.addMember(guildId, userId, more),
    messages: seenIn,
    dms: (userId) => seenIn(world.dmWith(userId).id),
    upload: (messageId, index = 0) => message(messageId).attachments[index]?.upload,
    deleteMessage: (messageId) => messages.delete(message(messageId)),
    autoModerate(pattern) {
      messages.blocked =
        pattern === undefined ? undefined : new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
    },
    ...makeTalk(core),
    dmWith: (userId) => world.dmWith(userId),
    waitForMessage(channelId, fits = () => true, timeoutMs = 15_000) {
      return messages.watch.until(() => seenIn(channelId).find(fits), timeoutMs, `a message in ${channelId}`);
    },
  };
}
