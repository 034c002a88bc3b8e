import { describe, expect, test } from 'vitest';
import {
  adjustment,
  bot,
  type Held,
  type Limits,
  type Line,
  openBalances,
  releaseAll,
  settlement,
  userOwner,
  writeOff,
} from '#src/domain/credits.ts';
import { chances } from '#test/chance.ts';

const day = '2026-11-22';
const renewsAt = new Date('2026-11-23T00:00:00Z');
const period = { purse: day, renewsAt };
const ann = userOwner('1');
const limits: Limits = { quota: 100, period: 'day', budget: 900, maxWaiting: 10 };
const held = (owner: string, purse: string, amount: number): Held => ({ owner, purse, amount });
const account = (owner: string, purse: string, more: { granted?: number; held?: number; spent?: number } = {}) => ({
  owner,
  purse,
  granted: 0,
  held: 0,
  spent: 0,
  ...more,
});
const line = (kind: Line['kind'], owner: string, purse: string, amount: number): Line => ({
  owner,
  purse,
  kind,
  amount,
});

describe('a hold', () => {
  const open = (...rows: ReturnType<typeof account>[]) => openBalances(rows, new Map());

  test('takes the allowance first and the rest from the bonus, the budget in full', () => {
    const balances = open(account(ann, 'bonus', { granted: 50 }));

    expect(balances.hold('1', 90, limits, period)).toEqual({
      held: [held(bot, day, 90), held(ann, day, 90)],
      left: 60,
    });
    expect(balances.hold('1', 45, limits, period)).toEqual({
      held: [held(bot, day, 45), held(ann, day, 10), held(ann, 'bonus', 35)],
      left: 15,
    });
    expect(balances.hold('1', 45, limits, period)).toEqual({
      refused: 'quota',
      cost: 45,
      left: 15,
      quota: 100,
      renewsAt,
    });
  });

  test('takes all from the bonus where there is no allowance', () => {
    const balances = open(account(ann, 'bonus', { granted: 90 }));

    expect(balances.hold('1', 90, { ...limits, quota: 0 }, period)).toEqual({
      held: [held(bot, day, 90), held(ann, 'bonus', 90)],
      left: 0,
    });
  });

  test.each([
    ['nothing used', {}, 100],
    ['held', { held: 60 }, 40],
    ['spent', { spent: 60 }, 40],
    ['held and spent', { held: 30, spent: 60 }, 10],
    ['overdrawn: nothing left, and nothing below that', { spent: 270 }, 0],
  ])('%s', (_, used, left) => {
    const outcome = open(account(ann, day, used)).hold('1', 101, limits, period);

    expect(outcome).toEqual({ refused: 'quota', cost: 101, left, quota: 100, renewsAt });
  });

  test('an overdrawn allowance takes nothing from the bonus, an overdrawn bonus nothing from the allowance', () => {
    const overdrawn = open(account(ann, day, { spent: 270 }), account(ann, 'bonus', { granted: 90 }));
    const other = open(account(ann, 'bonus', { granted: 10, spent: 180 }));

    expect(overdrawn.hold('1', 90, limits, period)).toMatchObject({
      held: [held(bot, day, 90), held(ann, 'bonus', 90)],
    });
    expect(other.hold('1', 100, limits, period)).toMatchObject({ left: 0 });
  });

  test('a purse of another day and of another user counts for nothing', () => {
    const balances = open(account(ann, '2026-11-21', { spent: 100 }), account(userOwner('2'), day, { spent: 100 }));

    expect(balances.hold('1', 100, limits, period)).toMatchObject({ left: 0 });
  });

  test('the budget refuses with what the whole bot has left, and takes nothing', () => {
    const balances = open(account(bot, day, { held: 800, spent: 20 }));

    const refusal = { refused: 'budget', cost: 90, left: 80, renewsAt };
    expect(balances.hold('1', 90, limits, period)).toEqual(refusal);
    expect(balances.hold('2', 90, limits, period)).toEqual(refusal);
    expect(balances.hold('1', 80, limits, period)).toMatchObject({ left: 20 });
  });

  test('an overspent budget has nothing left, not less', () => {
    expect(open(account(bot, day, { spent: 1000 })).hold('1', 90, limits, period)).toMatchObject({
      refused: 'budget',
      left: 0,
    });
  });

  test('without a budget only the quota limits', () => {
    const balances = open(account(bot, day, { spent: 1_000_000 }));

    expect(balances.hold('1', 90, { ...limits, budget: null }, period)).toMatchObject({ left: 10 });
  });

  test('the line is counted for each user, with those already waiting and those of this batch', () => {
    const balances = openBalances([], new Map([['1', 9]]));
    const free = { ...limits, quota: 1000 };

    expect(balances.hold('1', 90, free, period)).toHaveProperty('held');
    expect(balances.hold('1', 90, free, period)).toEqual({ refused: 'line-full', maxWaiting: 10 });
    expect(balances.hold('2', 90, free, period)).toHaveProperty('held');
  });

  test('never gives out more than there is, whoever asks in whatever order', () => {
    for (const random of chances(50)) {
      const budget = random.upTo(2000);
      const granted = random.upTo(200);
      const users = Array.from({ length: 5 }, (_, index) => String(index));
      const balances = openBalances(
        users.map((user) => account(userOwner(user), 'bonus', { granted })),
        new Map(),
      );
      const taken = new Map<string, number>();
      for (let round = 0; round < 60; round += 1) {
        const outcome = balances.hold(
          random.pick(users),
          1 + random.upTo(90),
          { ...limits, budget, maxWaiting: 60 },
          period,
        );
        if ('refused' in outcome) continue;
        for (const { owner, purse, amount } of outcome.held) {
          expect(amount).toBeGreaterThan(0);
          taken.set(`${owner}/${purse}`, (taken.get(`${owner}/${purse}`) ?? 0) + amount);
        }
      }
      expect(taken.get(`${bot}/${day}`) ?? 0).toBeLessThanOrEqual(budget);
      for (const user of users) {
        expect(taken.get(`user:${user}/${day}`) ?? 0).toBeLessThanOrEqual(limits.quota);
        expect(taken.get(`user:${user}/bonus`) ?? 0).toBeLessThanOrEqual(granted);
      }
    }
  });
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
      const holds = [held(bot, day, cost), held(ann, day, cost - fromBonus), held(ann, 'bonus', fromBonus)].filter(
        ({ amount }) => amount > 0,
      );
      const reserved = random.upTo(400);
      const adjusted = adjustment(holds, reserved);
      const after = holds.map((one) => ({ ...one, amount: one.amount + amountOf(adjusted, one.owner, one.purse) }));
      const final = random.pick([null, 0, 45, 90, 270, random.upTo(500)]);
      const closing = random.pick([() => settlement(after, final), () => releaseAll(after)])();
      const lines = [...adjusted, ...closing];

      for (const owner of [bot, ann]) {
        expect(sum(holds, owner) + sum(of('adjust', lines), owner)).toBe(
          sum(of('settle', lines), owner) + sum(of('release', lines), owner),
        );
      }
      expect(sum(of('settle', lines), ann)).toBe(sum(of('settle', lines), bot));
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

test('a release gives back all of it, purse by purse', () => {
  expect(releaseAll([held(bot, day, 90), held(ann, day, 60), held(ann, 'bonus', 30), held(ann, 'x', 0)])).toEqual([
    line('release', bot, day, 90),
    line('release', ann, day, 60),
    line('release', ann, 'bonus', 30),
  ]);
});

test('a write-off is what the bot alone pays, and only if there was a charge', () => {
  expect(writeOff(day, 90)).toEqual([line('writeoff', bot, day, 90)]);
  expect(writeOff(day, 0)).toEqual([]);
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
