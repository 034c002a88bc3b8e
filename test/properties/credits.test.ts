import fc from 'fast-check';
import { expect } from 'vitest';
import {
  adjustment,
  bot,
  type Held,
  type Line,
  releaseAll,
  settlement,
  userOwner,
  writeOff,
} from '#src/domain/credits.ts';
import { openRungs } from '#src/domain/delivery.ts';
import { openBalances } from '#src/domain/holds.ts';
import { backoff, pollDelay, sendDecision } from '#src/domain/schedule.ts';
import { property } from '#test/property.ts';
import { aReply, later, noon } from '../domain/builders.ts';

const day = '2026-11-22';
const amount = fc.integer({ min: 0, max: 1_000 });
const some = fc.integer({ min: 1, max: 400 });
const user = fc.constantFrom('1', '2', '3');
const guildId = fc.constantFrom(null, '10', '20');
const owner = fc.constantFrom(bot, 'guild:10', 'guild:10:user:1', userOwner('1'));

/** What a task may hold: the same sum for each owner, a user's split over allowance and bonus in any way. */
const holds = fc
  .record({ cost: some, fromBonus: fc.integer({ min: 0, max: 400 }), others: fc.uniqueArray(owner) })
  .map(({ cost, fromBonus, others }): Held[] => {
    const part = Math.min(cost, fromBonus);
    const own = [
      { owner: userOwner('1'), purse: day, amount: cost - part },
      { owner: userOwner('1'), purse: 'bonus', amount: part },
    ].filter((one) => one.amount > 0);
    const shared = [bot, ...others.filter((one) => one !== userOwner('1') && one !== bot)];
    return [...shared.map((one) => ({ owner: one, purse: day, amount: cost })), ...own];
  });

const of = (lines: readonly Line[], ...kinds: readonly Line['kind'][]) =>
  lines.filter(({ kind }) => kinds.includes(kind));
function sumOf(
  lines: readonly { owner: string; purse: string; amount: number }[],
  whose: string,
  purse?: string,
): number {
  const own = lines.filter((one) => one.owner === whose && (purse === undefined || one.purse === purse));
  return own.reduce((sum, one) => sum + one.amount, 0);
}
/** What is held after lines were written, purse by purse. */
const after = (held: readonly Held[], lines: readonly Line[]): Held[] =>
  held.map((one) => ({ ...one, amount: one.amount + sumOf(of(lines, 'adjust'), one.owner, one.purse) }));

property(
  'holds + adjustments = settled + released, for every owner and purse',
  [holds, amount, fc.option(amount), fc.boolean()],
  (held, reserved, final, isReleased) => {
    const adjusted = adjustment(held, reserved);
    const now = after(held, adjusted);
    const closing = isReleased ? releaseAll(now) : settlement(now, final);

    for (const one of now) {
      const whole = one.amount + sumOf(of(closing, 'adjust'), one.owner, one.purse);
      expect(sumOf(of(closing, 'settle', 'release'), one.owner, one.purse)).toBe(whole);
      expect(one.amount).toBeGreaterThanOrEqual(0);
    }
    expect(of(closing, 'settle', 'release').filter((line) => line.amount <= 0)).toEqual([]);
  },
);

property(
  'every owner of a task pays the same price, which is the provider’s',
  [holds, amount, fc.option(amount)],
  (held, reserved, final) => {
    const now = after(held, adjustment(held, reserved));

    const lines = settlement(now, final);

    for (const one of new Set(held.map((part) => part.owner)))
      expect(sumOf(of(lines, 'settle'), one)).toBe(final ?? reserved);
  },
);

property(
  'lines go to purses that the task holds, one of a kind for each',
  [holds, amount, fc.option(amount)],
  (held, reserved, final) => {
    const purses = held.map((one) => `${one.owner} ${one.purse}`);
    const now = after(held, adjustment(held, reserved));

    for (const lines of [
      adjustment(held, reserved),
      settlement(now, final),
      releaseAll(held),
      writeOff(held, reserved),
    ]) {
      const keys = lines.map((line) => `${line.owner} ${line.purse} ${line.kind}`);
      expect(new Set(keys).size).toBe(keys.length);
      for (const line of lines) expect(purses).toContain(`${line.owner} ${line.purse}`);
      for (const line of lines) expect(Number.isInteger(line.amount) && line.amount !== 0).toBe(true);
    }
  },
);

property('a member pays nothing of a write-off', [holds, amount], (held, charged) => {
  expect(writeOff(held, charged).filter((line) => line.owner.includes('user'))).toEqual([]);
});

const wishes = fc.array(fc.record({ userId: user, guildId, cost: some }), { maxLength: 60 });
const most = fc.option(fc.integer({ min: 0, max: 2_000 }));
const terms = fc.record({
  allowance: amount,
  budget: most,
  guildBudget: most,
  cap: most,
  maxWaiting: fc.integer({ min: 1, max: 20 }),
});

property(
  'holds never pass a limit, whoever asks in whatever order',
  [wishes, terms, fc.integer({ min: 0, max: 300 })],
  (list, limits, granted) => {
    const bonuses = ['1', '2', '3'].map((id) => ({ owner: userOwner(id), purse: 'bonus', granted, held: 0, spent: 0 }));
    const balances = openBalances(bonuses, new Map());
    const held: Held[] = [];
    const waiting = new Map<string, number>();
    for (const wish of list) {
      const outcome = balances.hold(wish, wish.cost, limits, { purse: day, renewsAt: noon });
      if ('refused' in outcome) continue;
      for (const whose of new Set(outcome.held.map((one) => one.owner)))
        expect(sumOf(outcome.held, whose)).toBe(wish.cost);
      held.push(...outcome.held);
      waiting.set(wish.userId, (waiting.get(wish.userId) ?? 0) + 1);
    }

    const within = (whose: string, limit: number | null, purse = day) =>
      expect(sumOf(held, whose, purse)).toBeLessThanOrEqual(limit ?? 1e9);
    within(bot, limits.budget);
    for (const id of ['1', '2', '3']) {
      within(userOwner(id), limits.allowance);
      within(userOwner(id), granted, 'bonus');
      expect(waiting.get(id) ?? 0).toBeLessThanOrEqual(limits.maxWaiting);
      for (const guild of ['10', '20']) within(`guild:${guild}:user:${id}`, limits.cap);
    }
    for (const guild of ['10', '20']) within(`guild:${guild}`, limits.guildBudget);
    expect(held.filter((one) => one.amount <= 0)).toEqual([]);
  },
);

const ms = fc.integer({ min: 0, max: 30 * 24 * 3_600_000 });
const chance = fc.double({ min: 0, max: 1, noNaN: true });

property(
  'waits are never shorter than half a second nor longer than two minutes',
  [fc.nat(1_000), chance, ms, fc.option(ms)],
  (attempt, luck, age, usual) => {
    const wait = backoff(attempt, luck);
    const poll = pollDelay(age, usual, luck);

    expect(wait >= 500 && wait <= 60_000).toBe(true);
    expect(poll >= 2_000 && poll <= 120_000).toBe(true);
  },
);

property('sends go on for half an hour, and end a day after their begin', [ms, ms, ms], (toFirst, toLast, toNow) => {
  const firstSentAt = later(toFirst);
  const lastSentAt = later(toFirst + toLast);
  const now = later(toFirst + toLast + toNow);

  const decision = sendDecision({ submittingAt: noon, firstSentAt, lastSentAt, now });

  if (toFirst + toLast + toNow > 24 * 3_600_000) expect(decision).toBe('give-up');
  else if (toLast + toNow <= 30 * 60_000) expect(decision).toBe('send');
  else if (toLast > 30 * 60_000) expect(decision).toBe('give-up');
});

const reply = fc.record({
  token: fc.option(fc.constant('token')),
  messageId: fc.option(fc.constant('1')),
  isPrivate: fc.boolean(),
  hasBot: fc.boolean(),
  context: fc.constantFrom('guild', 'bot-dm', 'private-channel'),
  tokenExpiresAt: fc.integer({ min: -3_600_000, max: 900_000 }).map(later),
});

property(
  'a private outcome is never shown in a channel, and each has a rung to try',
  [reply, fc.constantFrom(null, 'channel', 'dm')],
  (more, begun) => {
    const place = aReply(more as Partial<ReturnType<typeof aReply>>);
    const rungs = openRungs(place, noon, begun);

    expect(rungs.at(-1)).toBe('dm');
    expect(new Set(rungs).size).toBe(rungs.length);
    if (more.isPrivate || !more.hasBot || more.context === 'private-channel') {
      expect(rungs).not.toContain('channel');
      expect(rungs).not.toContain('message');
    }
    if (more.token === null || place.tokenExpiresAt <= noon) expect(rungs).not.toContain('reply');
  },
);
