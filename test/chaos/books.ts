import { unbalanced, unsettled } from '#test/books.ts';
import type { Limits } from './plan.ts';
import type { Stage } from './stage.ts';

/** Money: accounts equal ledgers, each hold is settled or released, and the provider took what the books say. */
export async function judgeBooks(stage: Stage): Promise<string[]> {
  const { database, rivya, credits } = stage;
  const [row] = await database.sql<{ spent: number }[]>`
    select coalesce(sum(amount), 0)::int as spent from ledger where owner = 'bot' and kind in ('settle', 'writeoff')`;
  const spent = row?.spent ?? 0;
  const taken = credits - rivya.credits;
  return [
    ...(await unbalanced(database)).map((books) => `an account is not its ledger: ${JSON.stringify(books)}`),
    ...(await unsettled(database)).map((task) => `a hold is neither settled nor released: ${JSON.stringify(task)}`),
    ...(await stillHeld(stage)),
    ...(spent === taken ? [] : [`the provider took ${taken} credits, the books say ${spent}`]),
    ...(await overHeld(stage)),
  ];
}

async function stillHeld({ database }: Stage): Promise<string[]> {
  const rows = await database.sql<{ owner: string; held: number }[]>`select owner, held from accounts where held <> 0`;
  return rows.map(({ owner, held }) => `${owner} still holds ${held}`);
}

type Line = { readonly owner: string; readonly kind: string; readonly amount: number };

/** The ledger once more from its begin: no hold may have been taken where there was no room for it. */
async function overHeld({ database, plan }: Stage): Promise<string[]> {
  const lines = await database.sql<Line[]>`select owner, kind::text, amount from ledger order by id`;
  const used = new Map<string, number>();
  return lines.flatMap(({ owner, kind, amount }) => {
    const limit = limitOf(owner, plan.limits);
    const sign = { hold: 1, adjust: 1, writeoff: 1, release: -1 }[kind] ?? 0;
    const now = (used.get(owner) ?? 0) + sign * amount;
    used.set(owner, now);
    return kind === 'hold' && limit !== null && now > limit ? [`${owner} holds and spent ${now} of ${limit}`] : [];
  });
}

function limitOf(owner: string, { quota, budget, guildBudget }: Limits): number | null {
  if (owner === 'bot') return budget;
  return owner.startsWith('guild:') ? guildBudget : quota;
}
