import type { InteractionHandle } from '#sandbox/discord/discord.ts';
import type { startWorld, World } from '#test/bot.ts';

/** One point between two effects, where the bot is killed. All of it is data; the runner does the same with each. */
export type Point = {
  readonly name: string;
  /** One after the other, each in a life of its own. Mostly one. */
  readonly deaths: readonly Death[];
  readonly scene: Scene;
  readonly end: End;
};

export type Death = AtCommit | AtRequest;

/**
 * With a transaction right before its commit. `undone`: its connection dies with the bot. `unheard`: it commits, and the
 * bot never hears of it. `halfway`: the change is made, what should follow in the same transaction never comes.
 */
export type AtCommit = {
  readonly fate: 'undone' | 'unheard' | 'halfway';
  /** A table of ours, or the jobs of a queue. */
  readonly on: 'tasks' | 'pacing' | 'submit jobs' | 'deliver jobs';
  readonly event: 'insert' | 'update' | 'insert or update';
  /** SQL over `old` and `new`: true for this one change and no other. */
  readonly when?: string;
  /** What else must have happened by then. */
  also?(asked: readonly InteractionHandle[]): boolean;
};

/**
 * With a request on the wire. `lost`: it never has its effect. `half`: as lost, with the first bytes of its body taken.
 * `taken`: it has its effect, its answer is lost. `late`: it has its effect only once the next life has asked too.
 */
export type AtRequest = {
  readonly fate: 'lost' | 'half' | 'taken' | 'late';
  readonly at: 'discord' | 'cdn' | 'provider';
  readonly method: string;
  readonly route: string | RegExp;
  /** So many such requests pass first. */
  readonly skip?: number;
};

export type Scene = {
  readonly options?: NonNullable<Parameters<typeof startWorld>[0]>;
  /** Uses the commands and leads to the point, as far as it does not come by itself. Default: one command. */
  ask?(world: World, life: Life): readonly InteractionHandle[] | Promise<readonly InteractionHandle[]>;
  /** While the bot is dead. */
  between?(world: World): void | Promise<void>;
  /** How long it is dead: by default more than any lease or wait between two steps, and less than any limit that ends a task. */
  readonly outageMs?: number;
  /** In the last life. */
  after?(world: World, asked: readonly InteractionHandle[]): void | Promise<void>;
};
export type Life = { readonly exited: Promise<unknown> };

/** What must be true in the end, whatever died on the way. */
export type End = {
  /** Each row, oldest first: status, delivery, and the rung if it was shown on one. */
  readonly tasks: readonly string[];
  /** Tasks at the provider. */
  readonly creates: number;
  /** Messages that show an outcome, in all of Discord. */
  readonly shown: number;
  /** Each member's own reply, in the order of the commands. */
  readonly replies: readonly ('outcome' | 'accepted' | 'thinking' | 'other' | 'none')[];
  /** Credits that the members have spent. */
  readonly spent: number;
  /** Credits that the provider has taken; the bot has booked the same. */
  readonly charged: number;
  /** What the outside must object to: a first no that the crash has hidden from the next life. */
  readonly objections?: readonly RegExp[];
};
