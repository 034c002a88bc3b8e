import type { TestContext } from 'vitest';
import type { DiscordStandIn } from '#sandbox/discord/discord.ts';

export type Where = { readonly method: string; readonly route: string };
/** `refused`: surely without effect. `before`: the effect did not take place, and the caller cannot know. `after`: it did. */
type Kind = 'refused' | 'before' | 'after';
export type DiscordFault = {
  readonly name: string;
  readonly kind: Kind;
  /** Lets it strike; `stalled` ends what a stall keeps waiting. */
  strike(discord: DiscordStandIn, where: Where, stalled: Promise<void>): void;
};

const limits: DiscordFault[] = [false, true].map((global) => ({
  name: global ? '429 for the whole bot' : '429 of a bucket',
  kind: 'refused',
  strike: (discord, where) => void discord.faults.rateLimit({ ...where, global, retryAfter: 0.3 }),
}));
const errors: DiscordFault[] = ([500, 502, 503] as const).flatMap((status) =>
  (['before', 'after'] as const).map(
    (when): DiscordFault => ({
      name: `${status} ${when} the effect`,
      kind: when,
      strike: (discord, where) => void discord.faults.add({ ...where, when, status }),
    }),
  ),
);
const breaks: DiscordFault[] = (['before', 'after'] as const).flatMap((when): DiscordFault[] => [
  {
    name: `a connection dropped ${when} the effect`,
    kind: when,
    strike: (discord, where) => void discord.faults.add({ ...where, when, drop: true }),
  },
  {
    name: `a connection that stalls ${when} the effect`,
    kind: when,
    strike: (discord, where, stalled) => void discord.faults.add({ ...where, when, hold: stalled, drop: true }),
  },
]);

/** What may befall any route, once. */
export const discordFaults: readonly DiscordFault[] = [...limits, ...errors, ...breaks];

/** Resolves with the end of the test: so long a stall keeps its request. */
export function stalledUntil({ onTestFinished }: TestContext): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  onTestFinished(() => resolve());
  return promise;
}
