import type { AccessRefusal } from '#src/app/access.ts';
import type { Period } from '#src/domain/credits.ts';
import type { Log } from '#src/domain/log.ts';
import type { Language, Model } from '#src/domain/parameters.ts';
import type { Entry, Statement } from '#src/domain/statement.ts';
import type { Call } from './calls.ts';
import { languageOf } from './languages.ts';
import { reasonText } from './refusals.ts';
import { cut, plain, relative } from './text.ts';
import { answers } from './texts/answers.ts';
import { creditTexts } from './texts/credits.ts';
import { readInTime } from './within.ts';

type Ports = {
  readonly model: Model;
  readonly period: Period;
  readonly log: Log;
  readCredits(call: Call): Promise<Statement | AccessRefusal>;
  sayPrivately(call: Call, text: string): Promise<unknown>;
};

/** Tells a member what they have. */
export function makeTellCredits({ model, period, log, readCredits, sayPrivately }: Ports) {
  return async function tellCredits(call: Call): Promise<void> {
    const language = languageOf(call.locale);
    const read = await readInTime(readCredits(call), log);
    await sayPrivately(call, textOf(read, language));
  };

  function textOf(read: Statement | AccessRefusal | 'away', language: Language): string {
    if (read === 'away') return answers(language).recordsAway();
    if ('refused' in read) return reasonText(read, model, language);
    const text = creditTexts(language);
    const { left, running, bonus, cap, refusal, entries } = read;
    const { granted, held, spent } = bonus;
    return [
      `**${text.left({ credits: left })}**`,
      ...(refusal === null ? [] : [`⚠️ ${reasonText(refusal, model, language)}`]),
      allowanceText(read, language),
      `-# ${text.used({ spent: running.spent, held: running.held })}`,
      ...(granted + held + spent === 0 ? [] : [text.bonus({ granted, held, spent, left: bonus.left })]),
      ...(cap === null ? [] : [text.cap({ max: cap.most, left: cap.left })]),
      text.price({ credits: model.baseCredits }),
      ...(entries.length === 0 ? [] : [`**${text.entries()}**`, ...entries.map((entry) => lineOf(entry, language))]),
    ].join('\n');
  }

  function allowanceText({ allowance, renewsAt }: Statement, language: Language): string {
    const text = creditTexts(language);
    if (allowance === 0) return text.noAllowance();
    const said = { day: text.perDay, week: text.perWeek, month: text.perMonth }[period];
    return said({ allowance, renews: relative(renewsAt) });
  }
}

/** One entry of a member's books. */
export function lineOf({ at, kind, amount, what }: Entry, language: Language): string {
  const words = what === null ? '' : plain(cut(what, 40));
  const parts = [relative(at), creditTexts(language)[kind]({ credits: amount }), words];
  return `-# ${parts.filter((part) => part !== '').join(' · ')}`;
}
