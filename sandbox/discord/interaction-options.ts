import type { Option } from './checks/command.ts';
import { characters } from './checks/fields.ts';
import type { Registered } from './commands.ts';
import type { SentFile } from './interaction-record.ts';
import { compact, type JsonObject } from './json.ts';

export type RawOption = {
  readonly name: string;
  readonly type: number;
  readonly value?: unknown;
  readonly options?: readonly RawOption[];
  readonly focused?: boolean;
};
/** By name, the type taken from the declaration; or as they go over the wire. */
export type OptionsInput = Readonly<Record<string, unknown>> | readonly RawOption[];

/** The payload's `data.options`. */
export function wireOptions(
  given: OptionsInput,
  files: readonly SentFile[],
  command: Registered | undefined,
): RawOption[] {
  const attached = files.map(({ id, option }) => ({ name: option, type: 11, value: id }));
  if (isList(given)) return [...given, ...attached];
  const declared = optionsOf(command);
  const typed = Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({
      name,
      type: declared.find((option) => option.name === name)?.type ?? guessType(value),
      value,
    }));
  return [...typed, ...attached];
}

export const isList = (given: OptionsInput): given is readonly RawOption[] => Array.isArray(given);

export const optionsOf = (command: Registered | undefined): readonly Option[] =>
  command !== undefined && 'options' in command.command ? (command.command.options ?? []) : [];

/** The option that the n-th file of an interaction fills, unless it names one. */
export const fileOption = (command: Registered | undefined, index: number): string | undefined =>
  optionsOf(command).filter(({ type }) => type === 11)[index]?.name;

function guessType(value: unknown): number {
  if (typeof value === 'boolean') return 5;
  if (typeof value === 'number') return Number.isInteger(value) ? 4 : 10;
  return 3;
}

/** What Discord's own client would not let a member send. Empty: it would. */
export function clientObjections(
  given: readonly RawOption[],
  declared: readonly Option[],
  files: readonly SentFile[],
): string[] {
  const missing = declared
    .filter(
      (option) => 'required' in option && option.required === true && !given.some(({ name }) => name === option.name),
    )
    .map(({ name }) => `${name} is required`);
  return [...missing, ...given.flatMap((one) => objection(one, declared, files))];
}

function objection(given: RawOption, declared: readonly Option[], files: readonly SentFile[]): string[] {
  const option = declared.find(({ name }) => name === given.name);
  if (option === undefined) return [`${given.name} is no option`];
  if (option.type !== given.type) return [`${given.name} is of type ${option.type}, not ${given.type}`];
  if (option.type === 1 || option.type === 2) return clientObjections(given.options ?? [], option.options ?? [], files);
  const { value } = given;
  const no = (why: string) => [`${given.name}: ${why}`];
  if ('choices' in option && option.choices?.length && !option.choices.some((choice) => choice.value === value))
    return no('not a choice');
  switch (option.type) {
    case 3: {
      if (typeof value !== 'string') return no('not a string');
      const length = characters(value);
      const fits = length >= (option.min_length ?? 0) && length <= (option.max_length ?? 6000);
      return fits ? [] : no(`${length} characters`);
    }
    case 4:
    case 10: {
      if (typeof value !== 'number' || (option.type === 4 && !Number.isInteger(value))) return no('not such a number');
      const fits = value >= (option.min_value ?? -Infinity) && value <= (option.max_value ?? Infinity);
      return fits ? [] : no('out of range');
    }
    case 5:
      return typeof value === 'boolean' ? [] : no('not a boolean');
    case 11:
      return fileObjection(
        option.file_types ?? [],
        files.find(({ id }) => id === value),
      )
        ? no('file type not offered')
        : [];
    default:
      return typeof value === 'string' ? [] : no('not an id');
  }
}

const groups = new Map([
  ['image', ['png', 'gif', 'jpg', 'jpeg', 'jfif', 'webp', 'avif']],
  ['video', ['mp4', 'mov', 'webm', 'mkv', 'avi']],
  ['audio', ['mp3', 'ogg', 'wav', 'flac', 'm4a']],
]);

// Discord looks at the extension only.
function fileObjection(fileTypes: readonly string[], file: SentFile | undefined): boolean {
  if (file === undefined) return true;
  const extension = file.upload.name.toLowerCase().split('.').at(-1) ?? '';
  return (
    fileTypes.length > 0 &&
    !fileTypes.some((type) => type === `.${extension}` || groups.get(type)?.includes(extension) === true)
  );
}

export const resolvedFiles = (files: readonly SentFile[]): JsonObject | undefined =>
  files.length === 0 ? undefined : { attachments: Object.fromEntries(files.map(({ id, json }) => [id, json])) };

export const commandData = (
  name: string,
  command: Registered | undefined,
  fallbackId: string,
  options: readonly RawOption[],
  files: readonly SentFile[],
): JsonObject =>
  compact({
    id: command?.id ?? fallbackId,
    name,
    type: command?.command.type ?? 1,
    guild_id: command?.guildId,
    options: options.length === 0 ? undefined : options,
    resolved: resolvedFiles(files),
  });
