import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandSubcommandOption,
  ApplicationCommandOptionType as Type,
} from 'discord.js';
import type { Language } from '#src/domain/parameters.ts';
import type { CommandCall } from './calls.ts';
import { others } from './options.ts';

type Describe = (language: Language) => string;
type Basic = APIApplicationCommandBasicOption;

const described = (name: string, describe: Describe) => ({
  name,
  description: describe('en'),
  description_localizations: others(describe),
});

/** Names are the same in every language, so that operators and their documentation speak of the same thing. */
export function subcommand(
  name: string,
  describe: Describe,
  options: readonly Basic[] = [],
): APIApplicationCommandSubcommandOption {
  const ordered = options.toSorted((a, b) => Number(b.required ?? false) - Number(a.required ?? false));
  return { ...described(name, describe), type: Type.Subcommand, options: ordered };
}

export function option(
  type: Basic['type'],
  name: string,
  describe: Describe,
  more: {
    readonly required?: true;
    readonly min_value?: number;
    readonly max_value?: number;
    readonly max_length?: number;
  } = {},
): Basic {
  return { ...described(name, describe), type, ...more } as Basic;
}

/** What was given to a subcommand, as it came: whoever forges a payload can give anything. */
export type Given = {
  readonly name: string | null;
  text(option: string): string | null;
  number(option: string): number | null;
  flag(option: string): boolean;
  /** The id of what was picked in one option, or written into the other. Null: neither was given. */
  id(picked: string, written: string): string | null | 'unreadable';
};

export function readSubcommand({ options }: CommandCall): Given {
  const [first] = options;
  const isOne = first?.type === Type.Subcommand;
  const values = isOne ? (first.options ?? []) : [];
  const find = (name: string) => values.find((value) => value.name === name)?.value;
  const text = (name: string) => {
    const value = find(name);
    return typeof value === 'string' && value.trim() !== '' ? value : null;
  };
  return {
    name: isOne ? first.name : null,
    text,
    number(name) {
      const value = find(name);
      if (value === undefined || value === null) return null;
      return typeof value === 'number' ? value : Number.NaN;
    },
    flag: (name) => find(name) === true,
    id(picked, written) {
      const ids = [text(picked), text(written)].flatMap((value) => (value === null ? [] : [idOf(value)]));
      if (ids.length === 0) return null;
      return new Set(ids).size === 1 ? (ids[0] ?? 'unreadable') : 'unreadable';
    },
  };
}

/** An id, or a mention with one in it. Two that differ say nothing. */
function idOf(text: string): string | null {
  return /^(?:<@[!&]?)?(\d{15,20})>?$/.exec(text.trim())?.[1] ?? null;
}
