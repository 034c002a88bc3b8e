import type { MessageJson } from '../discord/discord.ts';
import { isObject } from '../discord/json.ts';
import { harmless, padded, widthOf, wrapped } from './columns.ts';
import type { FilmFacts } from './film-facts.ts';
import type { Paint } from './paint.ts';
import { type Line, readMarkdown } from './words.ts';

const flag = { ephemeral: 1 << 6, loading: 1 << 7 } as const;

type Drawing = { readonly paint: Paint; readonly width: number; readonly film?: FilmFacts | null };

/** A message in a box of at most `width` columns, about as Discord shows it. */
export function messageBox(message: MessageJson, { paint, width, film = null }: Drawing): string[] {
  const inner = width - 4;
  const isPrivate = (message.flags & flag.ephemeral) !== 0;
  const isLoading = (message.flags & flag.loading) !== 0;
  const author = typeof message.author.username === 'string' ? harmless(message.author.username) : 'the bot';
  const edited = message.edited_timestamp === null ? '' : paint.dim(' (edited)');
  const rows = [
    `${paint.bold(author)} ${paint.tag(' APP ')}${edited}`,
    ...(isLoading ? [paint.dim(`${author} is thinking…`)] : []),
    ...(message.content === '' ? [] : readMarkdown(message.content).flatMap((line) => lineRows(line, inner, paint))),
    ...message.attachments.flatMap(({ filename, size }) => fileRows(harmless(filename), size, film, inner, paint)),
    ...buttonRow(message, paint),
    ...(isPrivate ? [paint.dim('Only you can see this')] : []),
  ];
  const side = paint.frame('│');
  return [
    paint.frame(`╭${'─'.repeat(width - 2)}╮`),
    ...rows.map((row) => `${side} ${padded(row, inner)} ${side}`),
    paint.frame(`╰${'─'.repeat(width - 2)}╯`),
  ];
}

function lineRows({ spans, isSmall }: Line, width: number, paint: Paint): string[] {
  const text = harmless(spans.map((span) => span.text).join(''));
  // A line is bold as a whole or not at all in a terminal: colours inside would have to survive the wrapping.
  const isBold = spans.some((span) => span.isBold) && spans.every((span) => span.isBold || span.text.trim() === '');
  return wrapped(text, width).map((row) => (isSmall ? paint.dim(row) : isBold ? paint.bold(row) : row));
}

function fileRows(name: string, size: number, film: FilmFacts | null, width: number, paint: Paint): string[] {
  const facts = [...(film === null ? [] : [clock(film.seconds), `${film.width} × ${film.height}`]), fileSize(size)];
  const rows = [...wrapped(`▶ ${name}`, width - 6), ...wrapped(facts.join(' · '), width - 8).map((row) => `  ${row}`)];
  const inner = Math.min(width - 4, Math.max(36, ...rows.map(widthOf)));
  const side = paint.film('┃');
  return [
    paint.film(`┏${'━'.repeat(inner + 2)}┓`),
    ...rows.map((row, index) => `${side} ${padded(index === 0 ? paint.bold(row) : paint.dim(row), inner)} ${side}`),
    paint.film(`┗${'━'.repeat(inner + 2)}┛`),
  ];
}

function buttonRow({ components }: MessageJson, paint: Paint): string[] {
  const buttons = components.flatMap((row) => (Array.isArray(row.components) ? row.components : []));
  const labels = buttons.flatMap((button) => (isObject(button) ? [harmless(String(button.label ?? ''))] : []));
  return labels.length === 0 ? [] : [labels.map((label) => paint.tag(` ${label} `)).join(' ')];
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
