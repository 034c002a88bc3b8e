import { describe, expect, test } from 'vitest';
import { readArguments } from './arguments.ts';
import { makePlan, seedOf } from './plan.ts';

const seeds = Array.from({ length: 200 }, (_, index) => seedOf(1, index));

describe('a storm', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(makePlan(7)).toEqual(makePlan(7));
    expect(new Set(seeds.map((seed) => JSON.stringify(makePlan(seed)))).size).toBe(seeds.length);
  });

  test('is plain data: what is printed of a failed one is all of it', () => {
    for (const plan of seeds.map(makePlan)) expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  test('has several members who ask, and somebody who is killed', () => {
    for (const { commands, blows, members, fleet } of seeds.map(makePlan)) {
      expect(members.length).toBeGreaterThan(1);
      expect(commands.length).toBeGreaterThan(4);
      expect(commands.every(({ member }) => member < members.length)).toBe(true);
      const killed = blows.filter((blow) => blow.kind === 'kill');
      expect(killed.length).toBeGreaterThan(0);
      expect(killed.every(({ process }) => process < fleet.length)).toBe(true);
    }
  });

  test('strikes everything there is in a few hundred runs, and PostgreSQL in most', () => {
    const plans = seeds.map(makePlan);
    const kinds = new Set(plans.flatMap(({ blows }) => blows.map(({ kind }) => kind)));
    const crashes = plans.filter(({ blows }) => blows.some(({ kind }) => kind === 'database-crash'));

    expect([...kinds].toSorted()).toEqual([
      ...['cdn', 'database-crash', 'database-cut', 'database-freeze', 'discord'],
      ...['freeze', 'gateway', 'kill', 'provider-off', 'rivya'],
    ]);
    expect(crashes.length).toBeGreaterThan(seeds.length / 2);
    expect(new Set(plans.map(({ fleet }) => fleet.join()))).toEqual(new Set(['gateway,worker,worker', 'all,all']));
  });
});

test('the first storm has the seed that was given, so that any one can be repeated alone', () => {
  expect(seedOf(42, 0)).toBe(42);
  expect(new Set(seeds).size).toBe(seeds.length);
  expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)).toBe(true);
});

describe('the arguments', () => {
  const now = 1_700_000_000_000;

  test('have defaults, of which the seed is by the clock', () => {
    const args = readArguments([], now);

    expect(args).toEqual({ runs: 200, seed: now % 2 ** 32, atOnce: 3, keep: null, wantsHelp: false });
  });

  test('are read', () => {
    const args = readArguments(['--runs', '8', '--seed=5', '--at-once', '2', '--keep', 'logs', '--help'], now);

    expect(args).toEqual({ runs: 8, seed: 5, atOnce: 2, keep: 'logs', wantsHelp: true });
  });

  test.each([
    [['--runs', '0']],
    [['--runs', 'many']],
    [['--seed', '-1']],
    [['--seed', String(2 ** 32)]],
    [['--at-once', '1.5']],
    [['--loud']],
    [['8']],
  ])('%j is not understood', (given) => {
    expect(() => readArguments(given, now)).toThrow();
  });
});
