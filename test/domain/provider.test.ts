import { describe, expect, test } from 'vitest';
import { isKeyRefused, needsOperator, ProviderError, reactionTo, saysNotTaken } from '#src/domain/provider.ts';

const error = (code: string, status: number | null) =>
  new ProviderError('POST x', { code, status, surelyNotTaken: false });

// rivya-api.md §8, every code with its status, and what the page's advice comes to.
describe('documented codes', () => {
  test.each([
    ['public_api_disabled', 503, 'retry'],
    ['api_key_missing', 401, 'new-key'],
    ['api_key_invalid', 401, 'new-key'],
    ['api_key_revoked', 401, 'new-key'],
    ['api_key_expired', 401, 'new-key'],
    ['api_scope_denied', 403, 'refuse'],
    ['rate_limited', 429, 'slow-down'],
    ['validation_failed', 400, 'refuse'],
    ['not_found', 404, 'refuse'],
    ['webhook_url_rejected', 400, 'refuse'],
    ['chat_model_not_supported', 400, 'refuse'],
    ['chat_attachment_not_supported', 400, 'refuse'],
    ['idempotency_conflict', 409, 'retry'],
    ['insufficient_credits', 402, 'refuse'],
  ] as const)('%s (%i): %s', (code, status, reaction) => {
    expect(reactionTo(error(code, status))).toBe(reaction);
  });

  test.each([
    ['insufficient_credits', 'refuse'],
    ['validation_failed', 'refuse'],
    ['api_key_revoked', 'new-key'],
    ['api_scope_denied', 'refuse'],
    ['rate_limited', 'slow-down'],
    ['public_api_disabled', 'retry'],
    ['idempotency_conflict', 'retry'],
  ] as const)('%s is known by its code, whatever the status', (code, reaction) => {
    for (const status of [400, 402, 403, 409, 422, 500, 503]) {
      expect([status, reactionTo(error(code, status))]).toEqual([status, reaction]);
    }
  });
});

test.each([
  [400, 'refuse'],
  [401, 'new-key'],
  [402, 'refuse'],
  [403, 'refuse'],
  [404, 'refuse'],
  [408, 'retry'],
  [409, 'retry'],
  [413, 'refuse'],
  [422, 'refuse'],
  [429, 'slow-down'],
  [451, 'refuse'],
  [500, 'retry'],
  [502, 'retry'],
  [503, 'retry'],
  [504, 'retry'],
  [599, 'retry'],
  [302, 'retry'],
  [200, 'retry'],
  [null, 'retry'],
] as const)('an unknown code with HTTP %s: %s', (status, reaction) => {
  expect(reactionTo(error('brand_new_code', status))).toBe(reaction);
});

test.each([
  ['validation_failed', true],
  ['insufficient_credits', true],
  ['rate_limited', true],
  ['public_api_disabled', true],
  ['api_key_expired', true],
  ['idempotency_conflict', false],
  ['brand_new_code', false],
  ['http_500', false],
])('%s alone says that nothing was taken: %s', (code, expected) => {
  expect(saysNotTaken(code)).toBe(expected);
});

test.each([
  ['x', 401, true],
  ['http_403', 403, true],
  ['api_scope_denied', 403, false],
  ['api_key_revoked', 418, true],
  ['content_blocked', 403, false],
  ['http_400', 400, false],
  ['http_404', 404, false],
  ['rate_limited', 429, false],
  ['http_500', 500, false],
  ['timeout', null, false],
])('%s with HTTP %s means a refused key: %s', (code, status, expected) => {
  expect(isKeyRefused(error(code, status))).toBe(expected);
});

test.each([
  ['api_key_expired', 401, true],
  ['api_scope_denied', 403, true],
  ['insufficient_credits', 402, true],
  ['validation_failed', 400, false],
  ['http_500', 500, false],
])('%s with HTTP %s needs an operator: %s', (code, status, expected) => {
  expect(needsOperator(error(code, status))).toBe(expected);
});

test('its message says call, code and status and nothing else', () => {
  const cause = new Error('socket');
  const full = new ProviderError('GET y', {
    code: 'c',
    status: 500,
    requestId: 'req_1',
    said: 'a secret',
    surelyNotTaken: true,
    cause,
  });

  expect(full.message).toBe('GET y: c (500)');
  expect(full.cause).toBe(cause);
  expect(error('no_answer', null).message).toBe('POST x: no_answer');
});
