import type { Language, Model, Texts } from '#src/domain/parameters.ts';
import type { ImageRuleBroken } from '#src/domain/request.ts';
import { summary } from '#src/domain/settings.ts';
import type { Task } from '#src/domain/task.ts';
import { languageOf } from './languages.ts';
import { imageText } from './refusals.ts';
import { cut, plain } from './text.ts';

export type Voice = {
  readonly model: Model /** Marks each reply as one that cost nothing. */;
  readonly isRehearsal: boolean;
};
type Shown = Pick<Task, 'prompt' | 'settings' | 'locale'>;

const promptLength = 150;

/** The message that answers the command and later turns into the video. */
export function acceptedText(task: Shown, voice: Voice, withPrompt = true): string {
  const line = smallPrint(voice, settingsOf(task, voice), 'in line; this message turns into the video');
  return withPrompt ? `${promptLine(task)}\n${line}` : line;
}

/** At most two lines above the video: the prompt, and in small print settings, cost and what is left. */
export function finishedText(task: Task, creditsLeft: number, withPrompt: boolean, voice: Voice): string {
  const isGift = task.uncertainAt !== null;
  const cost = isGift ? 'late, so free of charge' : credits(task.finalCredits ?? task.heldCredits);
  const facts = [settingsOf(task, voice), cost, `${creditsLeft} left`];
  const lines = [smallPrint(voice, ...facts)];
  return (withPrompt ? [promptLine(task), ...lines] : lines).join('\n');
}

/** Beside a link, why there is no player. */
export const tooLargeText = '-# The file is over the upload limit here.';

/** The outcome of a task that ended without a video. */
export function noticeText(task: Task, withPrompt: boolean, voice: Voice): string {
  const lines = [outcomeLine(task, voice)];
  return (withPrompt ? [promptLine(task), ...lines] : lines).join('\n');
}

function outcomeLine(task: Task, voice: Voice): string {
  const mark = voice.isRehearsal ? 'Rehearsal: ' : '';
  if (task.status === 'succeeded') {
    return `⚠️ ${mark}The provider says that this video is done but gave no video. The operators have been told.`;
  }
  if (task.status === 'uncertain') {
    return `⚠️ ${mark}${uncertainText(task)} Your credits are back. Should the video still come, you get it here for free.`;
  }
  return `❌ ${mark}${failureText(task, voice)} Your credits are back.`;
}

function uncertainText({ errorCode }: Task): string {
  return errorCode === 'send_uncertain'
    ? 'The provider could not be reached reliably, and the video may or may not have been started. The operators have been told.'
    : 'The provider has not finished this video in six hours.';
}

const ownCodes = new Map(
  Object.entries({
    insufficient_credits:
      "The bot's account at the video provider is empty. That is not your fault; the operators have been told.",
    provider_key: "The video provider refuses the bot's key. That is not your fault; the operators have been told.",
    provider_unreachable: 'The video provider could not be reached for half an hour.',
    image_unreadable: 'The images could not be brought to the video provider.',
  }),
);

/** Our own codes for a picture; the message is its name. The provider may have codes that begin like these. */
const imageCodes: ReadonlyMap<string, ImageRuleBroken> = new Map(
  (['type', 'size', 'empty', 'host', 'truncated', 'unreadable'] as const).map((rule) => [`image_${rule}`, rule]),
);

function failureText(task: Task, { model }: Voice): string {
  const code = task.errorCode ?? '';
  const rule = imageCodes.get(code);
  if (rule !== undefined && task.errorMessage !== null) return imageText(task.errorMessage, rule, model);
  const own = ownCodes.get(code);
  if (own !== undefined) return own;
  // The provider's words are shown as plain text: they may quote anything.
  const said = task.errorMessage === null ? '' : ` It says: “${plain(cut(task.errorMessage, 300))}”`;
  const what =
    code === 'generation_failed' ? 'The provider could not make this video.' : 'The provider refused this request.';
  return `${what}${said}`;
}

function promptLine({ prompt }: Shown): string {
  return `**${plain(cut(prompt.replaceAll(/\s+/g, ' '), promptLength)) || '…'}**`;
}

function settingsOf({ settings, locale }: Shown, { model }: Voice): string {
  return summary(model, settings, languageOf(locale));
}

function smallPrint({ isRehearsal }: Voice, ...parts: readonly string[]): string {
  return `-# ${[...(isRehearsal ? ['🎭 Rehearsal, nothing is paid'] : []), ...parts].join(' · ')}`;
}

function credits(count: number): string {
  return count === 1 ? '1 credit' : `${count} credits`;
}

/** What a public "thinking…" becomes when the request was refused: no reason and no figures, which are the member's. */
export const refusedPubliclyText = '-# This request was not accepted; the reason was sent privately.';
/** When it stayed unknown until the reply's last minute whether the request was recorded. */
export const unknownText =
  'My records were away and I cannot say whether your request was accepted. If it was, the video comes here or by DM.';
/** To a command, button or modal that this version of the bot does not have. */
export const outdatedText = 'This is from another version of the bot and no longer works here. Please use `/kling`.';
/** When something broke that should not. */
export const faultText = 'Something went wrong on my side, and nothing was charged. Please try again.';

/** A command's description in Discord's picker, cost included (1 to 100 characters). */
export function commandDescription(model: Model, language: Language): string {
  const cost: Texts = {
    en: `${model.baseCredits} credits`,
    'zh-CN': `${model.baseCredits} 积分`,
    nl: `${model.baseCredits} credits`,
  };
  return `${model.description[language]} (${model.name}, ${cost[language]})`;
}
