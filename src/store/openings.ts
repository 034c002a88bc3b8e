import type { Opening } from '#src/domain/opening.ts';
import { limits } from '#src/domain/schedule.ts';
import type { Sql } from './database.ts';

/** Requests that a modal was opened for. One sent twice is found twice: the form's own origin makes it one task. */
export function openings({ sql }: { readonly sql: Sql }) {
  const life = sql`${limits.openingMs} * interval '1 ms'`;

  async function saveOpening({ id, userId, request }: Opening): Promise<void> {
    await sql`
      insert into openings (id, user_id, request) values (${id}, ${userId}, ${sql.json(request as never)})
      on conflict do nothing`;
  }

  /** A member's own. Null: there is none, or none any more. */
  async function findOpening(userId: string, id: string): Promise<Opening | null> {
    const [found] = await sql<Opening[]>`
      select id, user_id, request from openings
      where id = ${id} and user_id = ${userId} and created_at > now() - ${life}`;
    return found ?? null;
  }

  async function dropOpenings(): Promise<void> {
    await sql`delete from openings where created_at <= now() - ${life}`;
  }

  return { saveOpening, findOpening, dropOpenings };
}
