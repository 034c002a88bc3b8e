import {
  ApplicationIntegrationType,
  InteractionContextType,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
  type RESTPostAPIContextMenuApplicationCommandsJSONBody,
} from 'discord.js';
import type { RawRequest } from '#src/domain/request.ts';
import type { Call, CommandCall, Form, MessageCall, Press } from './calls.ts';
import type { How } from './remake.ts';

/** All that commands, buttons and modals may touch. A new line here is a design decision. */
export type Hands = {
  /** Asks for a video and answers the member by a new message, whatever comes of it. Same origin, same task. */
  answerVideo(call: Call, raw: RawRequest, origin?: string): Promise<void>;
  /** Answers a click that asks for a task's outcome; the id is as it came. */
  showVideo(press: Press, taskId: string): Promise<void>;
  /** The same video once more, as a new task. */
  remake(press: Press, taskId: string, how: How): Promise<void>;
  openEdit(press: Press, taskId: string): Promise<void>;
  sendEdit(form: Form, taskId: string): Promise<void>;
  sendImages(form: Form, taskId: string, how: string): Promise<void>;
  openAttach(press: Press, openingId: string, taskId: string): Promise<void>;
  sendAttached(form: Form, openingId: string, taskId: string): Promise<void>;
  cancel(press: Press, taskId: string): Promise<void>;
  openDelete(press: Press, taskId: string): Promise<void>;
  sendDelete(form: Form, taskId: string): Promise<void>;
  /** Answers a press on a draft; everything beside the press is as it came. */
  readonly draft: {
    change(press: Press, draftId: string, key: string, value: string): Promise<void>;
    cancel(press: Press, draftId: string): Promise<void>;
    generate(press: Press, draftId: string, revision: string): Promise<void>;
  };
  tellCredits(call: CommandCall): Promise<void>;
  tellHelp(call: CommandCall): Promise<void>;
  openHistory(call: CommandCall): Promise<void>;
  turnHistory(press: Press, way: string, taskId: string): Promise<void>;
  chooseInHistory(press: Press, firstId: string): Promise<void>;
  /** Shows a finished video once more, by the press's own token. */
  showHere(press: Press, taskId: string): Promise<void>;
  openSettings(call: CommandCall): Promise<void>;
  setPing(press: Press, to: string): Promise<void>;
  /** All that is stored about a member, for them alone. */
  tellData(call: CommandCall): Promise<void>;
  openErasure(call: CommandCall): Promise<void>;
  erase(press: Press, how: string): Promise<void>;
  /** What operators do and look up; refuses everybody else. */
  admin(call: CommandCall): Promise<void>;
  /** What managers set in their server; refuses everybody else. */
  settings(call: CommandCall): Promise<void>;
  /** Answers privately whether the operators are told of this message's video. */
  reportVideo(call: MessageCall): Promise<void>;
  openAnimate(call: MessageCall): Promise<void>;
  sendAnimate(form: Form, openingId: string): Promise<void>;
};

export type Declaration =
  | RESTPostAPIChatInputApplicationCommandsJSONBody
  | RESTPostAPIContextMenuApplicationCommandsJSONBody;
export type Command = {
  readonly declaration: RESTPostAPIChatInputApplicationCommandsJSONBody;
  /** Undefined: a subcommand that is not there (any more). */
  run(call: CommandCall, hands: Hands): Promise<void> | undefined;
};

/** A command in the menu of a message. */
export type MessageCommand = {
  readonly declaration: RESTPostAPIContextMenuApplicationCommandsJSONBody;
  run(call: MessageCall, hands: Hands): Promise<void>;
};

/** What a component of ours does; `args` are those of its custom id, not yet looked at. */
export type Button = {
  readonly action: string;
  /** The command whose rules in Discord's settings it obeys. */
  readonly obeys?: string;
  run(press: Press, args: readonly string[], hands: Hands): Promise<void>;
};
/** What is done with a modal once it is sent. */
export type Modal = {
  readonly action: string;
  /** As of a button. */
  readonly obeys?: string;
  run(form: Form, args: readonly string[], hands: Hands): Promise<void>;
};

/** Where members have a command: in servers, in the bot's DM and in private channels, by either kind of install. */
export const everywhere = {
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
  integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
};
