import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgEnum, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { draftStates } from '#src/domain/draft.ts';
import { moment } from './columns.ts';

export const draftState = pgEnum('draft_state', draftStates);

/** One row is the answer to one plain message that a member sent to the bot; most are drafts of a request. */
export const drafts = pgTable(
  'drafts',
  {
    id: uuid('id').primaryKey(),
    /** The member's message. Same message, same answer. */
    messageId: text('message_id').notNull().unique(),
    userId: text('user_id').notNull(),
    channelId: text('channel_id').notNull(),
    answerId: text('answer_id'),
    state: draftState('state').notNull(),
    prompt: text('prompt').notNull(),
    settings: jsonb('settings').notNull(),
    images: jsonb('images').notNull(),
    revision: integer('revision').notNull().default(0),
    hasAllowance: boolean('has_allowance').notNull(),
    /** The answer where it is no draft: help or a refusal. */
    told: jsonb('told'),
    /** When what the row says is shown (again), by a post or an edit; null: nothing is to be shown. */
    showAt: moment('show_at'),
    attempt: integer('attempt').notNull().default(0),
    createdAt: moment('created_at').notNull().defaultNow(),
    closedAt: moment('closed_at'),
  },
  (table) => [
    uniqueIndex('drafts_one_open').on(table.userId).where(sql`state = 'open'`),
    index('drafts_of_user').on(table.userId, table.createdAt),
    index('drafts_open').on(table.createdAt).where(sql`state = 'open'`),
    index('drafts_to_show').on(table.showAt).where(sql`show_at is not null`),
    index('drafts_closed').on(table.closedAt).where(sql`closed_at is not null`),
  ],
);

/** What is known of a member beyond tasks and credits. A row may come from any of its columns: the others then say nothing. */
export const members = pgTable('members', {
  userId: text('user_id').primaryKey(),
  /** Discord's locale of theirs, as the last interaction had it. */
  locale: text('locale'),
  /** Whether the member is mentioned when a video of theirs is done. */
  ping: boolean('ping').notNull().default(true),
});
