import type { Act, Audited } from '#src/domain/acts.ts';
import { guildOfSubject } from '#src/domain/rules.ts';
import type { Sql, Tx } from './database.ts';

/** Any constant of ours: people act one after another, so that each line tells truly what was before. */
export const actLock = 5_113_002;

/** What an act came to, as its line tells it; `isNew`: by this very call, and not by an earlier one of the same event. */
export type Acted<T> = T extends { readonly refused: string } ? T : T & { readonly isNew: boolean };

/**
 * One act of an operator or manager: its effect and its line in the audit are one transaction. An event that has acted
 * before does nothing and gives the facts of then. `work` may refuse, and then there is neither effect nor line.
 */
export async function act<T extends object>(
  sql: Sql,
  { source, actor, action, subject, reason }: Act,
  work: (tx: Tx) => Promise<T>,
): Promise<Acted<T>> {
  const outcome = await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${actLock})`;
    const [before] = await tx<{ facts: T }[]>`
      select facts from audit where source = ${source} and action = ${action} and subject = ${subject}`;
    if (before !== undefined) return { ...before.facts, isNew: false };
    const facts = await work(tx);
    if ('refused' in facts) return facts;
    await writeAct(tx, { source, actor, action, subject, reason }, facts);
    return { ...facts, isNew: true };
  });
  return outcome as Acted<T>;
}

/** The line alone, for an effect that is only ever had once. */
export async function writeAct(sql: Sql | Tx, act: Act, facts: object = {}): Promise<void> {
  const { source, actor, action, subject, reason } = act;
  await sql`
    insert into audit (actor, action, subject, guild_id, facts, reason, source)
    values (${actor}, ${action}, ${subject}, ${guildOfSubject(subject)}, ${sql.json(facts as never)}, ${reason}, ${source})
    on conflict do nothing`;
}

/** What was done about a server, or (null) about the whole bot and everything else; newest first. */
export function audits({ sql }: { readonly sql: Sql }) {
  async function readAudit(about: { readonly guildId: string } | 'all', count: number, before?: number) {
    return sql<(Audited & { readonly id: number })[]>`
      select id, at, actor, action, subject, guild_id, facts, reason, source from audit
      where id < ${before ?? Number.MAX_SAFE_INTEGER} and ${about === 'all' ? sql`true` : sql`guild_id = ${about.guildId}`}
      order by id desc limit ${count}`;
  }

  return { readAudit, writeAct: (line: Act) => writeAct(sql, line) };
}
