import {
  type APIInteractionResponse,
  ButtonStyle,
  ComponentType,
  MessageFlags,
  InteractionResponseType as Type,
} from 'discord.js';
import type { Log } from '#src/domain/log.ts';
import type { MemberData } from '#src/domain/member-data.ts';
import type { Language } from '#src/domain/parameters.ts';
import type { Reply } from '#src/domain/task.ts';
import type { Answered } from './callback.ts';
import type { Call, CommandCall, Press } from './calls.ts';
import { customId } from './custom-id.ts';
import { languageOf } from './languages.ts';
import { type Body, textBody } from './messages.ts';
import { readSubcommand } from './subcommands.ts';
import { answers } from './texts/answers.ts';
import { memberDataTexts } from './texts/member-data.ts';
import { readInTime } from './within.ts';

/** What a member's deletion would cost them, and has to wait for. */
type Stake = {
  readonly bonus: number;
  readonly waiting: number;
  readonly rendering: number;
  readonly isAsked: boolean;
};
type Ports = {
  readonly log: Log;
  readMemberData(userId: string, page: number): Promise<MemberData>;
  readStake(userId: string): Promise<Stake>;
  askDeletion(userId: string): Promise<void>;
  callback(call: Call, answer: APIInteractionResponse): Promise<Answered>;
  editReply(reply: Reply, body: Body): Promise<void>;
  editReplyWithFile(reply: Reply, body: Body, file: { readonly name: string; readonly data: Buffer }): Promise<void>;
  sayPrivately(call: Call, text: string): Promise<unknown>;
};

/** A member's rights over what is stored about them. Whoever presses acts on their own, whomever the message was for. */
export function makeMemberData({ log, ...ports }: Ports) {
  async function tellData(call: CommandCall): Promise<void> {
    const language = languageOf(call.locale);
    const page = readSubcommand(call).number('page') ?? 1;
    const data = { flags: MessageFlags.Ephemeral };
    const answered = await ports.callback(call, { type: Type.DeferredChannelMessageWithSource, data });
    // Another process answers, or nobody would see it.
    if (typeof answered !== 'object') return log.warn({ origin: call.id }, 'data not asked for any more');
    try {
      const found = await ports.readMemberData(call.userId, Number.isSafeInteger(page) ? page : 1);
      const file = { name: `kling-data-${found.page}.json`, data: Buffer.from(JSON.stringify(found, null, 2)) };
      await ports.editReplyWithFile(call.reply, textBody(dataText(found, language)), file);
    } catch (error) {
      log.error({ err: error, origin: call.id }, 'data not told');
      await ports.editReply(call.reply, textBody(memberDataTexts(language).notNow()));
    }
  }

  async function openErasure(call: CommandCall): Promise<void> {
    const language = languageOf(call.locale);
    const stake = await readInTime(ports.readStake(call.userId), log);
    if (stake === 'away') return void (await ports.sayPrivately(call, answers(language).recordsAway()));
    const body = stake.isAsked ? textBody(memberDataTexts(language).asked(stake)) : askBody(language);
    const data = { ...body, flags: body.flags | MessageFlags.Ephemeral };
    await ports.callback(call, { type: Type.ChannelMessageWithSource, data: data as never });
  }

  /** `sure`: the member has read that their bonus is lost. */
  async function erase(press: Press, how: string): Promise<void> {
    const language = languageOf(press.locale);
    const outcome = await readInTime(decide(press.userId, how === 'sure'), log);
    if (outcome === 'away') return void (await ports.sayPrivately(press, memberDataTexts(language).unsure()));
    const { stake, isDone } = outcome;
    const body = isDone ? textBody(memberDataTexts(language).asked(stake)) : bonusBody(stake.bonus, language);
    await ports.callback(press, { type: Type.UpdateMessage, data: body as never });
  }

  async function decide(userId: string, isSure: boolean): Promise<{ stake: Stake; isDone: boolean }> {
    const stake = await ports.readStake(userId);
    if (!stake.isAsked && stake.bonus > 0 && !isSure) return { stake, isDone: false };
    await ports.askDeletion(userId);
    return { stake, isDone: true };
  }

  return { tellData, openErasure, erase };
}

function dataText({ page, pages }: MemberData, language: Language): string {
  const text = memberDataTexts(language);
  return [text.data(), ...(pages > 1 ? [text.page({ page, pages })] : [])].join('\n');
}

function askBody(language: Language): Body {
  const text = memberDataTexts(language);
  const lines = [`**${text.title()}**`, text.goes(), text.tasks(), `-# ${text.stays()}`];
  return withButton(lines, text.eraseButton(), 'asked');
}

function bonusBody(credits: number, language: Language): Body {
  const text = memberDataTexts(language);
  return withButton([`**${text.title()}**`, text.bonus({ credits })], text.loseButton({ credits }), 'sure');
}

function withButton(lines: readonly string[], label: string, how: string): Body {
  const button = { type: ComponentType.Button, style: ButtonStyle.Danger, label, custom_id: customId('erase', how) };
  return { ...textBody(lines.join('\n')), components: [{ type: ComponentType.ActionRow, components: [button] }] };
}
