import { parseArgs } from 'node:util';

export type Arguments = {
  readonly runs: number;
  readonly seed: number;
  /** Runs side by side. */
  readonly atOnce: number;
  /** Where logs and plans of failed runs are kept; null: nowhere. */
  readonly keep: string | null;
  readonly wantsHelp: boolean;
};

export const usage = `npm run chaos -- [--runs 200] [--seed N] [--at-once 3] [--keep folder]

Random storms over the real bot: many members, kills of the bot's processes and of PostgreSQL, faults of Discord and
of the provider; afterwards every invariant is held against every task.

  --runs     how many storms (default 200)
  --seed     the first storm's seed; the others follow from it (default: by the clock)
  --at-once  storms side by side (default 3)
  --keep     a folder for the plan and the logs of every failed storm

A storm that failed repeats with --runs 1 and its own seed.`;

/** Throws, worded for people, what cannot be understood. */
export function readArguments(given: readonly string[], now: number): Arguments {
  const { values } = parseArgs({
    args: [...given],
    options: {
      runs: { type: 'string', default: '200' },
      seed: { type: 'string', default: String(now % 2 ** 32) },
      'at-once': { type: 'string', default: '3' },
      keep: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    runs: whole('runs', values.runs, 1, 100_000),
    seed: whole('seed', values.seed, 0, 2 ** 32 - 1),
    atOnce: whole('at-once', values['at-once'], 1, 64),
    keep: values.keep ?? null,
    wantsHelp: values.help,
  };
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw new Error(`--${name} takes a whole number from ${least} to ${most}`);
  return value;
}
