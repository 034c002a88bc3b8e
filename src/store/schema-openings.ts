import { index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';

/** One row is a request begun, of which a modal asks for the rest: what the modal itself cannot carry. */
export const openings = pgTable(
  'openings',
  {
    id: uuid('id').primaryKey(),
    userId: text('user_id').notNull(),
    /** As far as it is known: prompt, settings, images. */
    request: jsonb('request').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [index('openings_by_age').on(table.createdAt)],
);
