import { describe, expect, test } from 'vitest';
import { editUnderWayMs, nextLook, notice, type Situation, soonest, viewOf } from '#src/domain/progress.ts';
import type { Reply, Task } from '#src/domain/task.ts';
import { aReply, aTask, later, noon } from './builders.ts';

const minute = 60_000;
const open = (more: Partial<Task> = {}, reply: Partial<Reply> = {}) =>
  aTask({ status: 'rendering', delivery: 'none', pendingAt: null, ...more, reply: aReply(reply) });
const unknown: Situation = { place: null, usualMs: null };
const lastMinutes = { tokenExpiresAt: later(2 * minute) };

describe('what a reply says', () => {
  test.each<[string, Task, string | undefined]>([
    ['with minutes to go', open(), 'rendering-unknown'],
    ['a moment before the last two minutes', open({}, { tokenExpiresAt: later(2 * minute + 1) }), 'rendering-unknown'],
    ['between line and provider', open({ status: 'submitting' }), 'accepted'],
    ['in the last two minutes', open({}, lastMinutes), 'late-here'],
    ['in the last moment', open({}, { tokenExpiresAt: later(1) }), 'late-here'],
    ['once the token is dead', open({}, { tokenExpiresAt: later(0) }), undefined],
    ['once the token was dropped', open({}, { token: null }), undefined],
    ['late, in the DM with the bot', open({}, { ...lastMinutes, context: 'bot-dm', guildId: null }), 'late-here'],
    ['late, in private', open({}, { ...lastMinutes, isPrivate: true }), 'late-dm'],
    ['late, in a server without the bot', open({}, { ...lastMinutes, hasBot: false }), 'late-dm'],
    ['late, in a group DM', open({}, { ...lastMinutes, context: 'private-channel', hasBot: false }), 'late-dm'],
    ['after it was late, with a fresh token', open({ shown: 'late-dm' }, { isPrivate: true }), 'late-dm'],
    ['waiting in line', open({ status: 'accepted' }), 'accepted'],
    ['before the answer is known to stand', open({ status: 'accepted', answeredAt: null }), undefined],
    ['canceled', open({ status: 'canceled' }), undefined],
    ['with an outcome about to be shown', open({ status: 'succeeded', delivery: 'pending' }), undefined],
    ['the same, but what it says is not known', open({ delivery: 'pending', shown: null }), 'accepted'],
    ['the same, in the last two minutes', open({ delivery: 'pending' }, lastMinutes), 'late-here'],
    ['with the outcome shown', open({ delivery: 'delivered' }, lastMinutes), undefined],
    ['with an outcome that no rung took', open({ delivery: 'undeliverable' }), 'undelivered'],
    [
      'with the notice that it is uncertain',
      open({ status: 'succeeded', delivery: 'pending', shown: notice }),
      undefined,
    ],
    ['with the notice that there is no video', open({ delivery: 'undeliverable', shown: notice }), undefined],
  ])('%s', (_, task, key) => {
    expect(viewOf(task, unknown)?.key).toBe(key);
  });

  test.each([
    [0, 'rendering-0'],
    [24.9, 'rendering-0'],
    [25, 'rendering-1'],
    [74, 'rendering-2'],
    [99, 'rendering-3'],
    [100, 'rendering-4'],
    [900, 'rendering-4'],
  ])('after %d %% of the usual time: %s', (percent, key) => {
    const task = open({ renderingAt: later(-percent * 1_000) });

    expect(viewOf(task, { place: null, usualMs: 100_000 })?.key).toBe(key);
  });

  test('of a task in line is its place', () => {
    const view = viewOf(open({ status: 'accepted' }), { place: 3, usualMs: null });

    expect(view).toEqual({ key: 'line-3', place: 3 });
  });

  test('late, or with an outcome about to be shown, is neither place nor quarter', () => {
    const situation = { place: 3, usualMs: 100_000 };

    expect(viewOf(open({ status: 'accepted' }, lastMinutes), situation)?.key).toBe('late-here');
    expect(viewOf(open({ delivery: 'pending', shown: null }), situation)?.key).toBe('accepted');
  });
});

describe('the next look at a reply', () => {
  const lateAt = later(10 * minute);
  test.each<[string, Task, Date | null]>([
    ['two minutes before the token dies', open(), lateAt],
    ['so too for an outcome that waits to be shown', open({ delivery: 'pending' }), lateAt],
    ['so too with a fresh token', open({ shown: 'late-here' }), lateAt],
    ['never after the late notice', open({ shown: 'late-here' }, lastMinutes), null],
    ['never with a dead token', open({}, { tokenExpiresAt: noon }), null],
    ['never once it is shown', open({ delivery: 'delivered' }), null],
    ['never once it was given up on', open({ delivery: 'undeliverable' }), null],
  ])('%s', (_, task, at) => {
    expect(nextLook(task, unknown)).toEqual(at);
  });

  test.each<[string, Partial<Task>, number, Date]>([
    ['at the next quarter of the usual time', { renderingAt: later(-30_000) }, 100_000, later(20_000)],
    ['at its end', { renderingAt: later(-80_000) }, 100_000, later(20_000)],
    ['not twice within ten seconds', { renderingAt: later(-49_000), shownAt: later(-1_000) }, 100_000, later(9_000)],
    ['once more when it is late, if it takes longer', { renderingAt: later(-300_000) }, 100_000, lateAt],
    ['when it is late, if that comes first', { renderingAt: noon }, 60 * minute, lateAt],
  ])('%s', (_, more, usualMs, at) => {
    expect(nextLook(open(more), { place: null, usualMs })).toEqual(at);
  });

  test.each([
    [null, 0],
    [later(-20_000), 0],
    [later(-4_000), 6_000],
  ])('with what was said at %s it may be said again in %i ms', (shownAt, ms) => {
    expect(soonest(open({ shownAt }))).toBe(later(ms).getTime());
  });
});

test.each([
  [null, 0],
  [later(0), 15_000],
  [later(-14_999), 1],
  [later(-15_000), 0],
  [later(-60_000), 0],
])('an edit begun at %s may still land for %i ms', (editAt, ms) => {
  expect(editUnderWayMs(aTask({ editAt }))).toBe(ms);
});
