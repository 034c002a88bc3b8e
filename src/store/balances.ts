import { type Limits, userOwner } from '#src/domain/credits.ts';
import type { Sql } from './database.ts';

/** What people have left, read without a lock: for showing, never for deciding. */
export function balances({ sql, limits }: { readonly sql: Sql; readonly limits: Limits }) {
  async function creditsLeft(userId: string): Promise<number> {
    const [row] = await sql<{ left: number }[]>`
      select greatest(0, ${limits.quota}::int - coalesce(sum(held + spent) filter (where purse <> 'bonus'), 0))::int
        + greatest(0, coalesce(sum(granted - held - spent) filter (where purse = 'bonus'), 0))::int as left
      from accounts
      where owner = ${userOwner(userId)}
        and purse in ('bonus', to_char(date_trunc(${limits.period}, now() at time zone 'utc'), 'YYYY-MM-DD'))`;
    return row?.left ?? 0;
  }

  async function hasBonus(userId: string): Promise<boolean> {
    const [row] = await sql<{ has: boolean }[]>`
      select granted - held - spent > 0 as has from accounts where owner = ${userOwner(userId)} and purse = 'bonus'`;
    return row?.has ?? false;
  }

  return { creditsLeft, hasBonus };
}
