import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BadArgument, type Flag, readFlags } from './flags.ts';
import { flagOf, isPicture, type Option, optionValue, type Value } from './options.ts';

export type Picture = { readonly name: string; readonly bytes: Buffer };
export type Wish = { readonly options: Readonly<Record<string, Value>>; readonly pictures: readonly Picture[] };
export type Given = {
  readonly wantsHelp: boolean;
  /** Where to save the film, if not in the usual place. */
  readonly output: string | undefined;
  /** The command that is asked for, by the options that it has; null: none. Throws `BadArgument`. */
  wish(options: readonly Option[]): Wish | null;
};

const pictureFlag: Flag = { name: 'image', takes: 'text', isRepeatable: true };
const ownFlags: readonly Flag[] = [
  { name: 'output', takes: 'text' },
  { name: 'help', takes: 'nothing' },
];

/** Reads the files at once; the rest by `wish`, since only the bot knows its options. Throws `BadArgument`. */
export function readArguments(given: readonly string[], folders: readonly string[]): Given {
  // Discord's names have underscores, which are as good as dashes here.
  const args = given.map((arg) => arg.replace(/^--[\w-]+/, (flag) => flag.replaceAll('_', '-')));
  const { values } = parseArgs({
    args,
    options: { image: { type: 'string', multiple: true }, output: { type: 'string' }, help: { type: 'boolean' } },
    strict: false,
  });
  const pictures = texts(values.image).map((path) => readPicture(path, folders));
  const [output] = texts(values.output);
  const isOnlyOutput = args.every((arg) => /^--output(=|$)/.test(arg) || arg === output);
  return {
    wantsHelp: values.help === true,
    output: output === undefined ? undefined : outputPath(output, folders),
    wish: (options) => (isOnlyOutput ? null : readWish(args, options, pictures)),
  };
}

function readWish(args: readonly string[], options: readonly Option[], pictures: readonly Picture[]): Wish {
  const scalars = options.filter((option) => !isPicture(option));
  const flags = scalars.map(
    (option): Flag => ({ name: flagOf(option), takes: option.type === 5 ? 'nothing' : 'text' }),
  );
  const given = readFlags(args, [...flags, pictureFlag, ...ownFlags]);
  const values = scalars.flatMap((option): [string, Value][] => {
    const value = given.get(flagOf(option));
    if (value !== undefined) return [[option.name, optionValue(option, value)]];
    if ('required' in option && option.required === true) {
      throw new BadArgument(`--${flagOf(option)} is missing: the command needs it.`);
    }
    return [];
  });
  const slots = options.length - scalars.length;
  if (pictures.length > slots) {
    throw new BadArgument(`--image is given ${pictures.length} times: the command takes at most ${slots} images.`);
  }
  return { options: Object.fromEntries(values), pictures };
}

function readPicture(path: string, folders: readonly string[]): Picture {
  const rule = (what: string) => new BadArgument(`--image ${path}: ${what}.`);
  const file = folders.map((folder) => resolve(folder, path)).find((one) => statSync(one, { throwIfNoEntry: false }));
  if (file === undefined) throw rule('there is no such file');
  if (!statSync(file).isFile()) throw rule('this is not a file');
  try {
    return { name: basename(file), bytes: readFileSync(file) };
  } catch {
    throw rule('this file cannot be read');
  }
}

function outputPath(path: string, [folder = '.']: readonly string[]): string {
  const file = resolve(folder, path);
  const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isFolder) throw new BadArgument(`--output ${path}: this is a folder; name a file in it.`);
  return file;
}

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
