import { type Act, type ActRefusal, mostCredits } from '#src/domain/acts.ts';
import { type Balance, bonus, userOwner } from '#src/domain/credits.ts';
import { type Acted, act } from './acts.ts';
import type { Sql, Tx } from './database.ts';

/** `left`: what the user has as bonus afterwards, neither held nor spent. */
export type Granted = { readonly credits: number; readonly left: number };

/** Bonus credits: given and taken back by operators, never by a period. */
export function grants({ sql }: { readonly sql: Sql }) {
  function grant(line: Act, userId: string, credits: number): Promise<Acted<Granted | ActRefusal>> {
    return act(sql, line, async (tx): Promise<Granted | ActRefusal> => {
      await tx`insert into accounts (owner, purse) values (${userOwner(userId)}, ${bonus}) on conflict do nothing`;
      const account = await lockBonus(tx, userId);
      if (account.granted + credits > mostCredits) return { refused: 'bonus-full', most: mostCredits };
      await move(tx, line, userId, 'grant', credits);
      return { credits, left: freeOf(account) + credits };
    });
  }

  /** Takes back what is neither held nor spent, or nothing at all. */
  function revoke(line: Act, userId: string, credits: number): Promise<Acted<Granted | ActRefusal>> {
    return act(sql, line, async (tx): Promise<Granted | ActRefusal> => {
      const free = Math.max(0, freeOf(await lockBonus(tx, userId)));
      if (credits > free) return { refused: 'revoke', credits, free };
      await move(tx, line, userId, 'revoke', credits);
      return { credits, left: free - credits };
    });
  }

  return { grant, revoke };
}

const freeOf = ({ granted, held, spent }: Balance) => granted - held - spent;

async function lockBonus(tx: Tx, userId: string): Promise<Balance> {
  const [account] = await tx<Balance[]>`
    select granted, held, spent from accounts where owner = ${userOwner(userId)} and purse = ${bonus} for update`;
  return account ?? { granted: 0, held: 0, spent: 0 };
}

/** The account follows only the line that the insert returned. */
async function move(tx: Tx, line: Act, userId: string, kind: 'grant' | 'revoke', credits: number): Promise<void> {
  const moved = await tx`
    with written as (
      insert into ledger (owner, purse, kind, amount, source, actor, reason)
      values (${userOwner(userId)}, ${bonus}, ${kind}, ${credits}, ${line.source}, ${line.actor}, ${line.reason})
      returning owner, purse, amount
    )
    update accounts a set granted = a.granted + ${kind === 'grant' ? tx`written.amount` : tx`- written.amount`}
    from written where a.owner = written.owner and a.purse = written.purse
    returning a.owner`;
  if (moved.length !== 1) throw new Error(`a ${kind} moved ${moved.length} accounts`);
}
