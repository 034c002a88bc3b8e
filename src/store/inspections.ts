import type { Audited } from '#src/domain/acts.ts';
import { type Balance, bonus, bot, userOwner } from '#src/domain/credits.ts';
import type { TaskFile, TaskName, Totals, UserFile } from '#src/domain/inspection.ts';
import type { Limits, Rule } from '#src/domain/rules.ts';
import type { Entry } from '#src/domain/statement.ts';
import type { Sql } from './database.ts';
import { type TaskRow, toTask } from './rows.ts';

const shown = 8;
const peopleShown = 10;

/** What operators look up: read without locks, for showing alone. */
export function inspections({ sql, limits }: { readonly sql: Sql; readonly limits: Limits }) {
  async function readTaskFile(name: TaskName): Promise<TaskFile | null> {
    const [row] = await sql<(TaskRow & Pick<TaskFile, 'deliveredAt' | 'reservedCredits' | 'requestId'>)[]>`
      select *, now() as now from tasks where ${isNamed(name)} order by accepted_at desc limit 1`;
    if (row === undefined) return null;
    const [lines, acts] = await Promise.all([
      sql<TaskFile['lines'][number][]>`
        select at, owner, purse, kind, amount from ledger where task_id = ${row.id} order by id`,
      sql<Audited[]>`
        select at, actor, action, subject, guild_id, facts, reason, source from audit
        where subject = ${`task:${row.id}`} order by id`,
    ]);
    const { deliveredAt, reservedCredits, requestId } = row;
    return { task: toTask(row), deliveredAt, reservedCredits, requestId, lines, acts };
  }

  function isNamed(name: TaskName) {
    if ('id' in name) return sql`id = ${name.id}`;
    if ('messageId' in name) return sql`message_id = ${name.messageId}`;
    const from = `${name.mark}-0000-0000-0000-000000000000`;
    return sql`id between ${from}::uuid and ${from.replaceAll('-0', '-f').replaceAll('0', 'f')}::uuid`;
  }

  async function readUserFile(userId: string): Promise<UserFile> {
    const owner = userOwner(userId);
    const [[row], entries, tasks] = await Promise.all([
      sql<{ renewsAt: Date; accounts: (Balance & { purse: string })[]; rules: Rule[] }[]>`
        with period as (select date_trunc(${limits.period}, now() at time zone 'utc') as start), mine as (
          select purse, granted, held, spent from accounts, period
          where owner = ${owner} and purse in (${bonus}, to_char(start, 'YYYY-MM-DD'))
        ), theirs as (
          select subject, kind, credits, reason from rules where subject = ${owner} or subject like ${`guild:%:${owner}`}
          order by subject, kind limit ${shown}
        )
        select (start + ('1 ' || ${limits.period})::interval) at time zone 'utc' as renews_at,
          (select coalesce(jsonb_agg(mine), '[]') from mine) as accounts,
          (select coalesce(jsonb_agg(theirs), '[]') from theirs) as rules
        from period`,
      sql<Entry[]>`
        select l.at, l.kind, l.amount, coalesce(nullif(t.prompt, ''), l.reason) as what
        from ledger l left join tasks t on t.id = l.task_id
        where l.owner = ${owner} order by l.id desc limit ${shown}`,
      sql<TaskRow[]>`
        select *, now() as now from tasks where user_id = ${userId} order by accepted_at desc, id desc limit ${shown}`,
    ]);
    if (row === undefined) throw new Error('no period');
    const nothing: Balance = { granted: 0, held: 0, spent: 0 };
    return {
      running: row.accounts.find(({ purse }) => purse !== bonus) ?? nothing,
      bonus: row.accounts.find(({ purse }) => purse === bonus) ?? nothing,
      renewsAt: row.renewsAt,
      rules: row.rules,
      entries,
      tasks: tasks.map(toTask),
    };
  }

  /** Of today, this week (from Monday) and this month, by UTC: by when it was booked, whatever period bears it. */
  async function readTotals(): Promise<readonly Totals[]> {
    const [spans] = await sql<{ totals: Totals[] }[]>`
      with spans as (
        select span, nth, date_trunc(span, now() at time zone 'utc') at time zone 'utc' as start
        from unnest(array['day', 'week', 'month']) with ordinality as s (span, nth)
      ), oldest as (select min(start) as start from spans), lines as materialized (
        select at, owner, kind, amount from ledger
        where at >= (select start from oldest) and kind in ('settle', 'writeoff', 'correct')
          and (owner = ${bot} or starts_with(owner, 'user:'))
      ), asked as materialized (
        select accepted_at, status from tasks
        where accepted_at >= (select start from oldest) and answered_at is not null
      ), people as (
        select span, split_part(owner, ':', 2) as user_id, sum(amount)::int as spent,
          row_number() over (partition by span order by sum(amount) desc, owner) as place
        from spans join lines on at >= start
        where owner <> ${bot} and kind <> 'writeoff'
        group by span, owner having sum(amount) > 0
      )
      select coalesce(jsonb_agg(jsonb_build_object(
        'span', span,
        'spent', (select coalesce(sum(amount), 0) from lines where owner = ${bot} and at >= start and kind <> 'writeoff'),
        'writtenOff', (select coalesce(sum(amount), 0) from lines where owner = ${bot} and at >= start and kind = 'writeoff'),
        'asked', (select count(*) from asked where accepted_at >= start),
        'failed', (select count(*) from asked where accepted_at >= start and status = 'failed'),
        'uncertain', (select count(*) from asked where accepted_at >= start and status = 'uncertain'),
        'people', (select coalesce(jsonb_agg(jsonb_build_object('userId', user_id, 'spent', spent) order by place), '[]')
          from people p where p.span = spans.span and place <= ${peopleShown}),
        'others', (select count(*) from people p where p.span = spans.span and place > ${peopleShown})
      ) order by nth), '[]') as totals
      from spans`;
    return spans?.totals ?? [];
  }

  return { readTaskFile, readUserFile, readTotals };
}
