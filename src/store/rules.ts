import type { Act } from '#src/domain/acts.ts';
import { bot } from '#src/domain/credits.ts';
import type { Rule, RuleKind } from '#src/domain/rules.ts';
import { type Acted, act } from './acts.ts';
import type { Sql, Tx } from './database.ts';
import { type Enqueue, fillSlots, lockSlots, type Slots } from './line.ts';

type Ports = { readonly sql: Sql; readonly enqueue: Enqueue; readonly slots: Slots };
type Figures = Pick<Rule, 'credits' | 'reason'>;
export type RuleSet = { readonly before: Figures | null; readonly after: Figures | null };

/** What operators and managers set and take back. The next accept goes by it. */
export function rules({ sql, enqueue, slots }: Ports) {
  /** Sets a rule, or with null takes it away. */
  function setRule(line: Act, kind: RuleKind, after: Figures | null): Promise<Acted<RuleSet>> {
    return act(sql, line, async (tx): Promise<RuleSet> => {
      // Whoever gives slots away now comes before the pause, and nobody after it.
      if (kind === 'pause') await lockSlots(tx);
      const before = await replace(tx, line, kind, after);
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

  return { setRule, readRules, readQuota };
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
