import type { Actor } from '#src/domain/acts.ts';
import { readTaskName, type TaskFile, type TaskName, type Totals, type UserFile } from '#src/domain/inspection.ts';
import { ProviderError } from '#src/domain/provider.ts';

/** What the provider account has, or why that is not known. */
export type Wallet = { readonly credits: number } | { readonly failed: 'key' | 'away' };

type Ports = {
  readonly operatorIds: readonly string[];
  readTaskFile(name: TaskName): Promise<TaskFile | null>;
  readUserFile(userId: string): Promise<UserFile>;
  readTotals(): Promise<readonly Totals[]>;
  balance(): Promise<number>;
  isKeyRefused(): boolean;
};
type NotOperator = { readonly refused: 'not-operator' };

/** What operators look up. No row changes by it. */
export function makeInspect({ operatorIds, readTaskFile, readUserFile, readTotals, ...provider }: Ports) {
  const notOperator: NotOperator = { refused: 'not-operator' };
  const isOperator = ({ userId }: Actor) => operatorIds.includes(userId);

  return {
    async task(actor: Actor, text: string): Promise<TaskFile | NotOperator | { readonly refused: 'task-unknown' }> {
      if (!isOperator(actor)) return notOperator;
      const name = readTaskName(text);
      return (name === null ? null : await readTaskFile(name)) ?? { refused: 'task-unknown' };
    },

    async user(actor: Actor, userId: string): Promise<UserFile | NotOperator> {
      return isOperator(actor) ? readUserFile(userId) : notOperator;
    },

    async spend(actor: Actor): Promise<{ readonly totals: readonly Totals[] } | NotOperator> {
      return isOperator(actor) ? { totals: await readTotals() } : notOperator;
    },

    async wallet(actor: Actor): Promise<Wallet | NotOperator> {
      if (!isOperator(actor)) return notOperator;
      try {
        return { credits: await provider.balance() };
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        return { failed: provider.isKeyRefused() ? 'key' : 'away' };
      }
    },
  };
}
