import {
  type APIInteractionResponse,
  ButtonStyle,
  ComponentType,
  MessageFlags,
  InteractionResponseType as Type,
} from 'discord.js';
import type { Log } from '#src/domain/log.ts';
import type { MemberSettings } from '#src/domain/member.ts';
import type { Language } from '#src/domain/parameters.ts';
import type { Answered } from './callback.ts';
import type { Call, CommandCall, Press } from './calls.ts';
import { customId } from './custom-id.ts';
import { languageOf } from './languages.ts';
import { type Body, textBody } from './messages.ts';
import { answers } from './texts/answers.ts';
import { memberSettings } from './texts/member-settings.ts';
import { readInTime } from './within.ts';

type Ports = {
  readonly log: Log;
  readSettings(userId: string): Promise<MemberSettings>;
  savePing(userId: string, ping: boolean): Promise<MemberSettings>;
  callback(call: Call, answer: APIInteractionResponse): Promise<Answered>;
  sayPrivately(call: Call, text: string): Promise<unknown>;
};

/** A member's own settings, for them alone: whoever presses sets their own, never those of whom the message was for. */
export function makeMemberSettings({ log, readSettings, savePing, callback, sayPrivately }: Ports) {
  async function openSettings(call: CommandCall): Promise<void> {
    const language = languageOf(call.locale);
    const settings = await readInTime(readSettings(call.userId), log);
    if (settings === 'away') return void (await sayPrivately(call, answers(language).recordsAway()));
    const body = settingsBody(settings, language);
    const data = { ...body, flags: body.flags | MessageFlags.Ephemeral };
    await callback(call, { type: Type.ChannelMessageWithSource, data: data as never });
  }

  /** To what the pressed button said, not to the other of what holds: an event seen twice sets the same. */
  async function setPing(press: Press, to: string): Promise<void> {
    const language = languageOf(press.locale);
    const settings = await readInTime(savePing(press.userId, to === 'on'), log);
    if (settings === 'away') return void (await sayPrivately(press, memberSettings(language).unsure()));
    const data = settingsBody(settings, language);
    await callback(press, { type: Type.UpdateMessage, data: data as never });
  }

  return { openSettings, setPing };
}

function settingsBody({ ping }: MemberSettings, language: Language): Body {
  const text = memberSettings(language);
  const button = {
    type: ComponentType.Button,
    style: ButtonStyle.Secondary,
    label: ping ? text.turnPingOffButton() : text.turnPingOnButton(),
    custom_id: customId('ping', ping ? 'off' : 'on'),
  };
  const lines = [`**${text.title()}**`, ping ? text.pingOn() : text.pingOff(), `-# ${text.everywhere()}`];
  return {
    ...textBody(lines.join('\n')),
    components: [{ type: ComponentType.ActionRow, components: [button] }],
  };
}
