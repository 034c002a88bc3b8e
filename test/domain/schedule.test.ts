import { describe, expect, test } from 'vitest';
import { backoff, limits, pollDelay, sendDecision, since } from '#src/domain/schedule.ts';
import { later, noon } from './builders.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

test('the limits are those of the design', () => {
  expect(limits).toEqual({
    unansweredMs: 10 * second,
    lateMs: 2 * minute,
    editMs: 15 * second,
    editsMs: 10 * second,
    sendsMs: 30 * minute,
    lastSendMs: day,
    renderMs: 6 * hour,
    uncertainEveryMs: hour,
    uncertainMs: 7 * day,
    missingUrlMs: 10 * minute,
    fetchMs: 10 * minute,
    deliverMs: day,
    tokenMarginMs: minute,
    pingMs: minute,
    repostMs: 2 * minute,
    openingMs: day,
    draftMs: day,
    endedDraftMs: 2 * day,
    draftRateMs: minute,
  });
});

describe('whether a create is sent', () => {
  // Times from the slot: first send, last send, now.
  test.each<[string, number | null, number | null, number, 'send' | 'give-up']>([
    ['never sent', null, null, 0, 'send'],
    ['never sent, nearly a day after its slot', null, null, day, 'send'],
    ['never sent, over a day after its slot', null, null, day + 1, 'give-up'],
    ['just sent', 0, 0, 0, 'send'],
    ['within the half hour', 0, 29 * minute, 29 * minute, 'send'],
    ['at the half hour', 0, 29 * minute, 30 * minute, 'send'],
    ['once more after it, where none came after', 0, 30 * minute, 30 * minute + 1, 'send'],
    ['not twice after it', 0, 30 * minute + 1, 31 * minute, 'give-up'],
    ['after an outage of hours, once', 0, 5 * minute, 10 * hour, 'send'],
    ['and then no more', 0, 10 * hour, 10 * hour + 1, 'give-up'],
    ['after an outage of nearly a day', 0, 5 * minute, day - 1, 'send'],
    ['after an outage of a day', 0, 5 * minute, day, 'give-up'],
    ['first sent late, more than a day after its slot', 23 * hour, 23 * hour + 20 * minute, day + 1, 'give-up'],
    ['first sent late, still within the day', 23 * hour, 23 * hour + 5 * minute, 23 * hour + 20 * minute, 'send'],
  ])('%s', (_, first, last, now, decision) => {
    expect(
      sendDecision({
        submittingAt: noon,
        firstSentAt: first === null ? null : later(first),
        lastSentAt: last === null ? null : later(last),
        now: later(now),
      }),
    ).toBe(decision);
  });
});

describe('when to ask for a render again', () => {
  test.each([0, 500, 1999])('%i ms old: in 2 to 3 s', (age) => {
    expect(pollDelay(age, null, 0)).toBe(2000);
    expect(pollDelay(age, null, 1)).toBe(3000);
  });

  test.each([
    [2 * second, 5 * second, 10 * second],
    [10 * minute, 5 * second, 10 * second],
    [10 * minute + 1, 20 * second, 40 * second],
    [hour, 20 * second, 40 * second],
    [hour + 1, minute, 2 * minute],
    [7 * day, minute, 2 * minute],
  ])('%i ms old, its usual time unknown: between %i and %i ms', (age, least, most) => {
    expect(pollDelay(age, null, 0)).toBe(least);
    expect(pollDelay(age, null, 1)).toBe(most);
  });

  test('long before its usual time seldom, near it often', () => {
    const usual = 2 * minute;

    expect(pollDelay(5 * second, usual, 0.5)).toBe(30 * second);
    expect(pollDelay(60 * second, usual, 0.5)).toBe(24 * second);
    expect(pollDelay(80 * second, usual, 0)).toBe(5 * second);
    expect(pollDelay(usual, usual, 1)).toBe(10 * second);
    expect(pollDelay(0, usual, 0)).toBe(2 * second);
  });

  test('is never under 2 s nor over 2 minutes', () => {
    for (const usual of [null, 0, 1, 30 * second, 5 * minute, 2 * hour]) {
      for (let age = 0; age < 3 * hour; age += 977 * 7) {
        for (const chance of [0, 0.5, 1]) {
          const delay = pollDelay(age, usual, chance);
          expect([usual, age, delay >= 2 * second && delay <= 2 * minute]).toEqual([usual, age, true]);
        }
      }
    }
  });
});

describe('backoff', () => {
  test('doubles up to its limit, half of it by chance', () => {
    expect([0, 1, 2, 3].map((attempt) => backoff(attempt, 1))).toEqual([1000, 2000, 4000, 8000]);
    expect([0, 1, 2, 3].map((attempt) => backoff(attempt, 0))).toEqual([500, 1000, 2000, 4000]);
    expect(backoff(3, 1, 200, 5000)).toBe(1600);
    expect(backoff(5, 1, 200, 5000)).toBe(5000);
  });

  test.each([6, 20, 64, 1e6, Number.POSITIVE_INFINITY])('stays at its limit after %f attempts', (attempt) => {
    expect(backoff(attempt, 1)).toBe(minute);
    expect(backoff(attempt, 0)).toBe(minute / 2);
  });
});

test('since counts in milliseconds, also backwards', () => {
  expect(since(noon, later(5))).toBe(5);
  expect(since(later(5), noon)).toBe(-5);
});
