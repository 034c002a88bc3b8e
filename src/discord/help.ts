import type { Period } from '#src/domain/credits.ts';
import type { Log } from '#src/domain/log.ts';
import type { Model } from '#src/domain/parameters.ts';
import type { Call } from './calls.ts';
import { languageOf } from './languages.ts';
import { helpTexts } from './texts/help.ts';
import { readInTime } from './within.ts';

/** The figures of this bot that members should know. */
export type Facts = {
  readonly model: Model;
  readonly quota: number;
  readonly period: Period;
  readonly active: number;
  readonly waiting: number;
  readonly retentionDays: number;
  readonly operatorIds: readonly string[];
};

type Ports = Facts & {
  readonly log: Log;
  /** What operators have set for everybody, if anything. */
  readQuota(): Promise<number | null>;
  sayPrivately(call: Call, text: string): Promise<unknown>;
};

/** Cost, rules, privacy and reporting. It works whatever is away, then by the figures of the environment. */
export function makeTellHelp({ log, readQuota, sayPrivately, ...facts }: Ports) {
  return async function tellHelp(call: Call): Promise<void> {
    const read = await readInTime(readQuota(), log);
    const quota = typeof read === 'number' ? read : facts.quota;
    await sayPrivately(call, helpText({ ...facts, quota }, call));
  };
}

function helpText({ model, quota, period, active, waiting, retentionDays, operatorIds }: Facts, { locale }: Call) {
  const text = helpTexts(languageOf(locale));
  const allowance = { day: text.perDay, week: text.perWeek, month: text.perMonth }[period];
  const people = operatorIds.slice(0, 5).map((id) => `<@${id}>`);
  return [
    `**${text.costTitle()}**`,
    text.cost({ credits: model.baseCredits }),
    allowance({ quota }),
    `**${text.rulesTitle()}**`,
    text.rules({ active, waiting }),
    text.animate(),
    text.settings(),
    `**${text.privacyTitle()}**`,
    text.privacy({ model: model.name, days: retentionDays }),
    `**${text.reportTitle()}**`,
    text.report(),
    ...(people.length === 0 ? [] : [text.operators({ people: people.join(', ') })]),
  ].join('\n');
}
