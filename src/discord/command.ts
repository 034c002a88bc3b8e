import type { RESTPostAPIChatInputApplicationCommandsJSONBody } from 'discord.js';
import type { RawRequest } from '#src/domain/request.ts';
import type { CommandCall } from './interaction.ts';

/** All that commands may touch. A new line here is a design decision. */
export type Hands = {
  /** Asks for a video and answers the member, whatever comes of it. */
  answerVideo(call: CommandCall, raw: RawRequest): Promise<void>;
};

export type Declaration = RESTPostAPIChatInputApplicationCommandsJSONBody;
export type Command = { readonly declaration: Declaration; run(call: CommandCall, hands: Hands): Promise<void> };
