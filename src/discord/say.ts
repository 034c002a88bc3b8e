import { type APIInteractionResponse, MessageFlags, InteractionResponseType as Type } from 'discord.js';
import type { Reply } from '#src/domain/task.ts';
import type { Answered } from './callback.ts';
import type { Call } from './calls.ts';
import { languageOf } from './languages.ts';
import { type Body, textBody } from './messages.ts';
import { answers } from './texts/answers.ts';

type Ports = {
  callback(call: Call, answer: APIInteractionResponse): Promise<Answered>;
  editReply(reply: Reply, body: Body): Promise<void>;
  tellPrivately(reply: Reply, text: string): Promise<unknown>;
};

/** Answers in plain words that only the member sees. */
export function makeSay({ callback, editReply, tellPrivately }: Ports) {
  function sayPrivately(call: Call, text: string): Promise<Answered> {
    const data = textBody(text, MessageFlags.Ephemeral | MessageFlags.SuppressEmbeds);
    return callback(call, { type: Type.ChannelMessageWithSource, data: data as never });
  }

  /** For what nobody foresaw: the member hears that it went wrong, if the interaction still takes a word. */
  async function apologise(call: Call): Promise<void> {
    const text = answers(languageOf(call.locale)).fault();
    if ((await sayPrivately(call, text)) !== 'already') return;
    // An answered command's reply says nothing better; a message that something was pressed on must stay as it is.
    if (call.kind === 'command' || call.kind === 'message') await editReply(call.reply, textBody(text));
    else await tellPrivately(call.reply, text);
  }

  return { sayPrivately, apologise };
}
