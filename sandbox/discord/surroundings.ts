import type { StandInCore } from './core.ts';
import type { JsonObject } from './json.ts';
import type { MessageJson } from './message-json.ts';
import { channelJson } from './people.ts';
import type { Upload } from './uploads.ts';
import {
  type Channel,
  type Guild,
  isThread,
  type NewChannel,
  type NewGuild,
  type NewUser,
  type User,
} from './world.ts';

/** Everything around the bot that a test sets up, changes and looks at. */
export function surroundings(core: StandInCore, guildPayload: (guild: Guild) => JsonObject) {
  const { world, gateway, messages } = core;
  const message = (id: string) => {
    const found = messages.find(id);
    if (found === undefined) throw new Error(`no message ${id}`);
    return found;
  };
  const seenIn = (channelId: string): MessageJson[] => messages.in(channelId).map((one) => messages.json(one));
  return {
    addGuild(guild?: NewGuild): Guild {
      const added = world.addGuild({ uploadLimit: core.uploadLimit, ...guild });
      if (added.bot) gateway.dispatchGuild('GUILD_CREATE', added.id, guildPayload(added));
      return added;
    },
    /** The bot is thrown out of a server. */
    removeBot(guildId: string): void {
      const guild = world.guilds.get(guildId);
      if (guild === undefined) throw new Error(`no guild ${guildId}`);
      guild.bot = false;
      gateway.dispatchGuild('GUILD_DELETE', guildId, { id: guildId });
    },
    /** Without a guild: a group DM that the bot is not in. `permissions` are the bot's, and may be changed later. */
    addChannel(channel?: NewChannel): Channel {
      const added = world.addChannel(channel);
      const guild = world.guildOf(added);
      if (guild?.bot === true && !isThread(added))
        gateway.dispatchGuild('CHANNEL_CREATE', guild.id, channelJson(added, world));
      return added;
    },
    addUser: (user?: NewUser): User => world.addUser(user),
    addMember: (guildId: string, userId: string): void => world.addMember(guildId, userId),
    /** A channel's messages, private replies included, oldest first. */
    messages: seenIn,
    /** The bot's DM with a user. */
    dms: (userId: string): MessageJson[] => seenIn(world.dmWith(userId).id),
    /** The n-th file of a message. */
    upload: (messageId: string, index = 0): Upload | undefined => message(messageId).attachments[index]?.upload,
    /** A moderator deletes a message. */
    deleteMessage: (messageId: string): void => messages.delete(message(messageId)),
    /** Automatic moderation refuses messages whose content fits, with 200000; undefined: no longer. */
    autoModerate(pattern: RegExp | undefined): void {
      messages.blocked = pattern;
    },
    /** Someone else writes into a channel. */
    say(channelId: string, userId: string, content: string): MessageJson {
      const draft = { content, allowed_mentions: { parse: [] } };
      return messages.json(
        messages.create({ channelId, authorId: userId }, { draft, files: new Map(), where: 'a member' }),
      );
    },
    /** The first message in a channel that fits; rejects after `timeoutMs`. */
    waitForMessage(
      channelId: string,
      fits: (one: MessageJson) => boolean = () => true,
      timeoutMs = 15_000,
    ): Promise<MessageJson> {
      return messages.watch.until(() => seenIn(channelId).find(fits), timeoutMs, `a message in ${channelId}`);
    },
  };
}
