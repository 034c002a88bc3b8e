import type { Case } from './facts.ts';

/** How many commands came to what. */
export type Counts = Readonly<Record<string, number>>;

export function countCases(cases: readonly Case[]): Counts {
  const kinds = Map.groupBy(cases, kindOf);
  return Object.fromEntries([...kinds].map(([kind, list]) => [kind, list.length]));
}

export function sum(all: readonly Counts[]): Counts {
  const total: Record<string, number> = {};
  for (const [kind, count] of all.flatMap(Object.entries)) total[kind] = (total[kind] ?? 0) + count;
  return total;
}

export function countsText(counts: Counts): string {
  const known = order.filter((kind) => counts[kind] !== undefined);
  return known.map((kind) => `${counts[kind]} ${kind}`).join(', ');
}

const order = ['videos', 'failures', 'refusals', 'unanswered', 'left thinking', 'others'] as const;

function kindOf({ told, row }: Case): (typeof order)[number] {
  if (told === 'nothing') return 'unanswered';
  if (told === 'thinking') return 'left thinking';
  if (told === 'refused' || told === 'late-refused') return 'refusals';
  if (row?.status === 'succeeded') return 'videos';
  return row?.status === 'failed' ? 'failures' : 'others';
}
