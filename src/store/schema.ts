import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { lineKinds } from '#src/domain/credits.ts';
import { contexts, deliveries, rungs, statuses } from '#src/domain/task.ts';

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

export const status = pgEnum('status', statuses);
export const delivery = pgEnum('delivery', deliveries);
export const context = pgEnum('context', contexts);
export const rung = pgEnum('rung', rungs);
export const lineKind = pgEnum('line_kind', lineKinds);

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
    applicationId: text('application_id').notNull(),
    token: text('token'),
    tokenExpiresAt: moment('token_expires_at').notNull(),
    messageId: text('message_id'),
    isPrivate: boolean('is_private').notNull().default(false),
    sizeLimit: bigint('size_limit', { mode: 'number' }).notNull(),
    hasBot: boolean('has_bot').notNull(),
    heldCredits: integer('held_credits').notNull(),
    reservedCredits: integer('reserved_credits'),
    finalCredits: integer('final_credits'),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    resultUrls: jsonb('result_urls').notNull().default([]),
    attempt: integer('attempt').notNull().default(0),
    unsureSends: integer('unsure_sends').notNull().default(0),
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
  },
  (table) => [
    index('tasks_to_poll').on(table.nextPollAt).where(sql`status in ('rendering', 'uncertain')`),
    index('tasks_to_wake').on(table.wakeAt).where(sql`wake_at is not null`),
    index('tasks_in_line').on(table.userId, table.acceptedAt).where(sql`status = 'accepted'`),
    index('tasks_at_provider').on(table.userId).where(sql`status in ('submitting', 'rendering')`),
    // By hash: an index entry has a limit that settings with a long text would pass.
    index('tasks_prices').on(table.model, sql`md5(settings::text)`, table.renderingAt).where(sql`reserved_credits > 0`),
    index('tasks_of_user').on(table.userId, table.acceptedAt),
    index('tasks_with_token').on(table.tokenExpiresAt).where(sql`token is not null`),
  ],
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
    check('amount_sign', sql`amount > 0 or kind = 'adjust'`),
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
