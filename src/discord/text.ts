import type { Language } from '#src/domain/parameters.ts';

/**
 * A member's own words as plain text on one line: every mark that Discord reads (markdown, mentions, emoji, timestamps,
 * links) is escaped. Discord takes a backslash before any punctuation for an escape.
 */
export function plain(text: string): string {
  // Direction overrides could turn the rest of the message round.
  const straight = text.replaceAll(/[\u202a-\u202e\u2066-\u2069]/gu, '');
  const line = straight.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.replaceAll(/[\\*_~`|<>[\]()#\-+:@!.]/g, '\\$&');
}

/** Cut at a word where possible, never inside a character, with an ellipsis; `length` in UTF-16 units. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const kept = text.slice(0, length - 1).replace(/[\ud800-\udbff]$/u, '');
  const word = kept.replace(/\s+\S*$/u, '');
  return `${word.length > length * 0.7 ? word : kept}…`;
}

/** "a, b, or c", as the language lists what one may choose from. */
export function either(choices: readonly string[], language: Language): string {
  return new Intl.ListFormat(language, { type: 'disjunction' }).format(choices);
}

/** A moment as each reader's client words it: "in 3 hours". */
export function relative(moment: Date): string {
  return `<t:${Math.ceil(moment.getTime() / 1000)}:R>`;
}
