import { parseArgs } from 'node:util';

/** An argument that breaks a rule. `message` is one line that names both. */
export class BadArgument extends Error {
  override readonly name = 'BadArgument';
}

export type Flag = { readonly name: string; readonly takes: 'text' | 'nothing'; readonly isRepeatable?: boolean };
export type FlagValue = string | boolean;
type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number];

/** What stands on the command line, by flag; of a repeatable one the last. Whatever is no known flag is refused. */
export function readFlags(args: readonly string[], flags: readonly Flag[]): ReadonlyMap<string, FlagValue> {
  const types = flags.map(({ name, takes }) => [name, { type: takes === 'text' ? 'string' : 'boolean' }] as const);
  const { tokens } = parseArgs({ args: [...args], options: Object.fromEntries(types), strict: false, tokens: true });
  const values = new Map<string, FlagValue>();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    const { flag, value } = readToken(token, flags);
    if (values.has(flag.name) && flag.isRepeatable !== true) throw new BadArgument(`--${flag.name} is given twice.`);
    values.set(flag.name, value);
  }
  return values;
}

function readToken(token: Exclude<Token, { kind: 'option-terminator' }>, flags: readonly Flag[]) {
  if (token.kind === 'positional') {
    throw new BadArgument(`"${token.value}" belongs to no option; a text with spaces goes in quotes.`);
  }
  const { name, rawName, value, inlineValue } = token;
  const flag = flags.find((one) => one.name === name);
  const negated = flags.find((one) => one.takes === 'nothing' && `no-${one.name}` === name);
  if (negated !== undefined && value === undefined) return { flag: negated, value: false };
  if (flag === undefined) {
    throw new BadArgument(`${rawName} is unknown; there are ${flags.map((one) => `--${one.name}`).join(', ')}.`);
  }
  if (flag.takes === 'nothing') {
    if (value !== undefined) throw new BadArgument(`--${name} takes no value: it is there or not.`);
    return { flag, value: true };
  }
  // Else a forgotten value would swallow the next flag.
  if (value === undefined || (inlineValue !== true && value.startsWith('--'))) {
    throw new BadArgument(`--${name} needs a value (if that begins with dashes: --${name}="…").`);
  }
  return { flag, value };
}
