import type { HoldRefusal } from './holds.ts';
import type { Request } from './request.ts';
import type { RuleRefusal } from './rules.ts';
import type { Reply, Task } from './task.ts';

export type DraftMark = { readonly id: string; readonly revision: number };

/** A command that asks for a video, checked in itself; limits and credits are still open. */
export type Wish = {
  readonly id: string;
  readonly origin: string;
  readonly userId: string;
  readonly locale: string;
  readonly request: Request;
  readonly reply: Reply;
  /** Held where the provider has not yet shown a price for such settings. */
  readonly baseCredits: number;
  /** The member's roles in the server; none elsewhere. */
  readonly roles: readonly string[];
  /** False for people who may only spend what is theirs by name: bonus credits, or an allowance of their own. */
  readonly hasAllowance: boolean;
  /** The frozen create, where nothing has to be uploaded first. */
  readonly body: string | null;
  /** The draft that it comes from: still open, and what this revision of it showed. */
  readonly draft?: DraftMark;
};

export type CreditRefusal = HoldRefusal | RuleRefusal;
/** `isNew`: the row was made by this very wish; false for the same event seen by another process or again. */
export type Accepted = { readonly accepted: Task; readonly isNew: boolean };
/** The draft has ended, or was changed since. */
export type DraftRefusal = { readonly refused: 'draft-changed' };
export type WishRefusal = CreditRefusal | DraftRefusal;
export type WishOutcome = Accepted | WishRefusal;
