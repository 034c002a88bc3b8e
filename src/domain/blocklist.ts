import { RE2JS } from 're2js';

/** What operators do not let prompts say. */
export type Blocklist = {
  readonly size: number;
  forbids(prompt: string): boolean;
};
/** `line` counts from 1; null: the file as a whole. */
export type BlocklistFault = { readonly line: number | null; readonly problem: string };

/** RE2's matching takes time by prompt and pattern together: with these, at worst a part of a second for the longest prompt. */
export const mostSize = { line: 1_000, pattern: 500, patterns: 4_000, file: 2 ** 20 } as const;

type Test = (prompt: Prompt) => boolean;
/** As it was written, and without its case, accents and the like. */
type Prompt = { readonly raw: string; readonly folded: string };

/**
 * Reads a list: a word or phrase a line, `/…/` a pattern (RE2), `#` a comment. Words match whole words whatever their case and
 * accents; in scripts that put no spaces between words, anywhere. The first bad line is the fault of the whole list.
 */
export function readBlocklist(text: string): Blocklist | { readonly fault: BlocklistFault } {
  const tests: Test[] = [];
  let room: number = mostSize.patterns;
  for (const [index, written] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    const entry = written.trim();
    if (entry === '' || entry.startsWith('#')) continue;
    const read = readEntry(entry);
    if ('problem' in read) return { fault: { line: index + 1, problem: read.problem } };
    room -= read.cost;
    if (room < 0) return { fault: { line: index + 1, problem: 'the patterns up to here are too large together' } };
    tests.push(read.test);
  }
  return {
    size: tests.length,
    forbids(prompt) {
      const both = { raw: plain(prompt), folded: fold(prompt) };
      return tests.some((test) => test(both));
    },
  };
}

type Entry = { readonly test: Test; readonly cost: number } | { readonly problem: string };

function readEntry(entry: string): Entry {
  if (entry.length > mostSize.line) return { problem: `is longer than ${mostSize.line} characters` };
  if (!entry.startsWith('/')) return readWord(entry);
  if (entry.length < 3 || !entry.endsWith('/')) return { problem: 'a pattern begins and ends with /' };
  return readPattern(entry.slice(1, -1));
}

function readPattern(source: string): Entry {
  let pattern: RE2JS;
  try {
    pattern = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
  } catch (error) {
    return { problem: error instanceof Error ? error.message : 'the pattern is none' };
  }
  const cost = pattern.programSize();
  if (cost > mostSize.pattern) return { problem: 'the pattern is too large: repeat less in it' };
  const matches = (text: string) => pattern.matcher(text).find();
  if (matches('')) return { problem: 'the pattern matches every prompt' };
  return { cost, test: ({ raw, folded }) => matches(folded) || (raw !== folded && matches(raw)) };
}

function readWord(entry: string): Entry {
  const word = fold(entry).trim();
  if (word === '') return { problem: 'nothing of it can be seen' };
  const bounds = { start: inWord.test(first(word)), end: inWord.test(last(word)) };
  return { cost: 0, test: ({ folded }) => has(folded, word, bounds) };
}

function has(text: string, word: string, bounds: { readonly start: boolean; readonly end: boolean }): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const end = at + word.length;
    const isLoose = bounds.start && inWord.test(last(text.slice(Math.max(0, at - 2), at)));
    if (!isLoose && !(bounds.end && inWord.test(first(text.slice(end, end + 2))))) return true;
  }
  return false;
}

/** A letter, mark or digit of a script that puts spaces between words. */
const inWord =
  /^(?![\p{Script_Extensions=Han}\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}\p{Script_Extensions=Thai}\p{Script_Extensions=Lao}\p{Script_Extensions=Khmer}\p{Script_Extensions=Myanmar}])[\p{L}\p{M}\p{N}]$/u;

const first = (text: string) => [...text].at(0) ?? '';
const last = (text: string) => [...text].at(-1) ?? '';

/** One space wherever there are any, and nothing that cannot be seen. */
function plain(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replaceAll(/\s+/gu, ' ');
}

/** Marks on letters of Latin, Greek and Cyrillic alone: elsewhere they are vowels. Upper case first, for ß. */
function fold(text: string): string {
  return plain(
    text
      .normalize('NFKD')
      .replaceAll(/[\u0300-\u036F]/g, '')
      .toUpperCase()
      .toLowerCase(),
  );
}
