import { median } from './quantiles.ts';

/** One line of the table: a value per round, and what it should be. */
export type Figure = {
  readonly name: string;
  readonly unit: string;
  /** One per round; none: it could not be measured here. */
  readonly values: readonly number[];
  /** Judged on the median. */
  readonly target?: { readonly is: 'at most' | 'at least' | 'under'; readonly limit: number };
};

export function isMissed({ values, target }: Figure): boolean {
  if (target === undefined || values.length === 0) return false;
  const value = median(values);
  if (target.is === 'at least') return !(value >= target.limit);
  return target.is === 'under' ? !(value < target.limit) : !(value <= target.limit);
}

const head = ['figure', 'median', 'min–max', 'target', ''];

/** The table as text: one line a figure. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = [head, ...figures.map(cells)];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cells(figure: Figure): string[] {
  const { name, unit, values, target } = figure;
  const goal = target === undefined ? '' : `${target.is} ${target.limit} ${unit}`;
  if (values.length === 0) return [name, '–', '', goal, 'not measured here'];
  const verdict = target === undefined ? '' : isMissed(figure) ? 'MISSED' : 'met';
  const range = values.length === 1 ? '' : `${digits(Math.min(...values))}–${digits(Math.max(...values))}`;
  return [name, `${digits(median(values))} ${unit}`, range, goal, verdict];
}

/** Three significant digits, whole above a hundred. */
function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || value === 0) return value.toFixed(0);
  return value.toFixed(size >= 10 ? 1 : size >= 0.1 ? 2 : 3);
}
