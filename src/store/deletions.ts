import { randomBytes } from 'node:crypto';
import { type Balance, bonus, userOwner } from '#src/domain/credits.ts';
import { goneMark } from '#src/domain/member.ts';
import { guildOfSubject, type Limits, type Rule } from '#src/domain/rules.ts';
import { actLock } from './acts.ts';
import type { Sql, Tx } from './database.ts';
import type { HashesOf } from './hashes.ts';
import { erasure } from './retention.ts';

type Ports = { readonly sql: Sql; readonly limits: Limits; readonly hashesOf: HashesOf };
/** What a member's deletion would cost them, and has to wait for. */
export type Stake = {
  readonly bonus: number;
  readonly waiting: number;
  readonly rendering: number;
  readonly isAsked: boolean;
};
type Account = Balance & { readonly owner: string; readonly purse: string };

/** A worker that has looked after a deletion leaves it to the next after this. */
const lookAgain = '5 seconds';

/** Members who want to be forgotten. What that comes to is all in rows, so that any worker goes on with it. */
export function deletions({ sql, limits, hashesOf }: Ports) {
  /** A task that something may yet come of, or whose outcome is about to be shown. */
  const isOpen = sql`(delivery = 'pending' or status in ('accepted', 'submitting', 'rendering')
    or (status = 'uncertain' and next_poll_at is not null))`;

  async function readStake(userId: string): Promise<Stake> {
    const [row] = await sql<Stake[]>`
      select coalesce((select greatest(0, granted - held - spent) from accounts
          where owner = ${userOwner(userId)} and purse = ${bonus}), 0)::int as bonus,
        count(*) filter (where status = 'accepted')::int as waiting,
        count(*) filter (where status <> 'accepted')::int as rendering,
        exists (select from deletions where user_id = ${userId}) as is_asked
      from tasks where user_id = ${userId} and ${isOpen}`;
    return row ?? { bonus: 0, waiting: 0, rendering: 0, isAsked: false };
  }

  /** Once, however often it is asked for. */
  async function askDeletion(userId: string): Promise<void> {
    await sql`insert into deletions (user_id) values (${userId}) on conflict do nothing`;
  }

  async function claimDeletions(count: number): Promise<readonly { userId: string }[]> {
    return sql<{ userId: string }[]>`
      with due as materialized (
        select user_id from deletions where due_at <= now() order by due_at limit ${count} for update skip locked
      )
      update deletions d set due_at = now() + ${lookAgain}::interval from due where d.user_id = due.user_id
      returning d.user_id`;
  }

  /** What stood in line when the deletion was asked for; unanswered tasks are another's to decide about. */
  async function waitingTasks(userId: string): Promise<readonly string[]> {
    const found = await sql<{ id: string }[]>`
      select id from tasks join deletions using (user_id)
      where user_id = ${userId} and status = 'accepted' and answered_at is not null and accepted_at <= asked_at`;
    return found.map(({ id }) => id);
  }

  /** Erases what has ended, while the rest is still waited for. */
  async function eraseEnded(userId: string): Promise<void> {
    await sql`
      with ended as materialized (
        select id from tasks where user_id = ${userId} and not ${isOpen} and erased_at is null for update skip locked
      ), pieces as (
        delete from kept_chunks using ended where task_id = ended.id
      )
      update tasks t set ${erasure(sql)} from ended where t.id = ended.id`;
  }

  /**
   * Takes the member's id out of every row, once nothing of theirs is open: a nameless one stands there from now on, so that
   * all sums stay. Rules and what was spent in this period are kept under hashes. False: not yet, or another worker does.
   */
  async function eraseMember(userId: string): Promise<boolean> {
    const hasOpen = async (on: Sql | Tx) =>
      (await on`select from tasks where user_id = ${userId} and ${isOpen} limit 1`).length > 0;
    if (await hasOpen(sql)) return false;
    return sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(${actLock})`;
      const asked = await tx`select from deletions where user_id = ${userId} for update skip locked`;
      if (asked.length === 0) return false;
      await tx`select from tasks where user_id = ${userId} order by id for update`;
      // Whoever accepts for this member has had these before, or waits and then finds accounts of another name.
      const accounts = await tx<Account[]>`
        select owner, purse, granted, held, spent from accounts
        where owner = ${userOwner(userId)} or owner like ${`guild:%:user:${userId}`}
        order by owner, purse for update`;
      if (await hasOpen(tx)) return false;
      const gone = `${goneMark}${randomBytes(6).toString('hex')}`;
      await keepRemainders(tx, userId, gone, accounts);
      await rename(tx, userId, gone, accounts);
      await loseBonus(tx, gone);
      await tx`delete from drafts where user_id = ${userId}`;
      await tx`delete from alarms where kind = 'report' and ${userId} in (facts ->> 'by', facts ->> 'owner')`;
      await tx`delete from openings where user_id = ${userId}`;
      await tx`delete from members where user_id = ${userId}`;
      await tx`delete from deletions where user_id = ${userId}`;
      return true;
    });
  }

  async function keepRemainders(tx: Tx, userId: string, gone: string, accounts: readonly Account[]): Promise<void> {
    const [now] = await tx<{ purse: string }[]>`
      select to_char(date_trunc(${limits.period}, now() at time zone 'utc'), 'YYYY-MM-DD') as purse`;
    const rules = await tx<(Rule & { actor: string; setAt: Date })[]>`
      delete from rules where subject = ${userOwner(userId)} or subject like ${`guild:%:user:${userId}`}
      returning subject, kind, credits, actor, set_at`;
    const kept = [
      ...accounts
        .filter(({ purse, spent }) => purse === now?.purse && spent > 0)
        .map(({ owner, purse, spent }) => ({
          ...{ subject: owner, kind: 'spent', purse, credits: spent, actor: null, setAt: new Date() },
          bookedOn: nameless(owner, userId, gone),
        })),
      ...rules.map((rule) => ({ ...rule, purse: '', bookedOn: '' })),
    ];
    if (kept.length === 0) return;
    const hashes = await hashesOf(kept.map(({ subject }) => subject));
    const rows = kept.map(({ subject, ...row }, index) => ({
      ...{ ...row, hash: hashes[index], guildId: row.kind === 'spent' ? null : guildOfSubject(subject) },
    }));
    await tx`
      insert into remainders (hash, kind, purse, booked_on, credits, guild_id, actor, set_at)
      select hash, kind, purse, "bookedOn", credits, "guildId", actor, "setAt"
      from jsonb_to_recordset(${tx.json(rows as never)}) as x (hash text, kind text, purse text, "bookedOn" text,
        credits int, "guildId" text, actor text, "setAt" timestamptz)
      on conflict (hash, kind, purse, booked_on) do update set credits = excluded.credits, actor = excluded.actor`;
  }

  return { readStake, askDeletion, claimDeletions, waitingTasks, eraseEnded, eraseMember, dropRemainders };

  /** What was spent in a period that is over says nothing any more. */
  async function dropRemainders(): Promise<void> {
    await sql`
      delete from remainders where kind = 'spent'
        and purse < to_char(date_trunc(${limits.period}, now() at time zone 'utc'), 'YYYY-MM-DD')`;
  }
}

/** An owner or subject that ends with the member's id, with the nameless one for it. */
const nameless = (owner: string, userId: string, gone: string) => `${owner.slice(0, -userId.length)}${gone}`;

async function rename(tx: Tx, userId: string, gone: string, accounts: readonly Account[]): Promise<void> {
  const owners = [...new Set(accounts.map(({ owner }) => owner))];
  const renamed = (column: ReturnType<Tx>) => tx`left(${column}, -length(${userId}::text)) || ${gone}::text`;
  await tx`
    update accounts set owner = ${renamed(tx`owner`)} where owner = any(${owners}::text[])`;
  await tx`
    update ledger set owner = ${renamed(tx`owner`)}, reason = null where owner = any(${owners}::text[])`;
  await tx`
    update audit set subject = ${renamed(tx`subject`)}, reason = null,
      facts = facts #- '{before,reason}' #- '{after,reason}'
    where subject = ${userOwner(userId)} or subject like ${`guild:%:user:${userId}`}`;
  await tx`delete from kept_chunks using tasks where tasks.id = task_id and user_id = ${userId}`;
  await tx`
    update tasks set ${erasure(tx)}, user_id = ${gone}, origin = 'gone:' || id, channel_id = '', parent_id = null,
      message_id = null, provider_id = null, locale = 'en-US', wake_at = null, edit_at = null
    where user_id = ${userId}`;
}

/** What nobody can spend any more is taken back, so that what is granted and open stays true. */
async function loseBonus(tx: Tx, gone: string): Promise<void> {
  await tx`
    with lost as (
      insert into ledger (owner, purse, kind, amount, reason)
      select owner, purse, 'revoke', granted - held - spent, 'deleted' from accounts
      where owner = ${userOwner(gone)} and purse = ${bonus} and granted - held - spent > 0
      returning owner, purse, amount
    )
    update accounts a set granted = a.granted - lost.amount from lost
    where a.owner = lost.owner and a.purse = lost.purse`;
}
