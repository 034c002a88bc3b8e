import { bot } from '#src/domain/credits.ts';
import type { Sql } from './database.ts';

type Waiting = { readonly length: number; readonly oldestSeconds: number };
type Row = {
  readonly tasks: Record<string, number>;
  readonly line: Waiting;
  readonly pending: Waiting;
  readonly credits: { readonly held: number; readonly spent: number };
};

/** A scrape that the database has no time for is given up. */
const longestMs = 1_000;

/** What is under way in the whole bot, for those who watch it. */
export function figures({ sql }: { readonly sql: Sql }) {
  /**
   * One statement over the small indexes of what is open; closed tasks, of which there are ever more, are left out. Each
   * part's condition is one that its index has.
   */
  async function readFigures(): Promise<Row> {
    const [, [row]] = await sql.begin((tx) =>
      Promise.all([
        tx`select set_config('statement_timeout', ${String(longestMs)}, true)`,
        tx<Row[]>`
          with open as (
            select 'accepted' as status, count(*) as tasks from tasks where status = 'accepted'
            union all select 'submitting', count(*) from tasks
              where status in ('submitting', 'rendering') and status = 'submitting'
            union all select 'rendering', count(*) from tasks
              where status in ('submitting', 'rendering') and status = 'rendering'
            union all select 'uncertain', count(*) from tasks
              where status in ('rendering', 'uncertain') and status = 'uncertain'
          ), line as (
            select count(*) as length, max(now() - answered_at) as age from tasks
            where status = 'accepted' and answered_at is not null and body is not null
          ), pending as (
            select count(*) as length, max(now() - pending_at) as age from tasks
            where wake_at is not null and delivery = 'pending'
          )
          select
            (select jsonb_object_agg(status, tasks) from open) as tasks,
            (select jsonb_build_object('length', length, 'oldestSeconds', coalesce(extract(epoch from age), 0))
              from line) as line,
            (select jsonb_build_object('length', length, 'oldestSeconds', coalesce(extract(epoch from age), 0))
              from pending) as pending,
            (select jsonb_build_object('held', coalesce(sum(held), 0), 'spent', coalesce(sum(spent), 0))
              from accounts where owner = ${bot}) as credits`,
      ]),
    );
    if (row === undefined) throw new Error('no figures');
    return row;
  }

  return { readFigures };
}
