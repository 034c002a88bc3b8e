import { exactPlaces, type Situation } from '#src/domain/progress.ts';
import { limits } from '#src/domain/schedule.ts';
import type { Task } from '#src/domain/task.ts';
import type { Sql } from './database.ts';
import { inTurn, line } from './line.ts';

type Ports = { readonly sql: Sql; usualMs(taskIds: readonly string[]): Promise<ReadonlyMap<string, number>> };

/** What a reply says until it shows the outcome. */
export function progress({ sql, usualMs }: Ports) {
  /** Stores, before the edit, that one is under way: killed here, the reply is looked at again after it. */
  async function beginEdit({ id, delivery, reply }: Task): Promise<boolean> {
    const [begun] = await sql`
      update tasks set shown = null, edit_at = now(), show_at = now() + ${limits.editMs} * interval '1 ms'
      where id = ${id} and delivery = ${delivery} and token = ${reply.token}
      returning id`;
    return begun !== undefined;
  }

  /** What the reply says now, and when to look again. */
  async function markShown(task: Task, shown: string, showAt: Date | null): Promise<void> {
    await sql`
      update tasks set shown = ${shown}, shown_at = now(), edit_at = null, show_at = ${nextTime(task, showAt)}
      where id = ${task.id} and delivery <> 'delivered'`;
  }

  /** The reply says what it said before. */
  async function lookAgain(task: Task, showAt: Date | null): Promise<void> {
    await sql`
      update tasks set shown = ${task.shown}, edit_at = null, show_at = ${nextTime(task, showAt)}
      where id = ${task.id} and delivery <> 'delivered'`;
  }

  /** A fresh token that came meanwhile has its own time, and a status that the look did not see is looked at soon. */
  function nextTime({ reply, status }: Task, showAt: Date | null) {
    return sql`case
      when token is distinct from ${reply.token} then show_at
      when status = ${status} then ${showAt}::timestamptz
      else least(show_at, now() + ${limits.editsMs} * interval '1 ms') end`;
  }

  async function situationOf({ id, status }: Task): Promise<Situation> {
    if (status === 'rendering') return { place: null, usualMs: (await usualMs([id])).get(id) ?? null };
    if (status !== 'accepted') return { place: null, usualMs: null };
    const [row] = await sql<{ place: number }[]>`with ${places(sql)} select place from places where id = ${id}`;
    return { place: row?.place ?? null, usualMs: null };
  }

  /**
   * The line has moved: replies that say another place are looked at, each as soon as it may be edited again. Rows that
   * somebody moves just now are left out: whoever gives slots away locks several in an order of its own.
   */
  async function showPlaces(): Promise<void> {
    const soonest = sql`greatest(now(), t.shown_at + ${limits.editsMs} * interval '1 ms')`;
    await sql`
      with ${places(sql)}, stale as materialized (
        select t.id from tasks t join places using (id)
        where t.token is not null and t.edit_at is null and t.status = 'accepted' and t.show_at > ${soonest}
          and t.shown <> 'line-' || places.place and t.shown not like 'late-%'
        for update of t skip locked
      )
      update tasks t set show_at = ${soonest} from stale where t.id = stale.id`;
  }

  return { beginEdit, markShown, lookAgain, situationOf, showPlaces };
}

/**
 * `places`, for a `with`: everybody's place in line. Far back it is rounded up, so that a line of a thousand does not
 * edit a thousand replies whenever it moves.
 */
function places(sql: Sql) {
  return sql`
    ${line(sql)}, places as (
      select id, case
          when nth <= ${exactPlaces} then nth
          when nth <= 50 then ceil(nth / 5.0) * 5
          else ceil(nth / 25.0) * 25
        end::int as place
      from (select id, row_number() over (order by ${inTurn(sql)}) as nth from line) as numbered
    )`;
}
