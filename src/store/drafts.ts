import { answerWithin, type Draft, type DraftImage, type DraftState, isOver, type Told } from '#src/domain/draft.ts';
import type { Settings } from '#src/domain/parameters.ts';
import { limits } from '#src/domain/schedule.ts';
import type { Task } from '#src/domain/task.ts';
import type { Sql, Tx } from './database.ts';
import { type TaskRow, toTask } from './rows.ts';

/** A member's message, and what it is to be answered with: a draft, unless `told` says otherwise. */
export type NewDraft = Pick<
  Draft,
  'id' | 'userId' | 'channelId' | 'messageId' | 'prompt' | 'settings' | 'images' | 'hasAllowance' | 'told'
>;
/** The answer to a new message, and the draft that it closed. */
export type Opened = { readonly draft: Draft; readonly replaced: Draft | null };

type DraftRow = {
  id: string;
  userId: string;
  channelId: string;
  messageId: string;
  answerId: string | null;
  state: DraftState;
  locale: string | null;
  prompt: string;
  settings: Settings;
  images: DraftImage[];
  revision: number;
  hasAllowance: boolean;
  told: Told | null;
  createdAt: Date;
  now: Date;
};

/** Any constant of ours: with a member's hash, it keeps two of their messages from being counted at once. */
const draftLock = 5_113_002;
/** Whoever shows a draft has this long; then others show it, three times in all. */
const showAgain = '20 seconds';
const mostShows = 3;

/** Answers to plain messages, and what becomes of the drafts among them. */
export function drafts({ sql }: { readonly sql: Sql }) {
  const draftMs = sql`${limits.draftMs} * interval '1 ms'`;
  const row = sql`d.*, (select locale from members m where m.user_id = d.user_id) as locale, now() as now`;

  /**
   * Stores the answer to a message before it is given, and closes the member's earlier draft. Null: the message is
   * answered already, a newer one is, or there were too many.
   */
  function openDraft(fresh: NewDraft): Promise<Opened | null> {
    return sql.begin(async (tx) => {
      const found = await look(tx, fresh);
      if (found.isKnown || (fresh.told === null && found.isStale)) return null;
      const answer = answerWithin(found.recent, fresh.told);
      if (answer === null) return null;
      const { told } = answer;
      const replaced = told === null ? await replace(tx, fresh.userId) : null;
      const { id, messageId, userId, channelId, hasAllowance } = fresh;
      const content = told === null ? fresh : { prompt: '', settings: {}, images: [] };
      const [made] = await tx<DraftRow[]>`
        insert into drafts as d (id, message_id, user_id, channel_id, state, prompt, settings, images, has_allowance,
          told, attempt, show_at, closed_at)
        values (${id}, ${messageId}, ${userId}, ${channelId}, ${told === null ? 'open' : 'told'}, ${content.prompt},
          ${tx.json(content.settings)}, ${tx.json([...content.images] as never)}, ${hasAllowance},
          ${told === null ? null : tx.json(told as never)}, 1, now() + ${showAgain}::interval,
          case when ${told !== null} then now() end)
        returning ${row}`;
      if (made === undefined) throw new Error('no draft was made');
      return { draft: toDraft(made), replaced };
    });
  }

  /** Sent together; what follows the lock sees what committed before it was had. */
  async function look(tx: Tx, { userId, messageId }: NewDraft) {
    const [, [found]] = await Promise.all([
      tx`select pg_advisory_xact_lock(${draftLock}, hashtext(${userId}))`,
      tx<{ isKnown: boolean; isStale: boolean; recent: number }[]>`
        select coalesce(bool_or(message_id = ${messageId}), false) as is_known,
          coalesce(bool_or(state <> 'told' and message_id::numeric > ${messageId}::numeric), false) as is_stale,
          count(*) filter (where created_at > now() - ${limits.draftRateMs} * interval '1 ms')::int as recent
        from drafts where user_id = ${userId}`,
    ]);
    if (found === undefined) throw new Error('no count');
    return found;
  }

  async function replace(tx: Tx, userId: string): Promise<Draft | null> {
    const [replaced] = await tx<DraftRow[]>`
      update drafts d set state = 'replaced', closed_at = now(), attempt = 0, show_at = now()
      where user_id = ${userId} and state = 'open'
      returning ${row}`;
    return replaced === undefined ? null : toDraft(replaced);
  }

  async function findDraft(id: string): Promise<Draft | null> {
    const [found] = await sql<DraftRow[]>`select ${row} from drafts d where id = ${id}`;
    return found === undefined ? null : toDraft(found);
  }

  /** The one task that a draft ever makes. */
  async function taskOfDraft(id: string): Promise<Task | null> {
    const [task] = await sql<TaskRow[]>`select *, now() as now from tasks where origin = ${`draft:${id}`}`;
    return task === undefined ? null : toTask(task);
  }

  /** Other settings for an open draft; those that it has already change nothing. Null: it is not open. */
  async function changeDraft(id: string, settings: Settings): Promise<Draft | null> {
    const [changed] = await sql<DraftRow[]>`
      update drafts d set settings = settings || ${sql.json(settings)},
        revision = revision + (settings || ${sql.json(settings)} is distinct from settings)::int
      where id = ${id} and state = 'open' and created_at > now() - ${draftMs}
      returning ${row}`;
    return changed === undefined ? null : toDraft(changed);
  }

  /** The member's message has changed. Null: the draft is not open, or changed meanwhile. */
  async function reviseDraft({ id, revision }: Draft, prompt: string, images: readonly DraftImage[]) {
    const [revised] = await sql<DraftRow[]>`
      update drafts d set prompt = ${prompt}, images = ${sql.json([...images] as never)}, revision = revision + 1
      where id = ${id} and state = 'open' and revision = ${revision}
      returning ${row}`;
    return revised === undefined ? null : toDraft(revised);
  }

  /** open → canceled or withdrawn, by a press that shows it itself. Null: it was not open. */
  async function closeDraft(id: string, state: 'canceled' | 'withdrawn'): Promise<Draft | null> {
    const [closed] = await sql<DraftRow[]>`
      update drafts d set state = ${state}, closed_at = now(), show_at = null
      where id = ${id} and state = 'open' and created_at > now() - ${draftMs}
      returning ${row}`;
    return closed === undefined ? null : toDraft(closed);
  }

  /** open → expired, for those of yesterday; they are shown next. */
  async function expireDrafts(count: number): Promise<number> {
    const expired = await sql`
      with over as materialized (
        select id from drafts where state = 'open' and created_at <= now() - ${draftMs}
        order by created_at limit ${count} for update skip locked
      )
      update drafts d set state = 'expired', closed_at = now(), attempt = 0, show_at = now()
      from over where d.id = over.id`;
    return expired.count;
  }

  /** What is to be shown now (one draft of these, if named): claimed for a while, and not more often than three times. */
  async function claimDrafts(count: number, id: string | null = null): Promise<Draft[]> {
    const rows = await sql<DraftRow[]>`
      with due as materialized (
        select id from drafts where show_at <= now() ${id === null ? sql`` : sql`and id = ${id}`}
        order by show_at limit ${count} for update skip locked
      )
      update drafts d set attempt = attempt + 1,
        show_at = case when attempt + 1 < ${mostShows} then now() + ${showAgain}::interval end
      from due where d.id = due.id
      returning ${row}`;
    return rows.map(toDraft);
  }

  /** What the row said is shown. True: it says something else by now, and that is due. */
  async function markDraftShown({ id, state }: Draft, answerId: string): Promise<boolean> {
    const [marked] = await sql<{ isOther: boolean }[]>`
      update drafts set answer_id = coalesce(answer_id, ${answerId}),
        -- A press shows what it does by itself; what others close is to be shown by whoever sees the answer's id.
        show_at = case when state <> ${state} and state in ('replaced', 'expired') then now() end
      where id = ${id}
      returning show_at is not null as is_other`;
    return marked?.isOther ?? false;
  }

  /** It cannot be shown, now or later. */
  async function stopShowingDraft({ id }: Draft): Promise<void> {
    await sql`update drafts set show_at = null where id = ${id}`;
  }

  /** Ended drafts hold what members wrote: they are not kept for long. */
  async function removeDrafts(): Promise<void> {
    await sql`delete from drafts where closed_at < now() - ${limits.endedDraftMs} * interval '1 ms'`;
  }

  return {
    openDraft,
    findDraft,
    taskOfDraft,
    changeDraft,
    reviseDraft,
    closeDraft,
    expireDrafts,
    claimDrafts,
    markDraftShown,
    stopShowingDraft,
    removeDrafts,
  };
}

function toDraft({ locale, ...row }: DraftRow): Draft {
  const draft = { ...row, locale: locale ?? 'en-US' };
  return draft.state === 'open' && isOver(draft) ? { ...draft, state: 'expired' } : draft;
}
