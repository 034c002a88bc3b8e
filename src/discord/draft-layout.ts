import type { Model, Parameter } from '#src/domain/parameters.ts';

type Choice = Extract<Parameter, { kind: 'choice' }>;
type Switch = Extract<Parameter, { kind: 'switch' }>;
/** Where a draft shows each parameter. `left`: those that it has no room or no component for; they keep their defaults. */
export type DraftLayout = {
  readonly selects: readonly (readonly [key: string, Choice])[];
  readonly switches: readonly (readonly [key: string, Switch])[];
  readonly left: readonly string[];
};

// Discord's for one message (discord.md §3).
const mostRows = 5;
const mostButtons = 5;
const mostOptions = 25;

/** One row per choice, one of all switches, and the last for *Generate* and *Cancel*; in the table's order. */
export function draftLayout({ parameters }: Model): DraftLayout {
  const all = Object.entries(parameters);
  const switches = all.flatMap(([key, one]) => (one.kind === 'switch' ? [[key, one] as const] : []));
  const choices = all.flatMap(([key, one]) => {
    return one.kind === 'choice' && one.options.length <= mostOptions ? [[key, one] as const] : [];
  });
  const shown = {
    selects: choices.slice(0, mostRows - 1 - (switches.length > 0 ? 1 : 0)),
    switches: switches.slice(0, mostButtons),
  };
  const settable = new Set([...shown.selects, ...shown.switches].map(([key]) => key));
  return { ...shown, left: all.map(([key]) => key).filter((key) => !settable.has(key)) };
}
