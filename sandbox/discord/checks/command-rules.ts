import type { FormProblem } from '../refusal.ts';
import type { Command, Option } from './command.ts';
import { characters } from './fields.ts';

const MAX_CHARACTERS = 8000;
const MAX_PER_TYPE = new Map([
  [1, 100],
  [2, 15],
  [3, 15],
  [4, 1],
]);

type Path = readonly PropertyKey[];

/** What no single field shows: order, duplicates, totals, contradictions. */
export function commandProblems(command: Command, path: Path): FormProblem[] {
  const options = 'options' in command ? (command.options ?? []) : [];
  const size = sizeOf(command);
  const tooLarge = problem(
    path,
    'APPLICATION_COMMAND_TOO_LARGE',
    `Command exceeds maximum size (${MAX_CHARACTERS}); it has ${size}`,
  );
  return [
    ...optionProblems(options, [...path, 'options']),
    ...repeated(command, path),
    ...(size > MAX_CHARACTERS ? [tooLarge] : []),
  ];
}

/** What only the whole list shows: too many of a type, the same name twice. */
export function listProblems(commands: readonly Command[]): FormProblem[] {
  const tooMany = [...MAX_PER_TYPE].flatMap(([type, max]) =>
    commands.filter((one) => one.type === type).length > max
      ? [
          problem(
            [],
            'APPLICATION_COMMANDS_MAX',
            `Maximum number of application commands of type ${type} reached (${max})`,
          ),
        ]
      : [],
  );
  const twice = commands.flatMap((one, index) =>
    commands.findIndex(({ name, type }) => name === one.name && type === one.type) < index
      ? [problem([index, 'name'], 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique')]
      : [],
  );
  return [...tooMany, ...twice];
}

function optionProblems(options: readonly Option[], path: Path): FormProblem[] {
  const names = options.flatMap((option, index) => allNames(option).map((name) => ({ name, index })));
  const duplicated = names.filter(({ name, index }) =>
    names.some((other) => other.name === name && other.index < index),
  );
  const isNested = ({ type }: Option) => type === 1 || type === 2;
  const mixed = options.some(isNested) && !options.every(isNested);
  return [
    ...duplicated.map(({ index }) =>
      problem([...path, index], 'APPLICATION_COMMAND_OPTIONS_NAME_INVALID', 'Option name already used'),
    ),
    ...(mixed
      ? [problem(path, 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'Sub-commands and other options cannot be mixed')]
      : []),
    ...options.flatMap((option, index) => oneOptionProblems(option, options.slice(0, index), [...path, index])),
  ];
}

function oneOptionProblems(option: Option, before: readonly Option[], path: Path): FormProblem[] {
  if (option.type === 1 || option.type === 2) return optionProblems(option.options ?? [], [...path, 'options']);
  const problems: FormProblem[] = [];
  const isOptional = (one: Option) => 'required' in one && one.required !== true;
  if (option.required === true && before.some((one) => isOptional(one) || !('required' in one))) {
    problems.push(
      problem(
        path,
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      ),
    );
  }
  if (!('choices' in option)) return problems;
  const choices = option.choices ?? [];
  if (option.autocomplete === true && choices.length > 0) {
    problems.push(
      problem(
        [...path, 'autocomplete'],
        'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE',
        'Choices and autocomplete exclude each other',
      ),
    );
  }
  for (const field of ['name', 'value'] as const) {
    if (new Set(choices.map((choice) => choice[field])).size === choices.length) continue;
    problems.push(
      problem(
        [...path, 'choices'],
        'APPLICATION_COMMAND_OPTIONS_CHOICE_DUPLICATE',
        `The ${field} of a choice is used twice`,
      ),
    );
  }
  return problems;
}

const allNames = (option: Option): string[] => [
  ...new Set([option.name, ...Object.values(option.name_localizations ?? {})]),
];

const repeated = ({ contexts, integration_types }: Command, path: Path): FormProblem[] =>
  Object.entries({ contexts, integration_types }).flatMap(([field, list]) =>
    new Set(list ?? []).size < (list?.length ?? 0)
      ? [problem([...path, field], 'SET_TYPE_ALREADY_CONTAINS_VALUE', 'The set already contains this value')]
      : [],
  );

type Worded = {
  name: string;
  name_localizations?: Record<string, string | undefined> | null | undefined;
  description?: string | null | undefined;
  description_localizations?: Record<string, string | undefined> | null | undefined;
  options?: readonly Worded[] | null | undefined;
  choices?: readonly (Worded & { value: string | number })[] | null | undefined;
};

/** Name, description and values of command, options and choices; of localizations only the longest counts. */
function sizeOf(command: Worded): number {
  const longest = (text: string | null | undefined, others: Worded['name_localizations']) =>
    Math.max(...[text ?? '', ...Object.values(others ?? {})].map((one) => characters(one ?? '')));
  const own =
    longest(command.name, command.name_localizations) + longest(command.description, command.description_localizations);
  const options = (command.options ?? []).reduce((sum, option) => sum + sizeOf(option), 0);
  const choices = (command.choices ?? []).reduce(
    (sum, choice) => sum + sizeOf(choice) + characters(String(choice.value)),
    0,
  );
  return own + options + choices;
}

const problem = (path: Path, code: string, message: string): FormProblem => ({ path, code, message });
