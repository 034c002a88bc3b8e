import type { HoldRefusal } from './holds.ts';
import type { Request } from './request.ts';
import type { RuleRefusal } from './rules.ts';
import type { Reply, Task } from './task.ts';

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
};

export type CreditRefusal = HoldRefusal | RuleRefusal;
/** `isNew`: the row was made by this very wish; false for the same event seen by another process or again. */
export type Accepted = { readonly accepted: Task; readonly isNew: boolean };
export type WishOutcome = Accepted | CreditRefusal;
