import { describe, expect, test } from 'vitest';
import { bot, guildOwner, type Held, memberOwner, userOwner } from '#src/domain/credits.ts';
import { openBalances } from '#src/domain/holds.ts';
import type { Terms } from '#src/domain/rules.ts';
import { chances } from '#test/chance.ts';

const day = '2026-11-22';
const renewsAt = new Date('2026-11-23T00:00:00Z');
const period = { purse: day, renewsAt };
const ann = userOwner('1');
const home = guildOwner('7');
const terms: Terms = { allowance: 100, budget: 900, guildBudget: null, cap: null, maxWaiting: 10 };
/** In a DM, where no server counts. */
const alone = (userId: string) => ({ userId, guildId: null });
const atHome = (userId: string) => ({ userId, guildId: '7' });
type Figures = [number, number, number, number];
const held = (owner: string, purse: string, amount: number): Held => ({ owner, purse, amount });
const account = (owner: string, purse: string, more: { granted?: number; held?: number; spent?: number } = {}) => ({
  owner,
  purse,
  granted: 0,
  held: 0,
  spent: 0,
  ...more,
});

describe('a hold', () => {
  const open = (...rows: ReturnType<typeof account>[]) => openBalances(rows, new Map());

  test('takes the allowance first and the rest from the bonus, the budget in full', () => {
    const balances = open(account(ann, 'bonus', { granted: 50 }));

    expect(balances.hold(alone('1'), 90, terms, period)).toEqual({
      held: [held(bot, day, 90), held(ann, day, 90)],
      left: 60,
    });
    expect(balances.hold(alone('1'), 45, terms, period)).toEqual({
      held: [held(bot, day, 45), held(ann, day, 10), held(ann, 'bonus', 35)],
      left: 15,
    });
    expect(balances.hold(alone('1'), 45, terms, period)).toEqual({
      refused: 'quota',
      cost: 45,
      left: 15,
      quota: 100,
      renewsAt,
    });
  });

  test('takes all from the bonus where there is no allowance', () => {
    const balances = open(account(ann, 'bonus', { granted: 90 }));

    expect(balances.hold(alone('1'), 90, { ...terms, allowance: 0 }, period)).toEqual({
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
    const outcome = open(account(ann, day, used)).hold(alone('1'), 101, terms, period);

    expect(outcome).toEqual({ refused: 'quota', cost: 101, left, quota: 100, renewsAt });
  });

  test('an overdrawn allowance takes nothing from the bonus, an overdrawn bonus nothing from the allowance', () => {
    const overdrawn = open(account(ann, day, { spent: 270 }), account(ann, 'bonus', { granted: 90 }));
    const other = open(account(ann, 'bonus', { granted: 10, spent: 180 }));

    expect(overdrawn.hold(alone('1'), 90, terms, period)).toMatchObject({
      held: [held(bot, day, 90), held(ann, 'bonus', 90)],
    });
    expect(other.hold(alone('1'), 100, terms, period)).toMatchObject({ left: 0 });
  });

  test('a purse of another day and of another user counts for nothing', () => {
    const balances = open(account(ann, '2026-11-21', { spent: 100 }), account(userOwner('2'), day, { spent: 100 }));

    expect(balances.hold(alone('1'), 100, terms, period)).toMatchObject({ left: 0 });
  });

  test('the budget refuses with what the whole bot has left, and takes nothing', () => {
    const balances = open(account(bot, day, { held: 800, spent: 20 }));

    const refusal = { refused: 'budget', cost: 90, left: 80, most: 900, renewsAt };
    expect(balances.hold(alone('1'), 90, terms, period)).toEqual(refusal);
    expect(balances.hold(alone('2'), 90, terms, period)).toEqual(refusal);
    expect(balances.hold(alone('1'), 80, terms, period)).toMatchObject({ left: 20 });
  });

  test('an overspent budget has nothing left, not less', () => {
    expect(open(account(bot, day, { spent: 1000 })).hold(alone('1'), 90, terms, period)).toMatchObject({
      refused: 'budget',
      left: 0,
    });
  });

  test('in a server is made in full on its budget and on what the member may use there, bonus included', () => {
    const balances = open(account(ann, 'bonus', { granted: 90 }));

    expect(balances.hold(atHome('1'), 150, terms, period)).toMatchObject({
      held: [
        ...[held(bot, day, 150), held(home, day, 150), held(memberOwner('7', '1'), day, 150)],
        ...[held(ann, day, 100), held(ann, 'bonus', 50)],
      ],
    });
  });

  test('the cap of a server refuses what one member uses there, and nowhere else', () => {
    const capped = { ...terms, cap: 90 };
    const balances = open(account(memberOwner('7', '1'), day, { held: 20, spent: 30 }));

    expect(balances.hold(atHome('1'), 50, capped, period)).toEqual({
      ...{ refused: 'guild-cap', cost: 50, left: 40, most: 90, renewsAt },
    });
    expect(balances.hold(atHome('2'), 50, capped, period)).toHaveProperty('held');
    expect(balances.hold(alone('1'), 50, capped, period)).toHaveProperty('held');
    expect(balances.hold({ userId: '1', guildId: '8' }, 50, capped, period)).toMatchObject({ left: 0 });
  });

  test('a server’s budget refuses all its members, and no other server', () => {
    const tight = { ...terms, guildBudget: 200 };
    const balances = open(account(home, day, { held: 60, spent: 60 }));

    const refusal = { refused: 'guild-budget', cost: 90, left: 80, most: 200, renewsAt };
    expect(balances.hold(atHome('1'), 90, tight, period)).toEqual(refusal);
    expect(balances.hold(atHome('2'), 90, tight, period)).toEqual(refusal);
    expect(balances.hold(atHome('2'), 80, tight, period)).toHaveProperty('held');
    expect(balances.hold({ userId: '1', guildId: '8' }, 90, tight, period)).toHaveProperty('held');
  });

  test('names the member’s own limit before those that others share, the narrowest of these first', () => {
    const nothing = { ...terms, cap: 0, guildBudget: 0, budget: 0 };
    const refusal = (given: Terms) => open().hold(atHome('1'), 90, given, period);

    expect(refusal({ ...nothing, maxWaiting: 0 })).toMatchObject({ refused: 'line-full' });
    expect(refusal({ ...nothing, allowance: 0 })).toMatchObject({ refused: 'quota' });
    expect(refusal(nothing)).toMatchObject({ refused: 'guild-cap' });
    expect(refusal({ ...nothing, cap: null })).toMatchObject({ refused: 'guild-budget' });
    expect(refusal({ ...nothing, cap: null, guildBudget: null })).toMatchObject({ refused: 'budget' });
  });

  test('without a budget only the quota limits', () => {
    const balances = open(account(bot, day, { spent: 1_000_000 }));

    expect(balances.hold(alone('1'), 90, { ...terms, budget: null }, period)).toMatchObject({ left: 10 });
  });

  test('the line is counted for each user, with those already waiting and those of this batch', () => {
    const balances = openBalances([], new Map([['1', 9]]));
    const free = { ...terms, allowance: 1000 };

    expect(balances.hold(alone('1'), 90, free, period)).toHaveProperty('held');
    expect(balances.hold(alone('1'), 90, free, period)).toEqual({ refused: 'line-full', maxWaiting: 10 });
    expect(balances.hold(alone('2'), 90, free, period)).toHaveProperty('held');
  });

  test('never gives out more than there is, whoever asks wherever in whatever order', () => {
    for (const random of chances(50)) {
      const [budget, guildBudget, cap, granted] = [2000, 1000, 150, 200].map((most) => random.upTo(most)) as Figures;
      const users = Array.from({ length: 5 }, (_, index) => String(index));
      const balances = openBalances(
        users.map((user) => account(userOwner(user), 'bonus', { granted })),
        new Map(),
      );
      const taken = new Map<string, number>();
      for (let round = 0; round < 60; round += 1) {
        const asker = { userId: random.pick(users), guildId: random.pick([null, '7', '8']) };
        const figures = { ...terms, budget, guildBudget, cap, maxWaiting: 60 };
        const outcome = balances.hold(asker, 1 + random.upTo(90), figures, period);
        if ('refused' in outcome) continue;
        for (const { owner, purse, amount } of outcome.held) {
          expect(amount).toBeGreaterThan(0);
          taken.set(`${owner}/${purse}`, (taken.get(`${owner}/${purse}`) ?? 0) + amount);
        }
      }
      const used = (owner: string, purse = day) => taken.get(`${owner}/${purse}`) ?? 0;
      expect(used(bot)).toBeLessThanOrEqual(budget);
      for (const guildId of ['7', '8']) {
        expect(used(guildOwner(guildId))).toBeLessThanOrEqual(guildBudget);
        for (const user of users) expect(used(memberOwner(guildId, user))).toBeLessThanOrEqual(cap);
      }
      for (const user of users) {
        expect(used(userOwner(user))).toBeLessThanOrEqual(terms.allowance);
        expect(used(userOwner(user), 'bonus')).toBeLessThanOrEqual(granted);
      }
    }
  });
});
