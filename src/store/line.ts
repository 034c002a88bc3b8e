import type { Job } from '#src/domain/task.ts';
import type { Sql, Tx } from './database.ts';
import { sources, target } from './moves.ts';

export type Enqueue = (tx: Tx, jobs: readonly Job[]) => Promise<void>;
export type Slots = { readonly perUser: number; readonly whole: number };

/** Any constant of ours: the transaction that hands out slots holds it, so that two cannot give the same one away. */
const slotLock = 5_113_001;
const wakeAgain = '30 seconds';

/**
 * For a transaction that changes a task which may stand in line and then gives slots away: it takes this lock first, since
 * whoever fills slots holds it while waiting for the rows that it chose.
 */
export function lockSlots(tx: Tx) {
  return tx`select pg_advisory_xact_lock(${slotLock})`;
}

/** `line`, for a `with`: who waits, each with its turn. What gives slots away and what tells places read the same line. */
export function line(sql: Sql | Tx) {
  return sql`
    busy as (
      select user_id, count(*)::int as tasks from tasks where status in ('submitting', 'rendering') group by user_id
    ), waiting as (
      select id, user_id, accepted_at from tasks
      where status = any(${sources('submit')}::status[]) and answered_at is not null and body is not null
    ), served as (
      select user_id, (
          select s.submitting_at from tasks s
          where s.user_id = users.user_id and s.submitting_at is not null
          order by s.accepted_at desc limit 1
        ) as served_at
      from (select distinct user_id from waiting) as users
    ), line as (
      select id, accepted_at, served_at,
        coalesce(busy.tasks, 0) + row_number() over (partition by user_id order by accepted_at, id) as turn
      from waiting join served using (user_id) left join busy using (user_id)
    )`;
}

/** The order of `line`. At the same turn who was served longest ago comes first, else the oldest wishes of one had it all. */
export function inTurn(sql: Sql | Tx) {
  return sql`turn, served_at nulls first, accepted_at, id`;
}

/**
 * How many slots are free; none while the provider has asked everybody to slow down, or operators have paused the bot.
 * Sent right behind the lock: it begins once that is had, and sees what committed before.
 */
export function countFree(tx: Tx, slots: Slots) {
  return tx<{ free: number }[]>`
    select case
      when exists (select from pacing where hold_off_until > now()) then 0
      when exists (select from rules where subject = 'bot' and kind = 'pause') then 0
      else ${slots.whole} - count(*) end::int as free
    from tasks where status in ('submitting', 'rendering')`;
}

/** Gives free slots to the line. Call it before any account is locked. */
export async function fillSlots(tx: Tx, slots: Slots, enqueue: Enqueue): Promise<string[]> {
  const [, [house]] = await Promise.all([lockSlots(tx), countFree(tx, slots)]);
  return giveSlots(tx, house?.free ?? 0, slots, enqueue);
}

/**
 * Gives `free` slots, counted under the lock, to the line (accepted, answered, ready): accepted → submitting, and a job
 * for each. Round-robin over users: those with fewer tasks at the provider first, then those served longest ago; oldest
 * first within one.
 */
export async function giveSlots(tx: Tx, free: number, slots: Slots, enqueue: Enqueue): Promise<string[]> {
  // A full house is the common case when the line is long, and then the line need not be looked through.
  if (free <= 0) return [];
  const taken = await tx<{ id: string }[]>`
    with ${line(tx)}, next as (
      select id from line
      where turn <= ${slots.perUser}
      order by ${inTurn(tx)}
      limit ${free}
    )
    update tasks set status = ${target('submit')}, submitting_at = now(), attempt = 0,
      wake_at = now() + ${wakeAgain}::interval
    where id in (select id from next) and status = any(${sources('submit')}::status[])
    returning id`;
  const ids = taken.map(({ id }) => id);
  await enqueue(
    tx,
    ids.map((taskId) => ({ queue: 'submit', taskId })),
  );
  return ids;
}
