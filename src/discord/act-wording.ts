import type { BonusChange, RuleChange } from '#src/app/operate.ts';
import type { ActRefusal } from '#src/domain/acts.ts';
import { isGone } from '#src/domain/member.ts';
import type { Language } from '#src/domain/parameters.ts';
import { plain } from './text.ts';
import { actTexts } from './texts/acts.ts';

/** A person, shown by name where Discord knows them; nothing that the bot says pings. */
export const person = (userId: string) => (isGone(userId) ? `(${userId})` : `<@${userId}>`);

/** Why an act was not done; `who`: the user that it was about, if any. */
export function actRefusalText(refusal: ActRefusal, language: Language, who = ''): string {
  const text = actTexts(language);
  switch (refusal.refused) {
    case 'not-operator':
      return text.notOperator();
    case 'not-manager':
      return text.notManager();
    case 'credits':
      return text.credits({ least: refusal.least, most: refusal.most });
    case 'reason':
      return text.reason({ most: refusal.most });
    case 'revoke':
      return text.tooMuch({ who, free: refusal.free, credits: refusal.credits });
    case 'bonus-full':
      return text.bonusFull({ most: refusal.most });
    case 'task-unknown':
      return text.taskUnknown();
    case 'render-unknown':
      return text.renderUnknown();
    case 'provider-away':
      return text.providerAway();
    case 'taken':
      return text.taken();
    case 'other':
      return text.hasOther();
    case 'not-uncertain':
      return text.notUncertain({ status: refusal.status });
    default:
      return refusal satisfies never;
  }
}

export function bonusText(
  change: BonusChange | ActRefusal,
  how: 'granted' | 'revoked',
  userId: string,
  language: Language,
): string {
  const who = person(userId);
  if ('refused' in change) return actRefusalText(change, language, who);
  const { credits, left } = change;
  return actTexts(language)[how]({ who, credits, left });
}

/** A figure that was set, and what stood there before. */
export function figureText(
  change: RuleChange | ActRefusal,
  say: (after: string) => string,
  language: Language,
): string {
  if ('refused' in change) return actRefusalText(change, language);
  const text = actTexts(language);
  const worded = (figures: RuleChange['before']) => {
    if (figures === null) return text.notSet();
    return figures.credits === null ? text.unlimited() : text.figure({ credits: figures.credits });
  };
  return `${say(worded(change.after))}\n-# ${text.before({ before: worded(change.before) })}`;
}

export function blockText(change: RuleChange | ActRefusal, who: string, language: Language): string {
  if ('refused' in change) return actRefusalText(change, language);
  const text = actTexts(language);
  const isBlocked = change.after !== null;
  const isSame = isBlocked === (change.before !== null);
  const said = isBlocked ? text.blocked({ who }) : text.unblocked({ who });
  return isSame ? `${said}\n-# ${text.wasBlocked()}` : said;
}

export function pauseText(change: RuleChange | ActRefusal, language: Language): string {
  if ('refused' in change) return actRefusalText(change, language);
  const text = actTexts(language);
  const { before, after } = change;
  const isSame = (before === null) === (after === null);
  const same = isSame ? `\n-# ${text.wasBlocked()}` : '';
  if (after === null) return `${text.resumed()}${same}`;
  const said = after.reason === null ? text.pausedSilently() : text.paused({ message: plain(after.reason) });
  return `${said}${same}`;
}
