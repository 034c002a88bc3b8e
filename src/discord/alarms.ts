import { createHash } from 'node:crypto';
import { type REST, Routes } from 'discord.js';
import { z } from 'zod';
import type { Alarm } from '#src/domain/alarms.ts';
import { bot as wholeBot } from '#src/domain/credits.ts';
import type { Log } from '#src/domain/log.ts';
import type { Language } from '#src/domain/parameters.ts';
import { guildOfSubject } from '#src/domain/rules.ts';
import { person } from './act-wording.ts';
import { afterFailedPost, failureOf } from './failures.ts';
import { languageOf } from './languages.ts';
import { textBody } from './messages.ts';
import { relative } from './text.ts';
import { alarmTexts } from './texts/alarms.ts';

type Ports = {
  readonly bot: REST;
  readonly log: Log;
  readonly operatorIds: readonly string[];
  /** Null: they are written to each. */
  readonly channelId: string | null;
  readLocale(userId: string): Promise<string | null>;
};

const Id = z.object({ id: z.string() });

/**
 * Tells operators: in their channel, else each by DM, else nobody hears but the log. Throws if Discord may take it later;
 * whoever has it then by the first try does not get it twice, as long as Discord remembers the nonce.
 */
export function makeTellOperators({ bot, log, operatorIds, channelId, readLocale }: Ports) {
  return async function tell(alarm: Alarm): Promise<void> {
    if (channelId !== null && (await post(channelId, alarm, operatorIds[0]))) return;
    const told = await Promise.allSettled(operatorIds.map((userId) => write(userId, alarm)));
    const failed = told.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    if (!told.some((one) => one.status === 'fulfilled' && one.value)) {
      log.warn({ alarm: alarm.key }, 'no operator could be told at Discord');
    }
  };

  async function write(userId: string, alarm: Alarm): Promise<boolean> {
    const channel = await unlessClosed(() => bot.post(Routes.userChannels(), { body: { recipient_id: userId } }));
    return channel !== null && post(Id.parse(channel).id, alarm, userId);
  }

  async function post(channel: string, alarm: Alarm, reader: string | undefined): Promise<boolean> {
    const locale = reader === undefined ? null : await readLocale(reader);
    const text = `⚠️ ${alarmText(alarm, languageOf(locale ?? ''))}`;
    const body = { ...textBody(text), nonce: nonceOf(alarm), enforce_nonce: true };
    return (await unlessClosed(() => bot.post(Routes.channelMessages(channel), { body }))) !== null;
  }

  /** Null: this way is closed for good. */
  async function unlessClosed<T>(call: () => Promise<T>): Promise<T | null> {
    try {
      return await call();
    } catch (error) {
      if ('later' in afterFailedPost(failureOf(error), 'bot')) throw error;
      log.warn({ err: error }, 'an operator or their channel cannot be written to');
      return null;
    }
  }
}

/** At most 25 characters (discord.md §4). */
function nonceOf({ key, facts }: Alarm): string {
  return createHash('sha256')
    .update(`${key} ${JSON.stringify(facts)}`)
    .digest('base64url')
    .slice(0, 22);
}

function alarmText(alarm: Alarm, language: Language): string {
  const text = alarmTexts(language);
  switch (alarm.kind) {
    case 'budget': {
      const { subject, most, renewsAt } = alarm.facts;
      const renews = relative(new Date(renewsAt));
      if (subject === wholeBot) return text.budget({ most, renews });
      return text.guildBudget({ server: guildOfSubject(subject) ?? '?', most, renews });
    }
    case 'balance':
      return text.balance(alarm.facts);
    case 'uncertain':
      return text.uncertain({ id: alarm.facts.task });
    case 'report': {
      const { by, task, owner, guild, channel, message } = alarm.facts;
      const link = `https://discord.com/channels/${guild ?? '@me'}/${channel}/${message}`;
      return text.report({ by: person(by), owner: person(owner), id: task, link });
    }
    case 'key':
      return text.key();
    default:
      return alarm satisfies never;
  }
}
