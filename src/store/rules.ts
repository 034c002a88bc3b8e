import type { Act } from '#src/domain/acts.ts';
import { bot } from '#src/domain/credits.ts';
import type { Rule, RuleKind } from '#src/domain/rules.ts';
import { type Acted, act } from './acts.ts';
import type { Sql, Tx } from './database.ts';
import type { HashesOf } from './hashes.ts';
import { type Enqueue, fillSlots, lockSlots, type Slots } from './line.ts';

type Ports = { readonly sql: Sql; readonly enqueue: Enqueue; readonly slots: Slots; readonly hashesOf: HashesOf };
type Figures = Pick<Rule, 'credits' | 'reason'>;
export type RuleSet = { readonly before: Figures | null; readonly after: Figures | null };

/** What operators and managers set and take back. The next accept goes by it. */
export function rules({ sql, enqueue, slots, hashesOf }: Ports) {
  /** Sets a rule, or with null takes it away. */
  function setRule(line: Act, kind: RuleKind, after: Figures | null): Promise<Acted<RuleSet>> {
    return act(sql, line, async (tx): Promise<RuleSet> => {
      // Whoever gives slots away now comes before the pause, and nobody after it.
      if (kind === 'pause') await lockSlots(tx);
      const before = await replace(tx, line, kind, after);
      // One that a deletion has put aside is over with this, too.
      const [hash = ''] = await hashesOf([line.subject]);
      await tx`delete from remainders where hash = ${hash} and kind = ${kind}`;
      if (kind === 'pause' && after === null) await fillSlots(tx, slots, enqueue);
      return { before, after };
    });
  }

  /** All rules of these kinds, of one server or of all. */
  async function readRules(
    kinds: readonly RuleKind[],
    guildId?: string,
  ): Promise<(Rule & { readonly actor: string })[]> {
    const about = guildId === undefined ? sql`` : sql`and (subject || ':') like ${`guild:${guildId}:%`}`;
    return sql<(Rule & { actor: string })[]>`
      select subject, kind, credits, reason, actor from rules
      where kind = any(${[...kinds]}::rule_kind[]) ${about}
      order by kind, subject`;
  }

  /** The allowance of everybody for whom nothing else is set; null: that of the environment. */
  async function readQuota(): Promise<number | null> {
    const [rule] = await sql<{ credits: number }[]>`
      select credits from rules where subject = ${bot} and kind = 'allowance'`;
    return rule?.credits ?? null;
  }

  /** The servers in which anybody but an operator has set something. */
  async function managedGuilds(operatorIds: readonly string[]): Promise<readonly string[]> {
    const found = await sql<{ guildId: string }[]>`
      select split_part(subject, ':', 2) as guild_id from rules where ${byManagers(operatorIds)}
      union select guild_id from remainders where guild_id is not null and actor <> all(${[...operatorIds]}::text[])
      order by 1`;
    return found.map(({ guildId }) => guildId);
  }

  /** Removes what a server's managers have set there. How many rules. */
  async function forgetManagers(guildId: string, operatorIds: readonly string[]): Promise<number> {
    const about = sql`(subject || ':') like ${`guild:${guildId}:%`}`;
    const gone = await sql`delete from rules where ${about} and ${byManagers(operatorIds)}`;
    await sql`delete from remainders where guild_id = ${guildId} and actor <> all(${[...operatorIds]}::text[])`;
    return gone.count;
  }

  /** A cap, or a member's block: both are set in the server alone, by its managers or an operator. */
  function byManagers(operatorIds: readonly string[]) {
    return sql`((kind = 'cap' and subject like 'guild:%') or (kind = 'block' and subject like 'guild:%:user:%'))
      and actor <> all(${[...operatorIds]}::text[])`;
  }

  return { setRule, readRules, readQuota, managedGuilds, forgetManagers };
}

async function replace(
  tx: Tx,
  { subject, actor }: Act,
  kind: RuleKind,
  after: Figures | null,
): Promise<Figures | null> {
  const [before] = await tx<Figures[]>`
    select credits, reason from rules where subject = ${subject} and kind = ${kind}`;
  if (after === null) await tx`delete from rules where subject = ${subject} and kind = ${kind}`;
  else {
    await tx`
      insert into rules (subject, kind, credits, reason, actor)
      values (${subject}, ${kind}, ${after.credits}, ${after.reason}, ${actor})
      on conflict (subject, kind) do update
        set credits = excluded.credits, reason = excluded.reason, actor = excluded.actor, set_at = now()`;
  }
  return before === undefined ? null : { credits: before.credits, reason: before.reason };
}
