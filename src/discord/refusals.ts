import type { Pressed } from '#src/app/drafts.ts';
import type { Outcome } from '#src/app/request-video.ts';
import type { Told } from '#src/domain/draft.ts';
import type { Language, Model } from '#src/domain/parameters.ts';
import type { ImageRuleBroken } from '#src/domain/request.ts';
import { valueText } from '#src/domain/settings.ts';
import { shownName } from './options.ts';
import { cut, either, plain, relative } from './text.ts';
import { answers } from './texts/answers.ts';
import { drafts } from './texts/drafts.ts';
import { refusals } from './texts/refusals.ts';

export type Refusal = Extract<Outcome | Pressed | Told, { refused: string }>;

/** What a refusal says to the member: which rule, what is allowed, when it changes. Figures are theirs alone to see. */
export function refusalText(refusal: Refusal, model: Model, language: Language): string {
  const reason = reasonText(refusal, model, language);
  // An allowance that is used up was charged before.
  return refusal.refused === 'quota' ? reason : refusals(language).uncharged({ reason });
}

/** The reason alone. */
export function reasonText(refusal: Refusal, model: Model, language: Language): string {
  const text = refusals(language);
  switch (refusal.refused) {
    case 'prompt-empty':
      return text.promptEmpty({ max: model.prompt.maxLength });
    case 'prompt-long':
      return text.promptLong({ length: refusal.length, max: refusal.maxLength });
    case 'setting':
      return text.setting(settingOf(refusal, model, language));
    case 'unknown-option':
      return text.unknownOption({ name: name(refusal.name) });
    case 'too-many-images':
      return text.tooManyImages({ max: refusal.maxImages });
    case 'image':
      return imageText(refusal.image, refusal.rule, model, language);
    case 'quota': {
      const { cost, left, quota, renewsAt } = refusal;
      if (quota === 0) return text.noAllowance({ cost, left });
      return text.quota({ cost, left, quota, renews: relative(renewsAt) });
    }
    case 'budget': {
      const { cost, left, renewsAt } = refusal;
      return text.budget({ cost, left, renews: relative(renewsAt) });
    }
    case 'guild-budget': {
      const { cost, left, renewsAt } = refusal;
      return text.guildBudget({ cost, left, renews: relative(renewsAt) });
    }
    case 'guild-cap': {
      const { cost, left, most, renewsAt } = refusal;
      return text.guildCap({ cost, left, max: most, renews: relative(renewsAt) });
    }
    case 'paused':
      return refusal.message === null ? text.paused() : text.pausedWith({ message: refusal.message });
    case 'blocked':
      return blockedText(refusal.who, language);
    case 'line-full':
      return text.lineFull({ max: refusal.maxWaiting });
    case 'stranger':
      return text.stranger();
    case 'membership-unknown':
      return text.membershipUnknown();
    case 'key-refused':
      return text.keyRefused();
    case 'no-credits':
      return text.noCredits();
    case 'away':
      return text.away();
    case 'forbidden-prompt':
      return text.forbiddenPrompt();
    case 'not-age-restricted':
      return text.notAgeRestricted();
    case 'draft-changed':
      return text.draftChanged();
    case 'not-yours':
      return drafts(language).notYours();
    case 'message-unknown':
      return drafts(language).messageUnknown();
    case 'outdated':
      return answers(language).outdated();
    case 'too-many-drafts':
      return text.tooManyDrafts({ most: refusal.most });
    default:
      return refusal satisfies never;
  }
}

function blockedText(who: 'user' | 'server' | 'member', language: Language): string {
  const text = refusals(language);
  switch (who) {
    case 'user':
      return text.blockedUser();
    case 'server':
      return text.blockedServer();
    case 'member':
      return text.blockedMember();
    default:
      return who satisfies never;
  }
}

/** Names a picture and the rule that it breaks. */
export function imageText(image: string, rule: ImageRuleBroken, model: Model, language: Language): string {
  const text = refusals(language);
  const file = `**${plain(cut(image, 80))}**`;
  switch (rule) {
    case 'type':
      return text.imageType({ file });
    case 'size':
      return text.imageSize({ file, max: model.images.maxBytes / 2 ** 20 });
    case 'empty':
      return text.imageEmpty({ file });
    case 'host':
      return text.imageHost({ file });
    case 'truncated':
      return text.imageTruncated({ file });
    case 'unreadable':
      return text.imageUnreadable({ file });
    default:
      return rule satisfies never;
  }
}

/** Option and choices by the names that the member sees in Discord. */
function settingOf(refusal: Extract<Refusal, { refused: 'setting' }>, model: Model, language: Language) {
  const parameter = model.parameters[refusal.name];
  const shown = parameter === undefined ? refusal.name : shownName(refusal.name, parameter.label, language);
  const values = refusal.allowed.map((value) =>
    name(parameter === undefined ? value : valueText(parameter, value, language)),
  );
  return { name: name(shown), allowed: either(values, language) };
}

/** Option names and values come from a raw payload. */
function name(text: string): string {
  return cut(text.replaceAll('`', '').replaceAll(/\s+/g, ' ').trim(), 60) || '?';
}
