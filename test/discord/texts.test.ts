import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser';
import { describe, expect, test } from 'vitest';
import { commands, operatorCommands } from '#commands/index.ts';
import { languageOf } from '#src/discord/languages.ts';
import { texts } from '#src/discord/texts.ts';
import { kling, type Language, languages } from '#src/domain/parameters.ts';

type Subject = ReturnType<typeof texts>;
type Row = {
  readonly name: string;
  readonly language: Language;
  readonly english: string;
  readonly text: string;
  say(values: object): string;
};

const files = globSync('src/discord/texts/*.ts');
const modules: readonly object[] = await Promise.all(files.map((file) => import(resolve(file))));
const rows = modules
  .flatMap((module) => Object.entries<Subject>(module as Record<string, Subject>))
  .flatMap(([subject, inLanguage]) => languages.flatMap((language) => rowsOf(subject, inLanguage, language)));
const translated = rows.filter(({ language }) => language !== 'en');

/** Texts that are the same in two languages because they are. */
const same = [
  'actTexts.figure nl',
  'commandTexts.modelDescription nl',
  'outcomes.altText nl',
  'outcomes.cost nl',
  'outcomes.videoButton nl',
];
/** What Discord takes (discord.md §3, §2), by the end of a text's name. */
const limits: readonly (readonly [RegExp, number])[] = [
  [/Button$/, 80],
  [/(?:Title|Label)$/, 45],
  [/(?:Description|Placeholder)$/, 100],
];

describe('every text', () => {
  test('is there in every language', () => {
    expect(files.length).toBeGreaterThan(0);
    expect(rows.filter(({ text }) => text.trim() === '' || text !== text.trim())).toEqual([]);
  });

  test.each(rows)('$language $name is said with its values, and nothing else is left in it', ({ name, text, say }) => {
    const values = Object.fromEntries(argumentsOf(text).map(([name, kind]) => [name, kind === 'number' ? 2 : 'WORD']));
    const said = say(values);

    expect(said).not.toMatch(/[{}]|undefined|NaN|\[object/);
    expect(said.split('WORD').length - 1).toBe(argumentsOf(text).filter(([, kind]) => kind === 'string').length);
    for (const [place, limit] of limits) if (place.test(name)) expect(said.length).toBeLessThanOrEqual(limit);
    expect(said.length).toBeLessThanOrEqual(500);
  });

  test.each(translated)('$language $name takes the values of the English, once each', ({ text, english }) => {
    expect(argumentsOf(text)).toEqual(argumentsOf(english));
  });

  test('is translated, or meant to be the same', () => {
    const untranslated = translated.filter(({ text, english }) => text === english);

    expect(untranslated.map(({ name, language }) => `${name} ${language}`).toSorted()).toEqual(same.toSorted());
  });

  test.each(rows)('$language $name has the plurals of its language', ({ language, text }) => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();

    for (const cases of pluralsOf(parse(text, { ignoreTag: true }))) {
      expect(cases.filter((one) => !one.startsWith('='))).toEqual(needed);
    }
  });

  test('counts and cases only; moments are <t:…>, which each client words by itself, and nothing is quoted', () => {
    expect(rows.filter(({ text }) => /\{\s*\w+\s*,(?! (number|plural|select)\b)/.test(text))).toEqual([]);
    // The compiler reads no quoting, and a moment's words are the client's.
    expect(rows.filter(({ text }) => /'[{}#]|<t:/.test(text))).toEqual([]);
  });

  test('of Chinese is set in Chinese marks', () => {
    const chinese = rows.filter(({ language }) => language === 'zh-CN');

    expect(chinese.filter(({ text }) => !/\p{Script=Han}/u.test(text))).toEqual([]);
    expect(chinese.filter(({ text }) => /\p{Script=Han}[,.;:!?()]|[,.;:!?()]\p{Script=Han}/u.test(text))).toEqual([]);
  });
});

test('numbers and counts are worded as each language does', () => {
  const said = texts({
    en: { cost: '{n, plural, one {# credit} other {# credits}}' },
    'zh-CN': { cost: '{n, number} 积分' },
    nl: { cost: '{n, plural, one {# credit} other {# credits}}' },
  });

  const costs = languages.map((language) => [1, 2, 12_345].map((n) => said(language).cost({ n })));

  expect(costs).toEqual([
    ['1 credit', '2 credits', '12,345 credits'],
    ['1 积分', '2 积分', '12,345 积分'],
    ['1 credit', '2 credits', '12.345 credits'],
  ]);
});

test.each<[string, Language]>([
  ['en-US', 'en'],
  ['en-GB', 'en'],
  ['nl', 'nl'],
  ['zh-CN', 'zh-CN'],
  ['zh-TW', 'en'],
  ['ja', 'en'],
  ['pt-BR', 'en'],
  ['', 'en'],
  ['constructor', 'en'],
])('the locale %s is answered in %s', (locale, language) => {
  expect(languageOf(locale)).toBe(language);
});

describe('what Discord shows of a command', () => {
  type Described = Pick<(typeof commands)[number]['declaration'], 'name' | 'description' | 'description_localizations'>;
  const described = [...commands, ...operatorCommands].flatMap(({ declaration }): Described[] => {
    const options: readonly (Described & { readonly options?: readonly Described[] })[] = declaration.options ?? [];
    return [declaration, ...options, ...options.flatMap((one) => one.options ?? [])];
  });

  test.each(described)('$name has its description in every language, within 100 characters', (one) => {
    const localized = languages.flatMap((language) =>
      language === 'en' ? [one.description] : [one.description_localizations?.[language] ?? ''],
    );

    expect(new Set(localized).size).toBe(languages.length);
    for (const text of localized) expect(text.length).toSatisfy((length: number) => length >= 1 && length <= 100);
  });

  test('labels fit a modal', () => {
    const { parameters, images, prompt } = kling;
    const labels = [prompt, ...images.slots, ...Object.values(parameters)].flatMap(({ label }) => Object.values(label));

    for (const label of labels) expect(label.length).toBeLessThanOrEqual(45);
  });
});

function rowsOf(subject: string, inLanguage: Subject, language: Language): Row[] {
  const { en, [language]: source } = inLanguage.sources;
  return Object.entries(en).map(([name, english]) => {
    const say = inLanguage(language)[name] as Row['say'];
    return { name: `${subject}.${name}`, language, english, text: source[name] ?? '', say };
  });
}

type Argument = readonly [name: string, kind: 'string' | 'number'];

/** Names and kinds in order of the alphabet, as the library's own parser reads them; a name in two branches counts once. */
function argumentsOf(text: string): Argument[] {
  const found = new Map(descend(parse(text, { ignoreTag: true })));
  return [...found].toSorted(([a], [b]) => a.localeCompare(b));
}

function descend(elements: readonly MessageFormatElement[]): Argument[] {
  return elements.flatMap((element): Argument[] => {
    switch (element.type) {
      case TYPE.argument:
        return [[element.value, 'string']];
      case TYPE.number:
        return [[element.value, 'number']];
      case TYPE.plural:
        return [[element.value, 'number'], ...Object.values(element.options).flatMap(({ value }) => descend(value))];
      case TYPE.select:
        return [[element.value, 'string'], ...Object.values(element.options).flatMap(({ value }) => descend(value))];
      default:
        return [];
    }
  });
}

function pluralsOf(elements: readonly MessageFormatElement[]): string[][] {
  return elements.flatMap((element) => {
    if (element.type !== TYPE.plural && element.type !== TYPE.select) return [];
    const inner = Object.values(element.options).flatMap(({ value }) => pluralsOf(value));
    return element.type === TYPE.plural ? [Object.keys(element.options).toSorted(), ...inner] : inner;
  });
}
