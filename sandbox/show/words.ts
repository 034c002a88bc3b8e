/** Words of a Discord message, as far as a terminal and a drawing can show them. */
export type Span = { readonly text: string; readonly isBold: boolean; readonly isCode: boolean };
export type Line = { readonly isSmall: boolean; readonly spans: readonly Span[] };

/** Reads the markdown that bots write: `**bold**`, `code`, `-# small print`, `<t:…:R>`, backslash escapes. */
export function readMarkdown(content: string, now = new Date(), locale = 'en'): Line[] {
  return content.split('\n').map((line) => {
    const isSmall = line.startsWith('-# ');
    return { isSmall, spans: spansOf(isSmall ? line.slice(3) : line, now, locale) };
  });
}

const token = /\\(?<escaped>[^\w\s])|(?<bold>\*\*)|`(?<code>[^`]+)`|<t:(?<moment>\d+)(?::\w)?>|(?<plain>[\s\S])/gu;

function spansOf(line: string, now: Date, locale: string): Span[] {
  const spans: Span[] = [];
  let isBold = false;
  for (const { groups = {} } of line.matchAll(token)) {
    const { escaped, bold, code, moment, plain } = groups;
    if (bold !== undefined) isBold = !isBold;
    const text =
      escaped ?? code ?? (moment === undefined ? plain : relative(Number(moment) * 1000 - now.getTime(), locale));
    if (text === undefined) continue;
    const last = spans.at(-1);
    const isCode = code !== undefined;
    if (last?.isBold === isBold && last.isCode === isCode)
      spans[spans.length - 1] = { ...last, text: last.text + text };
    else spans.push({ text, isBold, isCode });
  }
  return spans;
}

const steps = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

function relative(ms: number, locale: string): string {
  const [unit, size] = steps.find(([, size]) => Math.abs(ms) >= size) ?? ['second', 1000];
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.round(ms / size), unit);
}
