import type { Option as Declared } from '../discord/checks/command.ts';
import { BadArgument, type FlagValue } from './flags.ts';

/** An option as the bot registered it at Discord. */
export type Option = Declared;
export type Value = string | number | boolean;

export const isPicture = ({ type }: Option): boolean => type === 11;
export const flagOf = ({ name }: Option): string => name.replaceAll('_', '-');

/** A flag's value as the option takes it; what its choices do not have, Discord's client could not send. */
export function optionValue(option: Option, given: FlagValue): Value {
  if (typeof given === 'boolean') return given;
  const value = option.type === 4 || option.type === 10 ? Number(given) : given;
  if (Number.isNaN(value)) throw new BadArgument(`--${flagOf(option)} takes a number, not "${given}".`);
  const choices = choicesOf(option);
  if (choices.length > 0 && !choices.includes(value)) {
    throw new BadArgument(`--${flagOf(option)} takes one of ${choices.join(', ')}, not "${given}".`);
  }
  return value;
}

/** The flags that a command's options make, two lines each. */
export function describeOptions(options: readonly Option[]): string[] {
  const pictures = options.filter(isPicture);
  const rows = options
    .filter((option) => !isPicture(option))
    .map((option): [string, string] => [`--${flagOf(option)}${placeholder(option)}`, option.description]);
  const image = pictures.map(({ description }): [string, string] => ['--image FILE', description]);
  return [...rows, ...image, ['--output FILE', 'Where to save the film'] as const].flatMap(([flag, description]) => [
    `  ${flag}`,
    `      ${description}`,
  ]);
}

function placeholder(option: Option): string {
  if (option.type === 5) return '';
  const choices = choicesOf(option);
  return choices.length > 0 ? ` ${choices.join(' | ')}` : ' "…"';
}

function choicesOf(option: Option): (string | number)[] {
  return 'choices' in option ? (option.choices ?? []).map(({ value }) => value) : [];
}
