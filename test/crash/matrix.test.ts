import { afterAll, describe, expect, test } from 'vitest';
import { type Facts, factsFor } from './facts.ts';
import { play } from './play.ts';
import type { Point } from './point.ts';
import { answers } from './points/answers.ts';
import { deliveries } from './points/deliveries.ts';
import { endings } from './points/endings.ts';
import { images } from './points/images.ts';
import { late } from './points/late.ts';
import { renders } from './points/renders.ts';
import { submits } from './points/submits.ts';
import { waits } from './points/waits.ts';
import { type Line, tableOf, titleOf } from './table.ts';

const all: readonly Point[] = [
  ...answers,
  ...images,
  ...submits,
  ...renders,
  ...endings,
  ...deliveries,
  ...late,
  ...waits,
];
/** CRASH_EVERY=5: each fifth point, for a short form that still goes through a task's whole life. */
const every = Number(process.env.CRASH_EVERY ?? 1);
const points = all.filter((_, index) => index % every === 0);
const lines = new Map<Point, Line>();

afterAll(() => {
  const told = points.flatMap((point) => lines.get(point) ?? []);
  if (told.length > 0) process.stdout.write(`\n${tableOf(told)}\n`);
});

describe('killed at any point between two effects, a task comes to its one right end', () => {
  test('every point has a title of its own', () => {
    expect(new Set(all.map(titleOf)).size).toBe(all.length);
    expect(points.length).toBeGreaterThanOrEqual(24);
  });

  test.concurrent.for(points.map((point) => [titleOf(point), point] as const))(
    '%s',
    { timeout: 5 * 60_000 },
    async ([, point], { expect }) => {
      let facts: Facts | null = null;
      lines.set(point, { point, facts, isRight: false });
      facts = await play(point);
      lines.set(point, { point, facts, isRight: false });

      const { objections, ...rest } = facts;
      expect(rest).toEqual(factsFor(point.end, facts.ledger));
      expect(objections).toEqual((point.end.objections ?? []).map((one) => expect.stringMatching(one)));
      lines.set(point, { point, facts, isRight: true });
    },
  );
});
