import type { ImageSource, UploadedImage } from './images.ts';
import type { Settings } from './parameters.ts';

export const statuses = [
  'accepted',
  'submitting',
  'rendering',
  'uncertain',
  'succeeded',
  'failed',
  'canceled',
] as const;
export type Status = (typeof statuses)[number];

export const deliveries = ['none', 'pending', 'delivered', 'undeliverable'] as const;
export type Delivery = (typeof deliveries)[number];

/** The one table of moves. Stores derive their compare-and-set guards from it. */
export const moves = {
  submit: { from: ['accepted'], to: 'submitting' },
  render: { from: ['submitting', 'uncertain'], to: 'rendering' },
  doubt: { from: ['submitting', 'rendering'], to: 'uncertain' },
  succeed: { from: ['rendering', 'uncertain'], to: 'succeeded' },
  fail: { from: ['accepted', 'submitting', 'rendering', 'uncertain'], to: 'failed' },
  cancel: { from: ['accepted'], to: 'canceled' },
} as const satisfies { readonly [move: string]: { readonly from: readonly Status[]; readonly to: Status } };
export type Move = keyof typeof moves;

export const contexts = ['guild', 'bot-dm', 'private-channel'] as const;
export type Context = (typeof contexts)[number];

/** Ways to show an outcome, best first (design: deliver). */
export const rungs = ['reply', 'message', 'channel', 'parent', 'dm'] as const;
export type Rung = (typeof rungs)[number];

/** Where the outcome is shown. Token and message are null once they are of no more use, or not known yet. */
export type Reply = {
  readonly applicationId: string;
  readonly token: string | null;
  readonly tokenExpiresAt: Date;
  readonly guildId: string | null;
  readonly channelId: string;
  /** Where the reply is in a thread for everyone: the channel that the thread belongs to. */
  readonly parentId: string | null;
  readonly context: Context;
  readonly messageId: string | null;
  readonly isPrivate: boolean;
  /** Bytes a file may have in an edit by token. */
  readonly sizeLimit: number;
  /** False where the command came by a user install alone: the bot token reaches neither channel nor message. */
  readonly hasBot: boolean;
};

/** An image of a task: at Discord until uploaded, then at the provider; a task that closes before is left with the name. */
export type TaskImage =
  | {
      readonly name: string;
      readonly size: number | null;
      readonly source?: ImageSource;
      readonly discordUrl?: string;
      readonly uploaded?: never;
      readonly isUsed?: never;
    }
  | {
      readonly name: string;
      readonly size: number | null;
      readonly source?: ImageSource;
      readonly discordUrl?: never;
      readonly uploaded: UploadedImage;
      /** Brought there by an earlier task: the provider may no longer have it. */
      readonly isUsed?: true;
    };

export type Task = {
  readonly id: string;
  readonly origin: string;
  readonly userId: string;
  readonly locale: string;
  readonly model: string;
  readonly prompt: string;
  readonly settings: Settings;
  readonly images: readonly TaskImage[];
  /** The exact bytes of the create, frozen before the first send. Null: not ready yet. */
  readonly body: string | null;
  readonly providerId: string | null;
  readonly status: Status;
  readonly delivery: Delivery;
  readonly rung: Rung | null;
  readonly rungAt: Date | null;
  /** When the outcome last began to wait for being shown. */
  readonly pendingAt: Date | null;
  /** Key of what the reply says while there is no outcome; null: not known. */
  readonly shown: string | null;
  /** When the reply is to be looked at next; null: never. */
  readonly showAt: Date | null;
  /** When what the reply says was last changed. */
  readonly shownAt: Date | null;
  /** When the edit of progress was begun that has had no answer yet. */
  readonly editAt: Date | null;
  /** Size of the video that is kept here because no rung took it; null: none is. */
  readonly keptBytes: number | null;
  readonly reply: Reply;
  readonly heldCredits: number;
  /** The member's allowance when it was accepted; null in old rows. */
  readonly allowance: number | null;
  readonly finalCredits: number | null;
  readonly errorCode: string | null;
  /** The provider's words, for people; untrusted text. */
  readonly errorMessage: string | null;
  readonly resultUrls: readonly string[];
  readonly attempt: number;
  /** Sends that may have been taken: only with none of them does giving up mean "surely not paid". */
  readonly unsureSends: number;
  /** The name of the API key that the last send was made with. */
  readonly sentWith: string | null;
  readonly acceptedAt: Date;
  readonly answeredAt: Date | null;
  readonly submittingAt: Date | null;
  readonly firstSentAt: Date | null;
  readonly lastSentAt: Date | null;
  readonly renderingAt: Date | null;
  readonly uncertainAt: Date | null;
  /** When the provider first called it done without giving a video. */
  readonly missingUrlAt: Date | null;
  readonly closedAt: Date | null;
  /** The database's clock when the row was read: every limit is judged against it. */
  readonly now: Date;
};

/** One wake-up of queued work. The job wakes, the row decides. */
export type Job = { readonly queue: 'submit' | 'deliver'; readonly taskId: string };
