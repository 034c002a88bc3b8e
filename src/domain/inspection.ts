import type { Audited } from './acts.ts';
import type { Balance, LineKind } from './credits.ts';
import type { Rule } from './rules.ts';
import type { Entry } from './statement.ts';
import type { Task } from './task.ts';

/** Everything about one task: its row, its lines in the ledger, and what operators did about it. */
export type TaskFile = {
  readonly task: Task;
  readonly deliveredAt: Date | null;
  readonly reservedCredits: number | null;
  /** The provider's name for the last request about it that failed. */
  readonly requestId: string | null;
  readonly lines: readonly {
    readonly at: Date;
    readonly owner: string;
    readonly purse: string;
    readonly kind: LineKind;
    readonly amount: number;
  }[];
  readonly acts: readonly Audited[];
};

/** One user as operators see them. `rules`: those set about them by name, everywhere or in one server. */
export type UserFile = {
  readonly running: Balance;
  readonly bonus: Balance;
  readonly renewsAt: Date;
  readonly rules: readonly Rule[];
  readonly entries: readonly Entry[];
  readonly tasks: readonly Task[];
};

/** What everybody used since a moment. `asked`: tasks that were answered. `others`: how many more spent something. */
export type Totals = {
  readonly span: 'day' | 'week' | 'month';
  readonly spent: number;
  readonly writtenOff: number;
  readonly asked: number;
  readonly failed: number;
  readonly uncertain: number;
  readonly people: readonly { readonly userId: string; readonly spent: number }[];
  readonly others: number;
};

/** A task as people name it: its id, the first eight characters that stand under its video, or a link to its message. */
export type TaskName = { readonly id: string } | { readonly mark: string } | { readonly messageId: string };

export function readTaskName(text: string): TaskName | null {
  const name = text.trim().replace(/^<|>$/g, '').toLowerCase();
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name)) return { id: name };
  if (/^[0-9a-f]{8}$/.test(name)) return { mark: name };
  const link = /^https:\/\/(?:\w+\.)?discord(?:app)?\.com\/channels\/(?:@me|\d+)\/\d+\/(\d{15,20})$/.exec(name);
  return link?.[1] === undefined ? null : { messageId: link[1] };
}
