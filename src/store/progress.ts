import type { Situation } from '#src/domain/progress.ts';
import { limits } from '#src/domain/schedule.ts';
import type { Task } from '#src/domain/task.ts';
import type { Sql } from './database.ts';

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

  /** What the reply says now, and when to look again; a fresh token that came meanwhile has its own time. */
  async function markShown({ id, reply }: Task, shown: string, showAt: Date | null): Promise<void> {
    await sql`
      update tasks set shown = ${shown}, shown_at = now(), edit_at = null, show_at = ${nextTime(reply.token, showAt)}
      where id = ${id} and delivery <> 'delivered'`;
  }

  /** The reply says what it said before. */
  async function lookAgain({ id, reply, shown }: Task, showAt: Date | null): Promise<void> {
    await sql`
      update tasks set shown = ${shown}, edit_at = null, show_at = ${nextTime(reply.token, showAt)}
      where id = ${id} and delivery <> 'delivered'`;
  }

  function nextTime(token: string | null, showAt: Date | null) {
    return sql`case when token is not distinct from ${token} then ${showAt} else show_at end`;
  }

  async function situationOf({ id, status }: Task): Promise<Situation> {
    if (status === 'rendering') return { place: null, usualMs: (await usualMs([id])).get(id) ?? null };
    if (status !== 'accepted') return { place: null, usualMs: null };
    const [row] = await sql<{ place: number }[]>`${places(sql)} select place from places where id = ${id}`;
    return { place: row?.place ?? null, usualMs: null };
  }

  /** The line has moved: replies that say another place are looked at, each as soon as it may be edited again. */
  async function showPlaces(): Promise<void> {
    await sql`
      ${places(sql)}
      update tasks t set show_at = greatest(now(), t.shown_at + ${limits.editsMs} * interval '1 ms')
      from places
      where t.id = places.id and t.token is not null and t.edit_at is null and t.status = 'accepted'
        and t.shown is distinct from 'line-' || places.place and t.shown not like 'late-%'
        and t.show_at > greatest(now(), t.shown_at + ${limits.editsMs} * interval '1 ms')`;
  }

  return { beginEdit, markShown, lookAgain, situationOf, showPlaces };
}

/**
 * Everybody's place in line, in the order in which slots are given away (`fillSlots`). Far back it is rounded up, so
 * that a line of a thousand does not edit a thousand replies whenever it moves.
 */
function places(sql: Sql) {
  return sql`
    with busy as (
      select user_id, count(*)::int as tasks from tasks where status in ('submitting', 'rendering') group by user_id
    ), line as (
      select t.id, t.accepted_at,
        coalesce(busy.tasks, 0) + row_number() over (partition by t.user_id order by t.accepted_at, t.id) as turn
      from tasks t left join busy using (user_id)
      where t.status = 'accepted' and t.answered_at is not null and t.body is not null
    ), places as (
      select id, case when nth <= 5 then nth when nth <= 50 then ceil(nth / 5.0) * 5 else ceil(nth / 25.0) * 25 end::int as place
      from (select id, row_number() over (order by turn, accepted_at, id) as nth from line) as numbered
    )`;
}
