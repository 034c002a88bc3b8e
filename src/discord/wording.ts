import type { Language, Model } from '#src/domain/parameters.ts';
import { exactPlaces, type Rendering, type View } from '#src/domain/progress.ts';
import type { ImageRuleBroken } from '#src/domain/request.ts';
import { summary } from '#src/domain/settings.ts';
import type { Reply, Status, Task } from '#src/domain/task.ts';
import { languageOf } from './languages.ts';
import { imageText } from './refusals.ts';
import { cut, plain, relative } from './text.ts';
import { answers } from './texts/answers.ts';
import { commandTexts } from './texts/commands.ts';
import { late } from './texts/late.ts';
import { outcomes } from './texts/outcomes.ts';
import { pingTexts } from './texts/ping.ts';
import { progressTexts } from './texts/progress.ts';
import { taskButtons } from './texts/task-buttons.ts';

export type Voice = {
  readonly model: Model /** Marks each reply as one that cost nothing. */;
  readonly isRehearsal: boolean;
};
type Shown = Pick<Task, 'prompt' | 'settings' | 'locale'>;

const promptLength = 150;
const altTextLength = 1000;

/** The message that answers the command and later turns into the video. */
export function acceptedText(task: Shown & Pick<Task, 'reply'>, voice: Voice, withPrompt = true): string {
  const language = languageOf(task.locale);
  const text = answers(language);
  const waiting = task.reply.isPrivate ? text.waitingPrivately() : text.waiting();
  const line = smallPrint(voice, language, settingsOf(task, voice), waiting);
  return withPrompt ? `${promptLine(task)}\n${line}` : line;
}

/** Whether a reply's text accepts: it ends in small print of several parts, and no refusal does, in any language. */
export function isAcceptance(text: string): boolean {
  return /^-# .* · /.test(text.split('\n').at(-1) ?? '');
}

/** The same, once there is more to tell: the place in line, or how far the render is. Moments count by themselves. */
export function progressText(
  task: Task,
  view: Extract<View, { place: number } | { rendering: Rendering }>,
  voice: Voice,
  withPrompt = true,
): string {
  const language = languageOf(task.locale);
  const said = 'place' in view ? [placeText(view.place, language)] : renderingTexts(view.rendering, language);
  const line = smallPrint(voice, language, settingsOf(task, voice), ...said);
  return withPrompt ? `${promptLine(task)}\n${line}` : line;
}

function placeText(place: number, language: Language): string {
  const text = progressTexts(language);
  if (place === 1) return text.next();
  return place > exactPlaces ? text.about({ place }) : text.place({ place });
}

function renderingTexts({ since, expectedAt, quarters }: Rendering, language: Language): string[] {
  const text = progressTexts(language);
  const begun = text.rendering({ since: relative(since) });
  if (expectedAt === null) return [begun];
  if (quarters === 4) return [begun, text.longer()];
  return [`${'▰'.repeat(quarters)}${'▱'.repeat(4 - quarters)}`, begun, text.expected({ at: relative(expectedAt) })];
}

/** What a reply says that waits for its outcome for long, or could not be given it. */
export function waitingText(
  task: Task,
  key: 'late-here' | 'late-dm' | 'undelivered',
  voice: Voice,
  withPrompt = true,
): string {
  const language = languageOf(task.locale);
  const text = late(language);
  const said = { 'late-here': text.here, 'late-dm': text.dm, undelivered: text.undelivered }[key]();
  const mark = key === 'undelivered' ? '⚠️' : '⏳';
  const lines = [`${mark} ${said}`, smallPrint(voice, language, settingsOf(task, voice))];
  return (withPrompt ? [promptLine(task), ...lines] : lines).join('\n');
}

export type Action = 'cancel' | 'show' | 'again' | 'retry' | 'edit' | 'delete' | 'here';

export function buttonLabel(action: Action, language: Language): string {
  return action === 'show' ? late(language).show() : taskButtons(language)[`${action}Button`]();
}

/** At most two lines above the video: the prompt, and in small print settings, cost and what is left. */
export function finishedText(task: Task, creditsLeft: number | null, withPrompt: boolean, voice: Voice): string {
  const language = languageOf(task.locale);
  const text = outcomes(language);
  const isGift = task.uncertainAt !== null;
  const cost = isGift ? text.free() : text.cost({ credits: task.finalCredits ?? task.heldCredits });
  const left = creditsLeft === null ? [] : [text.left({ credits: creditsLeft })];
  const line = smallPrint(voice, language, settingsOf(task, voice), cost, ...left);
  return withPrompt ? `${promptLine(task)}\n${line}` : line;
}

/** Beside a link, why there is no player. */
export function tooLargeText(language: Language): string {
  return `-# ${outcomes(language).tooLarge()}`;
}

/** What a link to a result is called: the only one plainly, of several the number. */
export function linkText(language: Language, number: number): string {
  return number === 1 ? outcomes(language).openVideoButton() : outcomes(language).videoButton({ number });
}

/** A video's description, for those who do not see it. */
export function altText({ prompt, locale }: Shown): string {
  return cut(outcomes(languageOf(locale)).altText({ prompt: oneLine(prompt) }), altTextLength);
}

/** The outcome of a task that ended without a video. */
export function noticeText(task: Task, withPrompt: boolean, voice: Voice): string {
  const text = outcomes(languageOf(task.locale));
  const notice = noticeOf(task, voice);
  const mark = marks[task.status] ?? '❌';
  const line = `${mark} ${voice.isRehearsal ? text.rehearsed({ notice }) : notice}`;
  return withPrompt ? `${promptLine(task)}\n${line}` : line;
}

const marks: { readonly [S in Status]?: string } = { succeeded: '⚠️', uncertain: '⚠️', canceled: '🚫' };

function noticeOf(task: Task, voice: Voice): string {
  const language = languageOf(task.locale);
  const text = outcomes(language);
  if (task.status === 'canceled') return task.errorCode === 'unanswered' ? text.unanswered() : text.canceled();
  if (task.status === 'succeeded') return text.withoutVideo();
  if (task.status === 'uncertain') {
    const reason = task.errorCode === 'send_uncertain' ? text.sendUncertain() : text.renderUncertain();
    return text.uncertain({ reason });
  }
  return text.failed({ reason: failureText(task, voice, language) });
}

/** Our own codes for what went wrong at the provider. */
const ownCodes = {
  insufficient_credits: 'accountEmpty',
  provider_key: 'keyRefused',
  provider_unreachable: 'unreachable',
  image_unreadable: 'imagesUnreadable',
  images_refused: 'imagesRefused',
} as const;
type OwnCode = keyof typeof ownCodes;

/** Our own codes for a picture; the message is its name. The provider may have codes that begin like these. */
const imageCodes: ReadonlyMap<string, ImageRuleBroken> = new Map(
  (['type', 'size', 'empty', 'host', 'truncated', 'unreadable'] as const).map((rule) => [`image_${rule}`, rule]),
);

function failureText({ errorCode, errorMessage }: Task, { model }: Voice, language: Language): string {
  const text = outcomes(language);
  const code = errorCode ?? '';
  const rule = imageCodes.get(code);
  if (rule !== undefined && errorMessage !== null) return imageText(errorMessage, rule, model, language);
  if (Object.hasOwn(ownCodes, code)) return text[ownCodes[code as OwnCode]]();
  const reason = code === 'generation_failed' ? text.notMade() : text.refused();
  // The provider's words are shown as plain text: they may quote anything.
  return errorMessage === null ? reason : text.quoted({ reason, said: plain(cut(errorMessage, 300)) });
}

export function promptLine({ prompt }: Pick<Task, 'prompt'>): string {
  return `**${plain(cut(oneLine(prompt), promptLength)) || '…'}**`;
}

function oneLine(prompt: string): string {
  return prompt.replaceAll(/\s+/g, ' ');
}

function settingsOf({ settings, locale }: Shown, { model }: Voice): string {
  return summary(model, settings, languageOf(locale));
}

export function smallPrint({ isRehearsal }: Voice, language: Language, ...parts: readonly string[]): string {
  const mark = isRehearsal ? [`🎭 ${outcomes(language).rehearsal()}`] : [];
  return `-# ${[...mark, ...parts].join(' · ')}`;
}

/** What a public "thinking…" becomes when the request was refused: no reason and no figures, which are the member's. */
export function refusedPubliclyText(language: Language): string {
  return `-# ${answers(language).refusedPublicly()}`;
}

/** To who asks again for what is made once, with a link to where it stands. */
export function alreadyAskedText({ reply }: Task, language: Language): string {
  const link = linkTo(reply);
  return answers(language).alreadyAsked({ link: link === null ? '' : ` (${link})` });
}

/** Below the reply, once a long render has ended. */
export function pingText(task: Task, voice: Voice): string {
  const language = languageOf(task.locale);
  const text = pingTexts(language);
  const say = task.status === 'succeeded' ? text.done : text.failed;
  const said = say({ who: mention(task), link: linkTo(task.reply) ?? '' }).trim();
  return voice.isRehearsal ? `${said}\n${smallPrint(voice, language)}` : said;
}

export function mention({ userId }: Pick<Task, 'userId'>): string {
  return `<@${userId}>`;
}

function linkTo({ guildId, channelId, messageId, isPrivate }: Reply): string | null {
  if (messageId === null || isPrivate) return null;
  return `https://discord.com/channels/${guildId ?? '@me'}/${channelId}/${messageId}`;
}

/** The same, when the reason could not be sent. */
export function refusedUntoldText(language: Language): string {
  return `-# ${answers(language).refusedUntold()}`;
}

/** A command's description in Discord's picker, cost included (1 to 100 characters). */
export function commandDescription(model: Model, language: Language): string {
  const { description, name, baseCredits } = model;
  return commandTexts(language).modelDescription({ what: description[language], name, credits: baseCredits });
}
