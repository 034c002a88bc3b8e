import { expect, test } from 'vitest';
import { retryAfterMs } from '#src/rivya/retry-after.ts';

const now = Date.parse('2026-11-22T12:00:00Z');

test.each([
  [undefined, undefined],
  ['', undefined],
  ['  ', undefined],
  ['soon', undefined],
  ['1e3', undefined],
  ['0', 0],
  ['1', 1000],
  [' 2 ', 2000],
  ['2.5', 2500],
  ['3600', 3_600_000],
  ['3601', 3_600_000],
  ['99999999999999999999', 3_600_000],
  ['Sun, 22 Nov 2026 12:00:30 GMT', 30_000],
  ['Sun, 22 Nov 2026 11:59:30 GMT', 0],
  ['Sun, 22 Nov 2027 12:00:00 GMT', 3_600_000],
  [['5', '6'], 5000],
])('Retry-After %j is %s ms', (header, expected) => {
  expect(retryAfterMs(header, now)).toBe(expected);
});
