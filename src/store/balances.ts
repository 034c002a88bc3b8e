import { guildOwner, memberOwner, userOwner } from '#src/domain/credits.ts';
import { guildFigures, type Limits, openRules, type Rule } from '#src/domain/rules.ts';
import type { Task } from '#src/domain/task.ts';
import type { Sql } from './database.ts';
import type { HashesOf } from './hashes.ts';
import { welcomeBack } from './situation.ts';

const membersShown = 25;
type Spend = {
  readonly held: number;
  readonly spent: number;
  readonly renewsAt: Date;
  readonly members: readonly { readonly userId: string; readonly held: number; readonly spent: number }[];
  readonly rules: readonly Rule[];
};

type Ports = { readonly sql: Sql; readonly limits: Limits; readonly hashesOf: HashesOf };

/** What people have left, read without a lock: for showing, never for deciding. */
export function balances({ sql, limits, hashesOf }: Ports) {
  /** What a task's member has left by the allowance that the task was accepted with: their roles are known only then. */
  async function creditsLeft({ userId, allowance }: Pick<Task, 'userId' | 'allowance'>): Promise<number> {
    const [row] = await sql<{ left: number }[]>`
      select greatest(0, ${allowance ?? limits.quota}::int
          - coalesce(sum(held + spent) filter (where purse <> 'bonus'), 0))::int
        + greatest(0, coalesce(sum(granted - held - spent) filter (where purse = 'bonus'), 0))::int as left
      from accounts
      where owner = ${userOwner(userId)}
        and purse in ('bonus', to_char(date_trunc(${limits.period}, now() at time zone 'utc'), 'YYYY-MM-DD'))`;
    return row?.left ?? 0;
  }

  /** Whether a user has something by name, whichever servers they are in: bonus credits, or an allowance of their own. */
  async function hasOwnCredits(userId: string): Promise<boolean> {
    await welcomeBack(sql, [userOwner(userId)], limits, hashesOf);
    const [row] = await sql<{ has: boolean }[]>`
      select exists (select from accounts where owner = ${userOwner(userId)} and purse = 'bonus'
          and granted - held - spent > 0)
        or exists (select from rules where subject = ${userOwner(userId)} and kind = 'allowance' and credits > 0) as has`;
    return row?.has ?? false;
  }

  /** What one server uses in the running period, with the members who use most of it. */
  async function readSpend(guildId: string) {
    const guild = guildOwner(guildId);
    const [row] = await sql<Spend[]>`
      with period as (select date_trunc(${limits.period}, now() at time zone 'utc') as start), used as (
        select owner, held, spent from accounts, period
        where purse = to_char(start, 'YYYY-MM-DD') and (owner = ${guild} or starts_with(owner, ${memberOwner(guildId, '')}))
      ), members as (
        select split_part(owner, ':', 4) as "userId", held, spent from used
        where owner <> ${guild} and held + spent > 0
        order by held + spent desc, owner limit ${membersShown}
      )
      select coalesce((select held from used where owner = ${guild}), 0) as held,
        coalesce((select spent from used where owner = ${guild}), 0) as spent,
        (start + ('1 ' || ${limits.period})::interval) at time zone 'utc' as renews_at,
        (select coalesce(jsonb_agg(members), '[]') from members) as members,
        (select coalesce(jsonb_agg(rules), '[]') from rules where subject = ${guild}) as rules
      from period`;
    if (row === undefined) throw new Error('no period');
    const { rules, ...spend } = row;
    return { ...spend, ...guildFigures(guildId, openRules(rules), limits) };
  }

  return { creditsLeft, hasOwnCredits, readSpend };
}
