import { memberOwner, userOwner } from '#src/domain/credits.ts';
import type { Quote } from '#src/domain/draft.ts';
import type { Model, Settings } from '#src/domain/parameters.ts';
import {
  type Asker,
  type Limits,
  openRules,
  type Rule,
  type RuleRefusal,
  subjectsOf,
  termsOf,
} from '#src/domain/rules.ts';
import type { Sql } from './database.ts';
import type { HashesOf } from './hashes.ts';
import { welcomeBack } from './situation.ts';

type Figures = {
  readonly used: number;
  readonly bonus: number;
  readonly rules: readonly Rule[];
  readonly price: number | null;
};

type Ports = { readonly sql: Sql; readonly limits: Limits; readonly hashesOf: HashesOf };

export function quotes({ sql, limits, hashesOf }: Ports) {
  /**
   * What a video with these settings would cost and what the member has left, or the rule that forbids it. Read without a
   * lock: for showing, never for deciding.
   */
  async function quote(asker: Asker, model: Model, settings: Settings): Promise<Quote | RuleRefusal> {
    const owner = userOwner(asker.userId);
    const { userId, guildId } = asker;
    const owners = guildId === null ? [owner] : [owner, memberOwner(guildId, userId)];
    await welcomeBack(sql, owners, limits, hashesOf);
    const [row] = await sql<Figures[]>`
      select
        coalesce((select held + spent from accounts where owner = ${owner}
          and purse = to_char(date_trunc(${limits.period}, now() at time zone 'utc'), 'YYYY-MM-DD')), 0) as used,
        coalesce((select granted - held - spent from accounts where owner = ${owner} and purse = 'bonus'), 0) as bonus,
        (select coalesce(jsonb_agg(rules), '[]') from rules where subject = any(${subjectsOf(asker)}::text[])) as rules,
        (select reserved_credits from tasks t
          where t.model = ${model.id} and md5(t.settings::text) = md5(${sql.json(settings)}::jsonb::text)
            and t.reserved_credits > 0
          order by t.rendering_at desc limit 1) as price`;
    if (row === undefined) throw new Error('no figures');
    const terms = termsOf(asker, openRules(row.rules), limits);
    if ('refused' in terms) return terms;
    const left = Math.max(0, terms.allowance - row.used) + Math.max(0, row.bonus);
    return { cost: row.price ?? model.baseCredits, left };
  }

  return { quote };
}
