import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  boolean,
  check,
  customType,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { lineKinds } from '#src/domain/credits.ts';
import { ruleKinds } from '#src/domain/rules.ts';
import { contexts, deliveries, rungs, statuses } from '#src/domain/task.ts';
import { moment } from './columns.ts';

export * from './schema-deletions.ts';
export * from './schema-drafts.ts';
export * from './schema-openings.ts';

const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

export const status = pgEnum('status', statuses);
export const delivery = pgEnum('delivery', deliveries);
export const context = pgEnum('context', contexts);
export const rung = pgEnum('rung', rungs);
export const lineKind = pgEnum('line_kind', lineKinds);
export const ruleKind = pgEnum('rule_kind', ruleKinds);

/** One row is one video asked for. What is to happen next is always in the row; memory holds nothing that matters. */
export const tasks = pgTable(
  'tasks',
  {
    id: uuid('id').primaryKey(),
    /** What the task came from (interaction, draft, retry, again). Same origin, same task. */
    origin: text('origin').notNull().unique(),
    userId: text('user_id').notNull(),
    guildId: text('guild_id'),
    channelId: text('channel_id').notNull(),
    parentId: text('parent_id'),
    context: context('context').notNull(),
    locale: text('locale').notNull(),
    model: text('model').notNull(),
    prompt: text('prompt').notNull(),
    settings: jsonb('settings').notNull(),
    images: jsonb('images').notNull(),
    /** The create's exact bytes, so text: jsonb would change them. Not null means ready for the line. */
    body: text('body'),
    providerId: text('provider_id').unique(),
    status: status('status').notNull().default('accepted'),
    delivery: delivery('delivery').notNull().default('none'),
    rung: rung('rung'),
    rungAt: moment('rung_at'),
    pendingAt: moment('pending_at'),
    shown: text('shown'),
    showAt: moment('show_at'),
    shownAt: moment('shown_at'),
    editAt: moment('edit_at'),
    keptBytes: bigint('kept_bytes', { mode: 'number' }),
    keptAt: moment('kept_at'),
    applicationId: text('application_id').notNull(),
    token: text('token'),
    tokenExpiresAt: moment('token_expires_at').notNull(),
    messageId: text('message_id'),
    isPrivate: boolean('is_private').notNull().default(false),
    sizeLimit: bigint('size_limit', { mode: 'number' }).notNull(),
    hasBot: boolean('has_bot').notNull(),
    heldCredits: integer('held_credits').notNull(),
    /** The member's allowance as the accept chose it; null in rows from before there was a choice. */
    allowance: integer('allowance'),
    reservedCredits: integer('reserved_credits'),
    finalCredits: integer('final_credits'),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    resultUrls: jsonb('result_urls').notNull().default([]),
    attempt: integer('attempt').notNull().default(0),
    unsureSends: integer('unsure_sends').notNull().default(0),
    /** Which API key the last send was made with: a name for it, never the key. */
    sentWith: text('sent_with'),
    /** The provider's name for the last call about it that failed: what its support asks for. */
    requestId: text('request_id'),
    /** When the sweep wakes this row by a job, if it has not moved by itself. */
    wakeAt: moment('wake_at'),
    /** When the sweep asks the provider for this render. */
    nextPollAt: moment('next_poll_at'),
    acceptedAt: moment('accepted_at').notNull().defaultNow(),
    answeredAt: moment('answered_at'),
    submittingAt: moment('submitting_at'),
    firstSentAt: moment('first_sent_at'),
    lastSentAt: moment('last_sent_at'),
    renderingAt: moment('rendering_at'),
    uncertainAt: moment('uncertain_at'),
    missingUrlAt: moment('missing_url_at'),
    closedAt: moment('closed_at'),
    deliveredAt: moment('delivered_at'),
    /** When the ping was sent, stored before it is. */
    pingedAt: moment('pinged_at'),
    /** When all that people wrote, and what came of it, was removed. */
    erasedAt: moment('erased_at'),
  },
  (table) => [
    index('tasks_to_poll').on(table.nextPollAt).where(sql`status in ('rendering', 'uncertain')`),
    index('tasks_to_wake').on(table.wakeAt).where(sql`wake_at is not null`),
    index('tasks_to_show').on(table.showAt).where(sql`show_at is not null`),
    index('tasks_in_line').on(table.userId, table.acceptedAt).where(sql`status = 'accepted'`),
    index('tasks_at_provider').on(table.userId).where(sql`status in ('submitting', 'rendering')`),
    // By hash: an index entry has a limit that settings with a long text would pass.
    index('tasks_prices').on(table.model, sql`md5(settings::text)`, table.renderingAt).where(sql`reserved_credits > 0`),
    index('tasks_of_user').on(table.userId, table.acceptedAt),
    index('tasks_to_erase').on(table.closedAt).where(sql`closed_at is not null and erased_at is null`),
    index('tasks_with_token').on(table.tokenExpiresAt).where(sql`token is not null`),
  ],
);

/** Videos that no rung took, in pieces: whole where the task says how many bytes were kept. */
export const keptChunks = pgTable(
  'kept_chunks',
  {
    taskId: uuid('task_id')
      .notNull()
      .references(() => tasks.id, { onDelete: 'cascade' }),
    part: integer('part').notNull(),
    bytes: bytea('bytes').notNull(),
  },
  (table) => [primaryKey({ columns: [table.taskId, table.part] })],
);

/** The cached sum of one purse's ledger lines. `granted` counts grants less revokes, and only in the bonus purse. */
export const accounts = pgTable(
  'accounts',
  {
    owner: text('owner').notNull(),
    purse: text('purse').notNull(),
    granted: integer('granted').notNull().default(0),
    held: integer('held').notNull().default(0),
    spent: integer('spent').notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.owner, table.purse] }),
    // Who spent what in one period, all owners of a server together.
    index('accounts_of_purse').on(table.purse),
    check('held_not_negative', sql`held >= 0`),
    check('spent_not_negative', sql`spent >= 0`),
    check('granted_not_negative', sql`granted >= 0`),
  ],
);

/** Append-only. */
export const ledger = pgTable(
  'ledger',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    owner: text('owner').notNull(),
    purse: text('purse').notNull(),
    taskId: uuid('task_id').references(() => tasks.id),
    kind: lineKind('kind').notNull(),
    amount: integer('amount').notNull(),
    /** The interaction of a grant or revoke. */
    source: text('source'),
    actor: text('actor'),
    reason: text('reason'),
    at: moment('at').notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('ledger_once_per_task')
      .on(table.taskId, table.owner, table.purse, table.kind)
      .where(sql`kind in ('hold', 'settle', 'release', 'writeoff')`),
    uniqueIndex('ledger_once_per_source').on(table.source, table.kind).where(sql`source is not null`),
    index('ledger_of_task').on(table.taskId),
    index('ledger_of_owner').on(table.owner, table.purse),
    // By the kinds that may not: a kind that the same migration adds cannot be named yet.
    check('amount_sign', sql`amount > 0 or kind not in ('hold', 'settle', 'release', 'writeoff', 'grant', 'revoke')`),
  ],
);

/** One row: until when nobody calls the provider, because it said "too many requests". Shared by all workers. */
export const pacing = pgTable(
  'pacing',
  {
    id: integer('id').primaryKey().default(1),
    holdOffUntil: moment('hold_off_until').notNull().defaultNow(),
  },
  () => [check('one_row', sql`id = 1`)],
);

/** What operators and managers have set. Figures are read by the accept that they limit, in its own transaction. */
export const rules = pgTable(
  'rules',
  {
    subject: text('subject').notNull(),
    kind: ruleKind('kind').notNull(),
    credits: integer('credits'),
    reason: text('reason'),
    actor: text('actor').notNull(),
    setAt: moment('set_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.subject, table.kind] }),
    check('credits_not_negative', sql`credits >= 0`),
    check('credits_where_needed', sql`kind not in ('allowance', 'cap') or credits is not null`),
  ],
);

/** Who did what to whom, one line per act, written with it. Append-only. */
export const audit = pgTable(
  'audit',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    at: moment('at').notNull().defaultNow(),
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    /** The server that it is about; null for what is about the whole bot. */
    guildId: text('guild_id'),
    /** The figures before and after, as far as there are any. */
    facts: jsonb('facts').notNull(),
    reason: text('reason'),
    /** The interaction: the same event seen twice acts once. */
    source: text('source').notNull(),
  },
  (table) => [
    uniqueIndex('audit_once_per_source').on(table.source, table.action, table.subject),
    index('audit_of_guild').on(table.guildId, table.id),
  ],
);

/** What operators have to be told, each once; raised with what it is about, told by a worker. */
export const alarms = pgTable(
  'alarms',
  {
    key: text('key').primaryKey(),
    kind: text('kind').notNull(),
    facts: jsonb('facts').notNull(),
    raisedAt: moment('raised_at').notNull().defaultNow(),
    /** When it is told, or told again should that have failed. */
    dueAt: moment('due_at').notNull().defaultNow(),
    toldAt: moment('told_at'),
  },
  (table) => [index('alarms_to_tell').on(table.dueAt).where(sql`told_at is null`)],
);
