import { describe, expect, test } from 'vitest';
import { type Move, moves, type Status, statuses } from '#src/domain/task.ts';

// The drawing in design.md, "Life of a task", as a table of every arrow.
const arrows: Record<Status, readonly Status[]> = {
  accepted: ['submitting', 'canceled', 'failed'],
  submitting: ['rendering', 'failed', 'uncertain'],
  rendering: ['succeeded', 'failed', 'uncertain'],
  uncertain: ['rendering', 'succeeded', 'failed'],
  succeeded: [],
  failed: [],
  canceled: [],
};

describe('moves', () => {
  test.each(statuses.flatMap((from) => statuses.map((to) => [from, to] as const)))('%s to %s', (from, to) => {
    const isAllowed = Object.values(moves).some(
      (move) => move.to === to && (move.from as readonly Status[]).includes(from),
    );

    expect(isAllowed).toBe(arrows[from].includes(to));
  });

  test('nothing moves out of a closed state', () => {
    const sources = new Set<Status>(Object.values(moves).flatMap(({ from }) => [...from]));

    expect(statuses.filter((status) => !sources.has(status))).toEqual(['succeeded', 'failed', 'canceled']);
  });

  test('each state but the first is reached by exactly one move', () => {
    const targets = (Object.keys(moves) as Move[]).map((move) => moves[move].to);

    expect(targets.toSorted()).toEqual(statuses.filter((status) => status !== 'accepted').toSorted());
  });
});
