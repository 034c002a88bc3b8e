import { type Balance, bonus, bot, guildOwner, memberOwner, userOwner } from '#src/domain/credits.ts';
import { type Asker, guildOf, type Limits, openRules, type Rule, subjectsOf } from '#src/domain/rules.ts';
import { limits as times } from '#src/domain/schedule.ts';
import type { Wish } from '#src/domain/wish.ts';
import { comeBack, hasRemainders } from './come-back.ts';
import type { Sql } from './database.ts';
import type { HashesOf } from './hashes.ts';
import type { TaskRow } from './rows.ts';
import type { Reserved } from './two-trips.ts';

/**
 * All that decides about wishes, with the accounts locked that they may be held on. Sent together, answered together;
 * what follows the locks sees what committed before they were had. `isOpen` false: an account is missing, and the locks
 * guard nothing.
 */
export async function readSituation(tx: Reserved, wishes: readonly Wish[], limits: Limits) {
  const [accounts, { knownOrigins, ...rest }, drafts] = await Promise.all([
    lockAccounts(tx, wishes, limits),
    readRest(tx, wishes, limits),
    lockDrafts(tx, wishes),
  ]);
  const known = await readKnown(tx, knownOrigins);
  const open = new Set(accounts.filter(({ purse }) => purse === rest.period.purse).map(({ owner }) => owner));
  const isOpen = owners(wishes).every((owner) => open.has(owner));
  return { accounts, isOpen, known, drafts, ...rest };
}

export type Situation = Awaited<ReturnType<typeof readSituation>>;

export function askerOf({ userId, reply, roles, hasAllowance }: Wish): Asker {
  return { userId, guildId: guildOf(reply), roles, hasAllowance };
}

/** Last prices are known by model and settings. */
export const priceKey = ({ request }: Wish) => `${request.model} ${JSON.stringify(request.settings)}`;

function owners(wishes: readonly Wish[]): string[] {
  const all = wishes.map(askerOf).flatMap(({ userId, guildId }) => {
    return guildId === null
      ? [userOwner(userId)]
      : [guildOwner(guildId), memberOwner(guildId, userId), userOwner(userId)];
  });
  return [...new Set([bot, ...all])];
}

const purseNow = (sql: Sql | Reserved, { period }: Limits) =>
  sql`to_char(date_trunc(${period}, now() at time zone 'utc'), 'YYYY-MM-DD')`;

/**
 * Opens the accounts of this period that wishes are held on. Most have been opened by earlier ones. Here comes back what a
 * deletion has left of their members: it took these accounts away, so that nobody gets past this place.
 */
export function openAccounts(sql: Sql, wishes: readonly Wish[], limits: Limits, hashesOf: HashesOf): Promise<void> {
  return openOwners(sql, owners(wishes), limits, hashesOf);
}

/** The same for what is only shown, or asked before an accept: nothing is opened for those of whom nothing is left. */
export async function welcomeBack(sql: Sql, all: readonly string[], limits: Limits, hashesOf: HashesOf): Promise<void> {
  if (await hasRemainders(sql, await hashesOf(all))) await openOwners(sql, all, limits, hashesOf);
}

async function openOwners(sql: Sql, all: readonly string[], limits: Limits, hashesOf: HashesOf): Promise<void> {
  const hashes = await hashesOf(all);
  await sql.begin((tx) => {
    const purse = purseNow(sql, limits);
    return Promise.all([
      tx`
        insert into accounts (owner, purse) select owner, ${purse} from unnest(${[...all]}::text[]) as owner
        order by owner
        on conflict do nothing`,
      comeBack(tx, all, hashes, purse),
    ]);
  });
}

async function lockAccounts(tx: Reserved, wishes: readonly Wish[], limits: Limits) {
  return tx<(Balance & { owner: string; purse: string })[]>`
    select owner, purse, granted, held, spent from accounts
    where owner = any(${owners(wishes)}::text[]) and purse in (${bonus}, ${purseNow(tx, limits)})
    order by owner, purse
    for update`;
}

/** The tasks that wishes of the same origins made before. Most batches have none. */
async function readKnown(tx: Reserved, origins: readonly string[]): Promise<ReadonlyMap<string, TaskRow>> {
  if (origins.length === 0) return new Map();
  const rows = await tx<TaskRow[]>`select *, now() as now from tasks where origin = any(${[...origins]}::text[])`;
  return new Map(rows.map((row) => [row.origin, row]));
}

/** The revisions of open drafts that wishes come from. Most batches have none. */
async function lockDrafts(tx: Reserved, wishes: readonly Wish[]): Promise<ReadonlyMap<string, number>> {
  const ids = wishes.flatMap(({ draft }) => (draft === undefined ? [] : [draft.id]));
  if (ids.length === 0) return new Map();
  const rows = await tx<{ id: string; revision: number }[]>`
    select id, revision from drafts
    where id = any(${ids}::uuid[]) and state = 'open' and created_at > now() - ${times.draftMs} * interval '1 ms'
    order by id for update`;
  return new Map(rows.map(({ id, revision }) => [id, revision]));
}

type Rest = {
  readonly purse: string;
  readonly renewsAt: Date;
  readonly knownOrigins: readonly string[];
  readonly waiting: Record<string, number>;
  readonly rules: readonly Rule[];
  readonly prices: Record<string, number>;
};

/**
 * In one statement: the period (weeks begin on Monday), which origins have a task, who waits in line, rules, and the last
 * prices for these settings. Origins are joined, since a plan made while the table was small would compare each of its rows
 * with each origin.
 */
async function readRest(tx: Reserved, wishes: readonly Wish[], { period }: Limits) {
  const kinds = [...new Map(wishes.map((wish) => [priceKey(wish), wish])).entries()];
  const input = kinds.map(([key, { request }]) => ({ key, model: request.model, settings: request.settings }));
  const subjects = [...new Set(wishes.flatMap((wish) => subjectsOf(askerOf(wish))))];
  const [row] = await tx<Rest[]>`
    select to_char(start, 'YYYY-MM-DD') as purse,
      (start + ('1 ' || ${period})::interval) at time zone 'utc' as renews_at,
      (select coalesce(jsonb_agg(origin), '[]') from tasks
        join unnest(${wishes.map(({ origin }) => origin)}::text[]) as asked (origin) using (origin)) as known_origins,
      (select coalesce(jsonb_object_agg(user_id, waiting), '{}') from (
        select user_id, count(*)::int as waiting from tasks
        where status = 'accepted' and user_id = any(${wishes.map(({ userId }) => userId)}::text[])
        group by user_id) as w) as waiting,
      (select coalesce(jsonb_agg(jsonb_build_object(
          'subject', subject, 'kind', kind, 'credits', credits, 'reason', reason)), '[]')
        from rules where subject = any(${subjects}::text[])) as rules,
      (select coalesce(jsonb_object_agg(input.key, last.reserved_credits), '{}')
        from jsonb_to_recordset(${tx.json(input as never)}) as input (key text, model text, settings jsonb)
        cross join lateral (
          select reserved_credits from tasks t
          where t.model = input.model and md5(t.settings::text) = md5(input.settings::text) and t.reserved_credits > 0
          order by t.rendering_at desc limit 1
        ) as last) as prices
    from (select date_trunc(${period}, now() at time zone 'utc') as start) as p`;
  if (row === undefined) throw new Error('no period');
  const { purse, renewsAt, knownOrigins, waiting, rules, prices } = row;
  return {
    knownOrigins,
    period: { purse, renewsAt },
    waiting: new Map(Object.entries(waiting)),
    rules: openRules(rules),
    prices: new Map(Object.entries(prices)),
  };
}
