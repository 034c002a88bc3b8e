import { bot, guildOwner } from './credits.ts';
import { guildOf } from './rules.ts';
import type { Reply } from './task.ts';
import type { WishRefusal } from './wish.ts';

/** Something that operators have to be told. Same key, same news: it is told once. */
export type Alarm = { readonly key: string } & AlarmNews;
export type AlarmNews =
  | {
      readonly kind: 'budget';
      readonly facts: {
        /** The bot or a server. */
        readonly subject: string;
        readonly most: number;
        readonly renewsAt: string;
      };
    }
  /** The provider account has fewer credits than `least`. */
  | { readonly kind: 'balance'; readonly facts: { readonly credits: number; readonly least: number } }
  /** It may have been made and paid without our knowing: somebody has to look at the provider. */
  | { readonly kind: 'uncertain'; readonly facts: { readonly task: string } }
  /** Somebody holds that a video should not be: `message` is where they saw it. No prompt, which automatic moderation could refuse. */
  | { readonly kind: 'report'; readonly facts: ReportFacts }
  | { readonly kind: 'key'; readonly facts: { readonly keyName: string } };

export type ReportFacts = {
  readonly by: string;
  readonly task: string;
  /** Whose video it is. */
  readonly owner: string;
  readonly guild: string | null;
  readonly channel: string;
  readonly message: string;
};

/**
 * The alarm that goes with a refusal, if there is one: a budget is used up. A budget of 0 is a closed door and no news; one
 * that was raised and is used up again is.
 */
export function alarmOf(refusal: WishRefusal, reply: Reply): Alarm | null {
  if (refusal.refused !== 'budget' && refusal.refused !== 'guild-budget') return null;
  const guildId = refusal.refused === 'budget' ? null : guildOf(reply);
  const subject = guildId === null ? bot : guildOwner(guildId);
  const { most } = refusal;
  const renewsAt = refusal.renewsAt.toISOString();
  return most === 0
    ? null
    : { key: `budget ${subject} ${renewsAt} ${most}`, kind: 'budget', facts: { subject, most, renewsAt } };
}

/** Of one account at the provider: by the key, of which each process knows its own. */
export const balanceAlarm = (keyName: string, credits: number, least: number): Alarm => ({
  key: `balance ${keyName}`,
  kind: 'balance',
  facts: { credits, least },
});

export const uncertainAlarm = (taskId: string): Alarm => ({
  key: `uncertain ${taskId}`,
  kind: 'uncertain',
  facts: { task: taskId },
});

/** Once for each person and task, wherever they saw it. */
export const reportAlarm = (facts: ReportFacts): Alarm => ({
  key: `report ${facts.by} ${facts.task}`,
  kind: 'report',
  facts,
});

export const keyAlarm = (keyName: string): Alarm => ({ key: `key ${keyName}`, kind: 'key', facts: { keyName } });
