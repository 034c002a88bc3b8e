import type { Facts } from './facts.ts';
import type { Death, Point } from './point.ts';

const fates: Record<Death['fate'], string> = {
  halfway: 'in mid-transaction',
  undone: 'before its commit',
  unheard: 'committed, unheard',
  lost: 'request lost',
  half: 'half of it sent',
  taken: 'taken, answer lost',
  late: 'request overtaken',
};

export const titleOf = ({ name, deaths }: Point) => `${name}: ${deaths.map(({ fate }) => fates[fate]).join(', then ')}`;

export type Line = { readonly point: Point; readonly facts: Facts | null; readonly isRight: boolean };

/** One line a point, in the order of a task's life. */
export function tableOf(lines: readonly Line[]): string {
  const cells = lines.map(({ point, facts, isRight }) => [
    point.name,
    point.deaths.map(({ fate }) => fates[fate]).join(', then '),
    ...(facts === null
      ? ['', '', '', '']
      : [String(facts.creates), String(facts.shown), facts.tasks.join(' + '), facts.ledger]),
    isRight ? 'ok' : 'FAILED',
  ]);
  const head = ['point', 'killed', 'creates', 'deliveries', 'task', 'ledger', ''];
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((row) => row[column]?.length ?? 0)));
  return [head, ...cells]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
