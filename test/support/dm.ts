import type { InteractionHandle, MessageJson } from '#sandbox/discord/discord.ts';
import type { World } from './bot.ts';
import { eventually } from './eventually.ts';

type Saying = Parameters<World['discord']['say']>[3];
type Component = { readonly custom_id?: string; readonly components?: readonly Component[] };

/** A member's conversation with the bot. */
export function openDm({ discord }: World, userId: string) {
  const { id: channelId } = discord.dmWith(userId);
  const botsOwn = () => discord.messages(channelId).filter(({ author }) => author.id === discord.botUserId);

  /** The bot's message that fits, once it is there. */
  function answer(fits: (message: MessageJson) => boolean = () => true): Promise<MessageJson> {
    return eventually(() => botsOwn().findLast(fits), `a fitting answer in ${JSON.stringify(botsOwn())}`);
  }

  function say(text: string, saying?: Saying): MessageJson {
    return discord.say(channelId, userId, text, saying);
  }

  /** Says it, and waits for the draft that answers it. */
  async function ask(text: string, saying?: Saying): Promise<MessageJson> {
    const before = new Set(botsOwn().map(({ id }) => id));
    say(text, saying);
    return answer(({ id, components }) => components.length > 0 && !before.has(id));
  }

  /** Presses the component whose custom id fits. */
  function press({ id }: Pick<MessageJson, 'id'>, which: RegExp, ...values: string[]): InteractionHandle {
    const message = discord.messages(channelId).find((one) => one.id === id);
    const found = customIds(message?.components ?? []).find((customId) => which.test(customId));
    if (found === undefined) throw new Error(`no ${which} on ${JSON.stringify(message)}`);
    return discord.press({ messageId: id, customId: found, ...(values.length > 0 && { values }) });
  }

  const now = ({ id }: Pick<MessageJson, 'id'>) => botsOwn().find((message) => message.id === id);
  const said = () => discord.messages(channelId).filter(({ author }) => author.id === userId);
  return { channelId, said, say, ask, answer, press, botsOwn, now };
}

export function customIds(components: readonly unknown[]): string[] {
  return (components as readonly Component[]).flatMap((one) => [
    ...(one.custom_id === undefined ? [] : [one.custom_id]),
    ...customIds(one.components ?? []),
  ]);
}
