import { sql } from 'drizzle-orm';
import { check, customType, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';

const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

/** One row is a member who wants their data deleted; it goes last, with them. */
export const deletions = pgTable(
  'deletions',
  {
    userId: text('user_id').primaryKey(),
    askedAt: moment('asked_at').notNull().defaultNow(),
    /** When a worker looks at it next: what is being made comes first. */
    dueAt: moment('due_at').notNull().defaultNow(),
  },
  (table) => [index('deletions_due').on(table.dueAt)],
);

/**
 * What a deletion must not lift, by the keyed hash of whom it was about: what was spent in the running period, and rules.
 * It is given back to whoever uses the bot by the same id, and goes when it has no force any more.
 */
export const remainders = pgTable(
  'remainders',
  {
    /** Of an account's owner, which is a rule's subject too. */
    hash: text('hash').notNull(),
    /** `spent`, or the kind of the rule. */
    kind: text('kind').notNull(),
    /** Of what was spent: the period, and on which nameless account it is booked now. */
    purse: text('purse').notNull().default(''),
    bookedOn: text('booked_on').notNull().default(''),
    credits: integer('credits'),
    /** Of a rule: the server, should it be about a member of one, and who set it when. */
    guildId: text('guild_id'),
    actor: text('actor'),
    setAt: moment('set_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.hash, table.kind, table.purse, table.bookedOn] })],
);

/** One row: the key of those hashes, made by the first that needs it. */
export const erasureKey = pgTable(
  'erasure_key',
  {
    id: integer('id').primaryKey().default(1),
    key: bytea('key')
      .notNull()
      .default(sql`sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))`),
  },
  () => [check('one_key', sql`id = 1`)],
);
