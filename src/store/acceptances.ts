import {
  type Balance,
  bonus,
  bot,
  type CreditRefusal,
  type Hold,
  type Limits,
  openBalances,
  userOwner,
} from '#src/domain/credits.ts';
import { limits as times } from '#src/domain/schedule.ts';
import type { TaskImage } from '#src/domain/task.ts';
import type { Wish, WishOutcome } from '#src/domain/wish.ts';
import type { Sql } from './database.ts';
import { type TaskRow, toTask } from './rows.ts';
import { inTwoTrips, type Reserved } from './two-trips.ts';

type Ports = { readonly sql: Sql; readonly limits: Limits };
type Granted = { readonly wish: Wish; readonly hold: Hold };

/**
 * Accepts many wishes in one transaction: each becomes a task with its credits held, or a refusal. Outcomes come in the
 * order of the wishes. A wish whose origin has a task already gives that task. Throws only on faults.
 */
export function acceptances({ sql, limits }: Ports) {
  return async function acceptAll(wishes: readonly Wish[]): Promise<readonly WishOutcome[]> {
    const outcomes = new Map<string, WishOutcome | Granted>();
    const made = await inTwoTrips(
      sql,
      // Sent together, answered together. Each statement sees what committed before the locks were had.
      async (tx) => {
        const [, accounts, known, situation] = await Promise.all([
          openAccounts(tx, wishes, limits),
          lockAccounts(tx, wishes, limits),
          readKnown(tx, wishes),
          readSituation(tx, wishes, limits),
        ]);
        return { accounts, known, ...situation };
      },
      (tx, { accounts, known, period, waiting, prices }) => {
        const balances = openBalances(accounts, waiting);
        const granted: Granted[] = [];
        for (const wish of wishes) {
          const task = known.get(wish.origin);
          if (task !== undefined) outcomes.set(wish.origin, { accepted: toTask(task), isNew: task.id === wish.id });
          if (outcomes.has(wish.origin)) continue;
          const cost = prices.get(priceKey(wish)) ?? wish.baseCredits;
          const own = wish.hasAllowance ? limits : { ...limits, quota: 0 };
          const hold = balances.hold(wish.userId, cost, own, period);
          if ('refused' in hold) outcomes.set(wish.origin, hold);
          else granted.push(record(outcomes, wish, hold));
        }
        return granted.length === 0 ? null : insertTasks(tx, granted);
      },
    );
    const rows = new Map(made?.map((row) => [row.origin, row]));
    return wishes.map((wish) => outcomeOf(wish, outcomes.get(wish.origin), rows));
  };
}

function record(outcomes: Map<string, WishOutcome | Granted>, wish: Wish, hold: Hold): Granted {
  const granted = { wish, hold };
  outcomes.set(wish.origin, granted);
  return granted;
}

function outcomeOf(
  wish: Wish,
  outcome: WishOutcome | Granted | undefined,
  made: ReadonlyMap<string, TaskRow>,
): WishOutcome {
  if (outcome === undefined) throw new Error(`wish ${wish.id} got no outcome`);
  if (!('wish' in outcome)) return outcome satisfies WishOutcome | CreditRefusal;
  const row = made.get(wish.origin);
  // The accounts' locks keep two makers of one origin apart, so a missing row means a broken invariant.
  if (row === undefined) throw new Error(`task ${wish.id} was not made`);
  return { accepted: toTask(row), isNew: outcome.wish.id === wish.id };
}

function owners(wishes: readonly Wish[]): string[] {
  return [bot, ...new Set(wishes.map(({ userId }) => userOwner(userId)))].sort();
}

const purseNow = (tx: Reserved, { period }: Limits) =>
  tx`to_char(date_trunc(${period}, now() at time zone 'utc'), 'YYYY-MM-DD')`;

async function openAccounts(tx: Reserved, wishes: readonly Wish[], limits: Limits) {
  await tx`
    insert into accounts (owner, purse)
    select owner, ${purseNow(tx, limits)} from unnest(${owners(wishes)}::text[]) as owner
    order by owner
    on conflict do nothing`;
}

async function lockAccounts(tx: Reserved, wishes: readonly Wish[], limits: Limits) {
  return tx<(Balance & { owner: string; purse: string })[]>`
    select owner, purse, granted, held, spent from accounts
    where owner = any(${owners(wishes)}::text[]) and purse in (${bonus}, ${purseNow(tx, limits)})
    order by owner, purse
    for update`;
}

async function readKnown(tx: Reserved, wishes: readonly Wish[]): Promise<Map<string, TaskRow>> {
  const rows = await tx<TaskRow[]>`
    select *, now() as now from tasks where origin = any(${wishes.map(({ origin }) => origin)}::text[])`;
  return new Map(rows.map((row) => [row.origin, row]));
}

const priceKey = ({ request }: Wish) => `${request.model} ${JSON.stringify(request.settings)}`;

/** In one statement: the period (weeks begin on Monday), who waits in line, and the last prices seen for these settings. */
async function readSituation(tx: Reserved, wishes: readonly Wish[], { period }: Limits) {
  const kinds = [...new Map(wishes.map((wish) => [priceKey(wish), wish])).entries()];
  const input = kinds.map(([key, { request }]) => ({ key, model: request.model, settings: request.settings }));
  const [row] = await tx<
    { purse: string; renewsAt: Date; waiting: Record<string, number>; prices: Record<string, number> }[]
  >`
    select to_char(start, 'YYYY-MM-DD') as purse,
      (start + ('1 ' || ${period})::interval) at time zone 'utc' as renews_at,
      (select coalesce(jsonb_object_agg(user_id, waiting), '{}') from (
        select user_id, count(*)::int as waiting from tasks
        where status = 'accepted' and user_id = any(${wishes.map(({ userId }) => userId)}::text[])
        group by user_id) as w) as waiting,
      (select coalesce(jsonb_object_agg(input.key, last.reserved_credits), '{}')
        from jsonb_to_recordset(${tx.json(input as never)}) as input (key text, model text, settings jsonb)
        cross join lateral (
          select reserved_credits from tasks t
          where t.model = input.model and md5(t.settings::text) = md5(input.settings::text) and t.reserved_credits > 0
          order by t.rendering_at desc limit 1
        ) as last) as prices
    from (select date_trunc(${period}, now() at time zone 'utc') as start) as p`;
  if (row === undefined) throw new Error('no period');
  const { purse, renewsAt, waiting, prices } = row;
  return {
    period: { purse, renewsAt },
    waiting: new Map(Object.entries(waiting)),
    prices: new Map(Object.entries(prices)),
  };
}

/** One statement: the ledger and the accounts follow only the rows that the insert returned. */
function insertTasks(tx: Reserved, granted: readonly Granted[]) {
  const rows = granted.map(({ wish, hold }) => columns(wish, hold));
  const lines = granted.flatMap(({ wish, hold }) => hold.held.map((part) => ({ ...part, taskId: wish.id })));
  return tx<TaskRow[]>`
    with input as (
      select * from jsonb_to_recordset(${tx.json(rows as never)}) as x (
        id uuid, origin text, "userId" text, "guildId" text, "channelId" text, context context, locale text, model text,
        prompt text, settings jsonb, images jsonb, body text, "applicationId" text, token text,
        "tokenExpiresAt" timestamptz, "isPrivate" boolean, "sizeLimit" bigint, "hasBot" boolean, "heldCredits" int)
    ), made as (
      insert into tasks (id, origin, user_id, guild_id, channel_id, context, locale, model, prompt, settings, images,
        body, application_id, token, token_expires_at, is_private, size_limit, has_bot, held_credits, wake_at)
      select id, origin, "userId", "guildId", "channelId", context, locale, model, prompt, settings, images,
        body, "applicationId", token, "tokenExpiresAt", "isPrivate", "sizeLimit", "hasBot", "heldCredits",
        now() + ${times.unansweredMs} * interval '1 ms'
      from input
      on conflict (origin) do nothing
      returning *, now() as now
    ), lines as (
      insert into ledger (owner, purse, task_id, kind, amount)
      select l.owner, l.purse, made.id, 'hold', l.amount
      from jsonb_to_recordset(${tx.json(lines as never)}) as l (owner text, purse text, "taskId" uuid, amount int)
      join made on made.id = l."taskId"
      returning owner, purse, amount
    ), moved as (
      update accounts a set held = a.held + sums.amount
      from (select owner, purse, sum(amount)::int as amount from lines group by owner, purse) as sums
      where a.owner = sums.owner and a.purse = sums.purse
      returning 1
    )
    select *, (select count(*) from moved) as moved from made`;
}

function columns({ id, origin, userId, locale, request, reply, body }: Wish, hold: Hold) {
  const images: TaskImage[] = request.images.map(({ name, size, url }) => ({ name, size, discordUrl: url }));
  const heldCredits = hold.held.find(({ owner }) => owner === bot)?.amount ?? 0;
  const { messageId: _unknownYet, ...place } = reply;
  const { model, prompt, settings } = request;
  return { id, origin, userId, locale, model, prompt, settings, images, body, heldCredits, ...place };
}
