import { IntlMessageFormat } from 'intl-messageformat';
import type { Language } from '#src/domain/parameters.ts';
import type { Values } from './placeholders.ts';

/** ICU messages by name. */
type Source = { readonly [name: string]: string };
/** A translation has just the texts of the English, and each takes the same values. */
type Faithful<En, Other> = {
  readonly [Name in keyof En | keyof Other]: Name extends keyof En & keyof Other
    ? Same<En[Name], Other[Name]> extends true
      ? string
      : { 'takes other values than the English': En[Name] }
    : Name extends keyof En
      ? string
      : never;
};
type Same<A, B> = A extends string
  ? B extends string
    ? [Values<A>, Values<B>] extends [Values<B>, Values<A>]
      ? true
      : false
    : false
  : false;

type Said<En> = {
  readonly [Name in keyof En]: (...values: En[Name] extends string ? Given<Values<En[Name]>> : never) => string;
};
type Given<V> = keyof V extends never ? [] : [values: V];

type Subject<En> = {
  (language: Language): Said<En>;
  readonly sources: { readonly [L in Language]: { readonly [Name in keyof En]: string } };
};

/**
 * The texts of one subject in every language. A message is parsed when it is first said, then kept. A name that ends in
 * Button, Title, Label, Placeholder or Description says where Discord shows the text; a test holds it to the limit there.
 */
export function texts<const All extends { readonly [L in Language]: Source }>(
  all: All & { readonly [L in keyof All]: L extends Language ? Faithful<All['en'], All[L]> : never },
): Subject<All['en']> {
  const sources: { readonly [L in Language]: Source } = all;
  const said = new Map(Object.entries(sources).map(([language, source]) => [language, speak(source, language)]));
  // What the parameter's type has checked, Object.fromEntries and Map lose.
  return Object.assign((language: Language) => said.get(language), { sources }) as unknown as Subject<All['en']>;
}

function speak(source: Source, language: string) {
  return Object.fromEntries(Object.entries(source).map(([name, text]) => [name, sayer(text, language)]));
}

function sayer(text: string, language: string): (values?: Record<string, string | number>) => string {
  let message: IntlMessageFormat | undefined;
  return (values) => {
    message ??= new IntlMessageFormat(text, language, undefined, { ignoreTag: true });
    return String(message.format(values));
  };
}
