import type { Gateway } from './gateway.ts';
import { intent } from './gateway-protocol.ts';
import type { JsonObject } from './json.ts';
import type { MessageJson } from './message-json.ts';
import { isPrivate } from './message-json.ts';
import type { Message, MessageEvent } from './messages.ts';
import { memberJson } from './people.ts';
import type { World } from './world.ts';

type Parts = { world: World; gateway: Gateway; json: (message: Message) => MessageJson };

/**
 * What the gateway tells of messages, the bot's own included: those of its DMs to who has DIRECT_MESSAGES, those of
 * servers to who has GUILD_MESSAGES. Private replies are nobody's business. In servers what others wrote is blank,
 * since MESSAGE_CONTENT is privileged and nobody is let in with it here.
 */
export function makeTell({ world, gateway, json }: Parts) {
  return function tell(event: MessageEvent, message: Message): void {
    const channel = world.channels.get(message.channelId);
    if (channel === undefined || isPrivate(message)) return;
    const guild = world.guildOf(channel);
    if (guild === undefined ? !channel.botIsRecipient : !guild.bot) return;
    const where = {
      channel_type: channel.type,
      ...(guild === undefined ? {} : { guild_id: guild.id }),
    };
    const data = (): JsonObject => {
      if (event === 'MESSAGE_DELETE') return { id: message.id, channel_id: message.channelId, ...where };
      const whole = json(message);
      if (guild === undefined) return { ...whole, ...where };
      const own = message.authorId === undefined;
      const { user: _, ...member } = memberJson(whole.author);
      return { ...whole, ...(own ? {} : blank), ...where, member };
    };
    const needs = guild === undefined ? intent.directMessages : intent.guildMessages;
    gateway.dispatch(event, data, { guildId: guild?.id, needs });
  };
}

/** What those without MESSAGE_CONTENT do not see of messages by others in servers, over the gateway and over REST. */
export const blank = { content: '', embeds: [], attachments: [], components: [] };
