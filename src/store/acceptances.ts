import { type Alarm, alarmOf } from '#src/domain/alarms.ts';
import { bot } from '#src/domain/credits.ts';
import { type Hold, openBalances } from '#src/domain/holds.ts';
import type { Request } from '#src/domain/request.ts';
import { type Limits, termsOf } from '#src/domain/rules.ts';
import { limits as times } from '#src/domain/schedule.ts';
import type { TaskImage } from '#src/domain/task.ts';
import type { Wish, WishOutcome } from '#src/domain/wish.ts';
import type { Sql } from './database.ts';
import type { HashesOf } from './hashes.ts';
import { type TaskRow, toTask } from './rows.ts';
import { askerOf, openAccounts, priceKey, readSituation, type Situation } from './situation.ts';
import { inTwoTrips, type Reserved } from './two-trips.ts';

type Ports = { readonly sql: Sql; readonly limits: Limits; readonly hashesOf: HashesOf };
type Granted = { readonly wish: Wish; readonly hold: Hold; readonly allowance: number };

/**
 * Accepts many wishes in one transaction: each becomes a task with its credits held, or a refusal. Outcomes come in the
 * order of the wishes. A wish whose origin has a task already gives that task. Throws only on faults.
 */
export function acceptances({ sql, limits, hashesOf }: Ports) {
  return async function acceptAll(wishes: readonly Wish[]): Promise<readonly WishOutcome[]> {
    // The first wish of a period opens its accounts; a period that ends between the two opens the next.
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const outcomes = await acceptOnce(wishes);
      if (outcomes !== null) return outcomes;
      await openAccounts(sql, wishes, limits, hashesOf);
    }
    throw new Error('the accounts cannot be opened');
  };

  /** Null: an account is missing, and nothing was done. */
  async function acceptOnce(wishes: readonly Wish[]): Promise<readonly WishOutcome[] | null> {
    const outcomes = new Map<string, WishOutcome | Granted>();
    const made = await inTwoTrips(
      sql,
      (tx) => readSituation(tx, wishes, limits),
      (tx, situation) => {
        if (!situation.isOpen) return null;
        const decide = makeDecide(situation, limits);
        for (const wish of wishes) if (!outcomes.has(wish.origin)) outcomes.set(wish.origin, decide(wish));
        const granted = [...outcomes.values()].filter((outcome) => 'wish' in outcome);
        const alarms = alarmsOf(wishes, outcomes);
        return granted.length + alarms.length === 0 ? null : insertTasks(tx, granted, alarms);
      },
    );
    if (outcomes.size === 0) return null;
    const rows = new Map(made?.map((row) => [row.origin, row]));
    return wishes.map((wish) => outcomeOf(wish, outcomes.get(wish.origin), rows));
  }
}

/** What becomes of one wish after another; a hold leaves less for the next. */
function makeDecide({ accounts, known, drafts, period, waiting, rules, prices }: Situation, limits: Limits) {
  const balances = openBalances(accounts, waiting);

  return function decide(wish: Wish): WishOutcome | Granted {
    const task = known.get(wish.origin);
    if (task !== undefined) return { accepted: toTask(task), isNew: task.id === wish.id };
    const { draft } = wish;
    if (draft !== undefined && drafts.get(draft.id) !== draft.revision) return { refused: 'draft-changed' };
    const asker = askerOf(wish);
    const terms = termsOf(asker, rules, limits);
    if ('refused' in terms) return terms;
    const hold = balances.hold(asker, prices.get(priceKey(wish)) ?? wish.baseCredits, terms, period);
    return 'refused' in hold ? hold : { wish, hold, allowance: terms.allowance };
  };
}

function alarmsOf(wishes: readonly Wish[], outcomes: ReadonlyMap<string, WishOutcome | Granted>): Alarm[] {
  const alarms = wishes.flatMap((wish) => {
    const outcome = outcomes.get(wish.origin);
    return outcome !== undefined && 'refused' in outcome ? (alarmOf(outcome, wish.reply) ?? []) : [];
  });
  return [...new Map(alarms.map((alarm) => [alarm.key, alarm])).values()];
}

function outcomeOf(
  wish: Wish,
  outcome: WishOutcome | Granted | undefined,
  made: ReadonlyMap<string, TaskRow>,
): WishOutcome {
  if (outcome === undefined) throw new Error(`wish ${wish.id} got no outcome`);
  if (!('wish' in outcome)) return outcome;
  const row = made.get(wish.origin);
  // The accounts' locks keep two makers of one origin apart, so a missing row means a broken invariant.
  if (row === undefined) throw new Error(`task ${wish.id} was not made`);
  return { accepted: toTask(row), isNew: outcome.wish.id === wish.id };
}

/** One statement: the ledger and the accounts follow only the rows that the insert returned. */
function insertTasks(tx: Reserved, granted: readonly Granted[], alarms: readonly Alarm[]) {
  const rows = granted.map(columns);
  const lines = granted.flatMap(({ wish, hold }) => hold.held.map((part) => ({ ...part, taskId: wish.id })));
  return tx<TaskRow[]>`
    with input as (
      select * from jsonb_to_recordset(${tx.json(rows as never)}) as x (
        id uuid, origin text, "userId" text, "guildId" text, "channelId" text, "parentId" text, context context,
        locale text, model text, prompt text, settings jsonb, images jsonb, body text, "applicationId" text, token text,
        "tokenExpiresAt" timestamptz, "isPrivate" boolean, "sizeLimit" bigint, "hasBot" boolean, "heldCredits" int,
        allowance int)
    ), made as (
      insert into tasks (id, origin, user_id, guild_id, channel_id, parent_id, context, locale, model, prompt,
        settings, images, body, application_id, token, token_expires_at, is_private, size_limit, has_bot,
        held_credits, allowance, wake_at)
      select id, origin, "userId", "guildId", "channelId", "parentId", context, locale, model, prompt,
        settings, images, body, "applicationId", token, "tokenExpiresAt", "isPrivate", "sizeLimit", "hasBot",
        "heldCredits", allowance,
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
    )${alarms.length === 0 ? tx`` : raise(tx, alarms)}${closeDrafts(tx, granted)}
    select *, (select count(*) from moved) as moved from made`;
}

function raise(tx: Reserved, alarms: readonly Alarm[]) {
  return tx`, raised as (
      insert into alarms (key, kind, facts)
      select key, kind, facts from jsonb_to_recordset(${tx.json(alarms as never)}) as x (key text, kind text, facts jsonb)
      on conflict do nothing
    )`;
}

/** open → generated, of the drafts whose tasks are made here. */
function closeDrafts(tx: Reserved, granted: readonly Granted[]) {
  const drafts = granted.flatMap(({ wish: { id, draft } }) =>
    draft === undefined ? [] : [{ id: draft.id, taskId: id }],
  );
  if (drafts.length === 0) return tx``;
  return tx`, generated as (
      update drafts d set state = 'generated', closed_at = now(), show_at = null
      from jsonb_to_recordset(${tx.json(drafts)}) as x (id uuid, "taskId" uuid) join made on made.id = x."taskId"
      where d.id = x.id and d.state = 'open'
    )`;
}

function columns({ wish, hold, allowance }: Granted) {
  const { id, origin, userId, locale, request, reply, body } = wish;
  const images = request.images.map(taskImage);
  const heldCredits = hold.held.find(({ owner }) => owner === bot)?.amount ?? 0;
  const { messageId: _unknownYet, ...place } = reply;
  const { model, prompt, settings } = request;
  return { id, origin, userId, locale, model, prompt, settings, images, body, heldCredits, allowance, ...place };
}

function taskImage(image: Request['images'][number]): TaskImage {
  const { name, size, source } = image;
  const known = { name, size, ...(source !== undefined && { source }) };
  return 'uploaded' in image
    ? { ...known, uploaded: image.uploaded, isUsed: true }
    : { ...known, discordUrl: image.url };
}
