import { expect, test } from 'vitest';
import { actorOf, isManager, refuseCredits, refuseReason, tidyReason } from '#src/domain/acts.ts';
import { aReply } from './builders.ts';

const home = '200000000000000001';
const ann = { id: '500000000000000001', userId: '600000000000000001', permissions: 32n };

test.each<[string, bigint, string | null, boolean]>([
  ['with "Manage Server"', 1n << 5n, home, true],
  ['as an administrator', 1n << 3n, home, true],
  ['with all permissions', ~0n, home, true],
  ['with everything but these two', ~0n ^ (1n << 5n) ^ (1n << 3n), home, false],
  ['with none', 0n, home, false],
  ['in a DM, whatever is said of permissions', ~0n, null, false],
])('%s: manages the server or not', (_, permissions, guildId, manages) => {
  expect(isManager({ source: '1', userId: ann.userId, guildId, permissions })).toBe(manages);
});

test('who comes by a user install manages nothing, not even where they own the server', () => {
  const installed = actorOf({ ...ann, reply: aReply({ hasBot: false }) });

  expect(installed).toEqual({ source: ann.id, userId: ann.userId, guildId: null, permissions: 32n });
  expect(isManager(installed)).toBe(false);
  expect(isManager(actorOf({ ...ann, reply: aReply() }))).toBe(true);
});

test.each([
  [1, true],
  [90, true],
  [100, true],
  [0, false],
  [101, false],
  [-1, false],
  [1.5, false],
  [Number.NaN, false],
  [Number.POSITIVE_INFINITY, false],
  [2 ** 53, false],
])('%d of 1 to 100 credits: taken is %s', (credits, isTaken) => {
  expect(refuseCredits(credits, 1, 100)).toEqual(isTaken ? null : { refused: 'credits', least: 1, most: 100 });
});

test.each([
  [' won the\n\tcontest ', 'won the contest'],
  ['a\0b \ud800', 'ab \ufffd'],
  ['', null],
  [' \n ', null],
  [null, null],
])('the reason %j becomes one line that can be stored', (reason, tidy) => {
  expect(tidyReason(reason)).toBe(tidy);
});

test('a reason may be missing where none is needed, and is never over 400 characters', () => {
  const refusal = { refused: 'reason', most: 400 };

  expect(refuseReason(null, false)).toBeNull();
  expect(refuseReason(null, true)).toEqual(refusal);
  expect(refuseReason('x'.repeat(400), true)).toBeNull();
  expect(refuseReason('x'.repeat(401), false)).toEqual(refusal);
});
