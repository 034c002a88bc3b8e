import { guildOf } from './rules.ts';
import type { Reply, Status } from './task.ts';

/** Who acts, in which server, and by which interaction: the same event seen twice acts once. */
export type Actor = {
  readonly source: string;
  readonly userId: string;
  /** Where their permissions hold; null elsewhere. */
  readonly guildId: string | null;
  readonly permissions: bigint;
};

/** One line of the log that operators and managers leave. */
export type Act = {
  readonly source: string;
  readonly actor: string;
  readonly action: Action;
  readonly subject: string;
  readonly reason: string | null;
};
export type Action =
  | 'allowance'
  | 'budget'
  | 'cap'
  | 'block'
  | 'unblock'
  | 'pause'
  | 'resume'
  | 'grant'
  | 'revoke'
  | 'attach'
  | 'cancel'
  | 'delete'
  | 'repair';

/** The line of a click on somebody's task by another person. Null: it is their own, which is no act on anybody. */
export function actOn(
  task: { readonly id: string; readonly userId: string },
  action: 'cancel' | 'delete',
  { source, userId }: { readonly source: string; readonly userId: string },
): Act | null {
  if (task.userId === userId) return null;
  return { source, actor: userId, action, subject: `task:${task.id}`, reason: null };
}

/** A line as it is read: when it was, and the figures before and after. */
export type Audited = Act & { readonly at: Date; readonly guildId: string | null; readonly facts: Facts };
export type Facts = { readonly [name: string]: unknown };

export type ActRefusal =
  | { readonly refused: 'not-operator' | 'not-manager' }
  | { readonly refused: 'credits'; readonly least: number; readonly most: number }
  | { readonly refused: 'reason'; readonly most: number }
  /** More than the user has that is neither held nor spent. */
  | { readonly refused: 'revoke'; readonly credits: number; readonly free: number }
  | { readonly refused: 'bonus-full'; readonly most: number }
  | AttachRefusal;

/** Why a provider's id cannot be given to a task. `taken`: another task has it. `other`: this one has another. */
export type AttachRefusal =
  | { readonly refused: 'task-unknown' | 'render-unknown' | 'provider-away' | 'taken' | 'other' }
  | { readonly refused: 'not-uncertain'; readonly status: Status };

const administrator = 1n << 3n;
const manageGuild = 1n << 5n;

/** Whether an actor manages the server that they act in: Discord's "Manage Server", or all permissions. */
export function isManager({ guildId, permissions }: Actor): boolean {
  return guildId !== null && (permissions & (administrator | manageGuild)) !== 0n;
}

type Interaction = {
  readonly id: string;
  readonly userId: string;
  readonly permissions: bigint;
  readonly reply: Reply;
};

export function actorOf({ id, userId, permissions, reply }: Interaction): Actor {
  return { source: id, userId, guildId: guildOf(reply), permissions };
}

/** The most that a figure may be, so that sums of them stay whole numbers for everybody. */
export const mostCredits = 1_000_000_000;
/** The most that one grant gives: a slip of some zeros is caught, and a community is still served. */
export const mostGrant = 1_000_000;
export const mostReason = 400;

/** Why a figure is none, if so. */
export function refuseCredits(credits: number, least: number, most: number): ActRefusal | null {
  return Number.isInteger(credits) && credits >= least && credits <= most ? null : { refused: 'credits', least, most };
}

/** Text for one line of a log, storable; null where there is none. */
export function tidyReason(reason: string | null): string | null {
  const tidy = reason?.replaceAll('\0', '').toWellFormed().replaceAll(/\s+/g, ' ').trim() ?? '';
  return tidy === '' ? null : tidy;
}

export function refuseReason(reason: string | null, isRequired: boolean): ActRefusal | null {
  const isRight = reason === null ? !isRequired : reason.length <= mostReason;
  return isRight ? null : { refused: 'reason', most: mostReason };
}
