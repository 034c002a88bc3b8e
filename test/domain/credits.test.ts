import { describe, expect, test } from 'vitest';
import {
  adjustment,
  bot,
  guildOwner,
  type Held,
  type Line,
  memberOwner,
  releaseAll,
  settlement,
  userOwner,
  writeOff,
} from '#src/domain/credits.ts';
import { chances } from '#test/chance.ts';

const day = '2026-11-22';
const ann = userOwner('1');
const home = guildOwner('7');
const annAtHome = memberOwner('7', '1');
const held = (owner: string, purse: string, amount: number): Held => ({ owner, purse, amount });
const line = (kind: Line['kind'], owner: string, purse: string, amount: number): Line => ({
  owner,
  purse,
  kind,
  amount,
});

describe('an adjustment', () => {
  const split = [held(bot, day, 90), held(ann, day, 60), held(ann, 'bonus', 30)];

  test('to the same price writes nothing', () => {
    expect(adjustment(split, 90)).toEqual([]);
  });

  test('upwards goes on the allowance', () => {
    expect(adjustment(split, 270)).toEqual([line('adjust', bot, day, 180), line('adjust', ann, day, 180)]);
  });

  test.each([
    [80, [line('adjust', bot, day, -10), line('adjust', ann, 'bonus', -10)]],
    [60, [line('adjust', bot, day, -30), line('adjust', ann, 'bonus', -30)]],
    [45, [line('adjust', bot, day, -45), line('adjust', ann, 'bonus', -30), line('adjust', ann, day, -15)]],
    [0, [line('adjust', bot, day, -90), line('adjust', ann, 'bonus', -30), line('adjust', ann, day, -60)]],
  ])('down to %i comes off the bonus first', (credits, lines) => {
    expect(adjustment(split, credits)).toEqual(lines);
  });

  test('a hold in the bonus alone is adjusted there', () => {
    expect(adjustment([held(bot, day, 90), held(ann, 'bonus', 90)], 100)).toEqual([
      line('adjust', bot, day, 10),
      line('adjust', ann, 'bonus', 10),
    ]);
  });

  test('nothing held, nothing to adjust', () => {
    expect(adjustment([], 90)).toEqual([]);
  });
});

describe('a settlement', () => {
  const split = [held(bot, day, 90), held(ann, day, 60), held(ann, 'bonus', 30)];

  test.each<[number | null, Line[]]>([
    [0, [line('release', bot, day, 90), line('release', ann, day, 60), line('release', ann, 'bonus', 30)]],
    [
      45,
      [
        ...[line('settle', bot, day, 45), line('release', bot, day, 45)],
        ...[line('settle', ann, day, 45), line('release', ann, day, 15), line('release', ann, 'bonus', 30)],
      ],
    ],
    [
      70,
      [
        ...[line('settle', bot, day, 70), line('release', bot, day, 20)],
        ...[line('settle', ann, day, 60), line('settle', ann, 'bonus', 10), line('release', ann, 'bonus', 20)],
      ],
    ],
    [90, [line('settle', bot, day, 90), line('settle', ann, day, 60), line('settle', ann, 'bonus', 30)]],
    [null, [line('settle', bot, day, 90), line('settle', ann, day, 60), line('settle', ann, 'bonus', 30)]],
    [
      270,
      [
        ...[line('adjust', bot, day, 180), line('settle', bot, day, 270)],
        ...[line('adjust', ann, day, 180), line('settle', ann, day, 240), line('settle', ann, 'bonus', 30)],
      ],
    ],
  ])('at %s credits of a hold of 90', (final, lines) => {
    expect(settlement(split, final)).toEqual(lines);
  });

  test('whatever the order of the purses', () => {
    expect(settlement(split.toReversed(), 45).filter(({ owner }) => owner === ann)).toEqual(
      settlement(split, 45).filter(({ owner }) => owner === ann),
    );
  });

  test('nothing held writes nothing: a closed task is not closed again', () => {
    expect(settlement([], 90)).toEqual([]);
    expect(settlement([held(bot, day, 0), held(ann, day, 0)], null)).toEqual([]);
  });

  test('holds + adjustments = settled + released for every owner, whatever was held, adjusted and paid', () => {
    for (const random of chances(500)) {
      const cost = 1 + random.upTo(270);
      const fromBonus = random.upTo(cost);
      const here = random.pick([[], [held(home, day, cost), held(annAtHome, day, cost)]]);
      const holds = [
        ...[held(bot, day, cost), ...here],
        ...[held(ann, day, cost - fromBonus), held(ann, 'bonus', fromBonus)],
      ].filter(({ amount }) => amount > 0);
      const reserved = random.upTo(400);
      const adjusted = adjustment(holds, reserved);
      const after = holds.map((one) => ({ ...one, amount: one.amount + amountOf(adjusted, one.owner, one.purse) }));
      const final = random.pick([null, 0, 45, 90, 270, random.upTo(500)]);
      const closing = random.pick([() => settlement(after, final), () => releaseAll(after)])();
      const lines = [...adjusted, ...closing];

      for (const owner of [bot, home, annAtHome, ann]) {
        expect(sum(holds, owner) + sum(of('adjust', lines), owner)).toBe(
          sum(of('settle', lines), owner) + sum(of('release', lines), owner),
        );
      }
      for (const owner of new Set(holds.map((one) => one.owner))) {
        expect(sum(of('settle', lines), owner)).toBe(sum(of('settle', lines), bot));
      }
      for (const { owner, purse } of holds) {
        const left = amountOf(holds, owner, purse) + amountOf(of('adjust', lines), owner, purse);
        const closed = amountOf(of('settle', lines), owner, purse) + amountOf(of('release', lines), owner, purse);
        expect(closed).toBe(left);
        expect(left).toBeGreaterThanOrEqual(0);
      }
      expect(closing.filter(({ kind, amount }) => kind !== 'adjust' && amount <= 0)).toEqual([]);
    }
  });
});

test('locks are taken in the order bot, server, member, user, as text sorts them', () => {
  expect([ann, annAtHome, home, bot].toSorted()).toEqual([bot, home, annAtHome, ann]);
});

test('a release gives back all of it, purse by purse', () => {
  expect(releaseAll([held(bot, day, 90), held(ann, day, 60), held(ann, 'bonus', 30), held(ann, 'x', 0)])).toEqual([
    line('release', bot, day, 90),
    line('release', ann, day, 60),
    line('release', ann, 'bonus', 30),
  ]);
});

test('a write-off is borne by the budgets alone, and only if there was a charge', () => {
  const holds = [held(bot, day, 45), held(home, day, 45), held(annAtHome, day, 45), held(ann, day, 45)];

  expect(writeOff(holds, 90)).toEqual([line('writeoff', bot, day, 90), line('writeoff', home, day, 90)]);
  expect(writeOff(holds, 0)).toEqual([]);
});

function of(kind: Line['kind'], lines: readonly Line[]): Line[] {
  return lines.filter((one) => one.kind === kind);
}

function sum(lines: readonly Held[], owner: string): number {
  return lines.filter((one) => one.owner === owner).reduce((total, { amount }) => total + amount, 0);
}

function amountOf(lines: readonly Held[], owner: string, purse: string): number {
  return sum(
    lines.filter((one) => one.purse === purse),
    owner,
  );
}
