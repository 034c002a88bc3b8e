import { timestamp } from 'drizzle-orm/pg-core';

/** A moment as all rows keep it. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });
