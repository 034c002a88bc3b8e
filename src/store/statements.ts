import { bonus, memberOwner, userOwner } from '#src/domain/credits.ts';
import { type Asker, type Limits, openRules, type Rule, subjectsOf } from '#src/domain/rules.ts';
import { type Entry, type Statement, statementOf } from '#src/domain/statement.ts';
import type { Sql } from './database.ts';
import type { HashesOf } from './hashes.ts';
import { welcomeBack } from './situation.ts';

const entriesShown = 8;
type Account = { owner: string; purse: string; granted: number; held: number; spent: number };

/** What one member has, and their last entries: for showing, so without a lock. */
type Ports = { readonly sql: Sql; readonly limits: Limits; readonly hashesOf: HashesOf };

export function statements({ sql, limits, hashesOf }: Ports) {
  async function readStatement(asker: Asker): Promise<Statement> {
    const { userId, guildId } = asker;
    const owner = userOwner(userId);
    const owners = guildId === null ? [owner] : [owner, memberOwner(guildId, userId)];
    await welcomeBack(sql, owners, limits, hashesOf);
    const [[row], entries] = await Promise.all([
      sql<{ purse: string; renewsAt: Date; accounts: Account[]; rules: Rule[] }[]>`
        with period as (select date_trunc(${limits.period}, now() at time zone 'utc') as start), mine as (
          select owner, purse, granted, held, spent from accounts, period
          where owner = any(${owners}::text[]) and purse in (${bonus}, to_char(start, 'YYYY-MM-DD'))
        ), ruling as (
          select subject, kind, credits, reason from rules where subject = any(${subjectsOf(asker)}::text[])
        )
        select to_char(start, 'YYYY-MM-DD') as purse,
          (start + ('1 ' || ${limits.period})::interval) at time zone 'utc' as renews_at,
          (select coalesce(jsonb_agg(mine), '[]') from mine) as accounts,
          (select coalesce(jsonb_agg(ruling), '[]') from ruling) as rules
        from period`,
      sql<Entry[]>`
        select l.at, l.kind, l.amount, coalesce(nullif(t.prompt, ''), l.reason) as what
        from ledger l left join tasks t on t.id = l.task_id
        where l.owner = ${owner} order by l.id desc limit ${entriesShown}`,
    ]);
    if (row === undefined) throw new Error('no period');
    return statementOf(asker, { ...row, rules: openRules(row.rules), entries }, limits);
  }

  return { readStatement };
}
