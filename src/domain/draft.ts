import type { Model, Settings } from './parameters.ts';
import type { RequestRefusal } from './request.ts';
import type { RuleRefusal } from './rules.ts';
import { limits, since } from './schedule.ts';

/**
 * Where the bot's answer to a plain message stands. All but `open` are final, and each is reached from `open`; `told` is an
 * answer that never was a draft.
 */
export const draftStates = ['open', 'generated', 'canceled', 'replaced', 'withdrawn', 'expired', 'told'] as const;
export type DraftState = (typeof draftStates)[number];

/** An answer that is no draft: help, or why there is none. */
export type Told =
  | { readonly help: true }
  | { readonly refused: 'stranger' | 'membership-unknown' }
  | { readonly refused: 'too-many-drafts'; readonly most: number }
  | RuleRefusal
  | RequestRefusal;

/** A file of the member's message: where it lies is read again when it is needed, since links expire. */
export type DraftImage = { readonly id: string; readonly name: string };

/** What a member wrote to the bot, and the answer on which they choose settings before anything is asked for. */
export type Draft = {
  readonly id: string;
  readonly userId: string;
  readonly channelId: string;
  /** The member's message: each has one answer. */
  readonly messageId: string;
  /** The bot's answer; null: not posted yet, or not known to be. */
  readonly answerId: string | null;
  readonly state: DraftState;
  /** The member's locale as an interaction last told it. */
  readonly locale: string;
  readonly prompt: string;
  readonly settings: Settings;
  readonly images: readonly DraftImage[];
  /** Counts changes: *Generate* makes just what it was shown with. */
  readonly revision: number;
  /** As it was when the draft was made; for showing what is left, never for deciding. */
  readonly hasAllowance: boolean;
  readonly told: Told | null;
  readonly createdAt: Date;
  readonly now: Date;
};

/** What a video would cost and what the member has left; for showing, never for deciding. */
export type Quote = { readonly cost: number; readonly left: number };

/** Answers to one member's messages in a minute. The one after says so, and then there are none. */
export const mostDrafts = 5;

/** What a message is answered with, given what was answered lately; null: with nothing. */
export function answerWithin(recent: number, told: Told | null): { readonly told: Told | null } | null {
  if (recent < mostDrafts) return { told };
  return recent === mostDrafts ? { told: { refused: 'too-many-drafts', most: mostDrafts } } : null;
}

/** A draft of yesterday has ended, whether or not the sweep has come by. */
export function isOver({ createdAt, now }: Pick<Draft, 'createdAt' | 'now'>): boolean {
  return since(createdAt, now) > limits.draftMs;
}

/** What a draft begins with: the table's defaults. */
export function defaultSettings(model: Model): Settings {
  const defaults = Object.entries(model.parameters).flatMap(([key, parameter]) => {
    return 'default' in parameter && parameter.default !== undefined ? [[key, parameter.default] as const] : [];
  });
  return Object.fromEntries(defaults);
}

/** The settings with one of them changed; null for what the table does not have, or not with this value. */
export function withSetting(model: Model, settings: Settings, key: string, value: string): Settings | null {
  const parameter = Object.hasOwn(model.parameters, key) ? model.parameters[key] : undefined;
  if (parameter?.kind === 'choice' && parameter.options.includes(value)) return { ...settings, [key]: value };
  if (parameter?.kind === 'switch' && (value === 'on' || value === 'off'))
    return { ...settings, [key]: value === 'on' };
  return null;
}
