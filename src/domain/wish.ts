import type { CreditRefusal } from './credits.ts';
import type { Request } from './request.ts';
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
  /** False for people who may only spend bonus credits. */
  readonly hasAllowance: boolean;
  /** The frozen create, where nothing has to be uploaded first. */
  readonly body: string | null;
};

/** `isNew`: the row was made by this very wish; false for the same event seen by another process or again. */
export type Accepted = { readonly accepted: Task; readonly isNew: boolean };
export type WishOutcome = Accepted | CreditRefusal;
