import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { afterFailedPost, failureOf, problemsOf } from '#src/discord/failures.ts';

const request = {
  method: 'PATCH',
  url: 'https://discord.com/api/v10/webhooks/1/secret-token',
  body: { json: { content: 'a fox' }, files: undefined },
};
const api = (status: number, code: number, raw: object = {}) =>
  new DiscordAPIError({ code, message: 'no', ...raw }, code, status, request.method, request.url, request.body);

describe('what a failed call says', () => {
  test('an error of Discord has its status and code', () => {
    expect(failureOf(api(403, 50013))).toEqual({ status: 403, code: 50013 });
  });

  test('a refused form has its fields and rules, and nothing of what was sent', () => {
    const errors = {
      content: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 2000 or fewer.' }] },
      components: { 0: { url: { _errors: [{ code: 'a naked fox', message: '"a naked fox" is no URL.' }] } } },
      'a naked fox': { _errors: [{ code: 'NO_FOX', message: 'fox' }] },
    };

    expect(failureOf(api(400, 50035, { errors }))).toEqual({
      status: 400,
      code: 50035,
      problems: ['content BASE_TYPE_MAX_LENGTH', 'components.0.url ?', '? NO_FOX'],
    });
  });

  test('a tree that is none, or without end, has no problems to tell', () => {
    const endless: Record<string, unknown> = {};
    endless.a = endless;
    const wide = { content: { _errors: Array.from({ length: 1000 }, () => ({ code: 'X' })) } };

    for (const errors of [undefined, null, 'fox', 5, [], { _errors: 'fox' }, endless])
      expect(problemsOf(errors)).toEqual([]);
    expect(problemsOf({ _errors: ['fox', null, { code: 5 }] })).toEqual([' ?', ' ?', ' ?']);
    expect(problemsOf(wide)).toHaveLength(20);
  });

  test('a server error has a status, a rate limit its wait, anything else neither', () => {
    const limit = {
      timeToReset: 50,
      limit: 5,
      method: 'PATCH',
      hash: '',
      url: '',
      route: '/webhooks',
      majorParameter: '',
      global: false,
      retryAfter: 1500,
      sublimitTimeout: 0,
      scope: 'user',
    } as const;

    expect(failureOf(new HTTPError(502, 'Bad Gateway', 'PATCH', request.url, request.body))).toEqual({
      status: 502,
      code: null,
    });
    expect(failureOf(new RateLimitError(limit))).toEqual({ status: 429, code: null, retryAfterMs: 1500 });
    expect(failureOf(new DOMException('aborted', 'AbortError'))).toEqual({ status: null, code: null });
    expect(failureOf(undefined)).toEqual({ status: null, code: null });
  });

  test('an error page in front of Discord has a status and no code', () => {
    const page = new DiscordAPIError(
      new ArrayBuffer(4) as never,
      undefined as never,
      403,
      'GET',
      request.url,
      request.body,
    );

    expect(failureOf(page)).toEqual({ status: 403, code: null });
  });
});

// discord.md §10, code by code.
describe('how a failed post goes on', () => {
  test.each([
    [404, 10062, 'token-dead'],
    [401, 50027, 'token-dead'],
    [404, 10015, 'token-dead'],
    [404, 10008, 'message-gone'],
    [404, 10003, 'closed'],
    [404, 10004, 'closed'],
    [403, 50001, 'closed'],
    [403, 50013, 'closed'],
    [403, 50007, 'closed'],
    [400, 50007, 'closed'],
    [403, 50278, 'closed'],
    [413, 40005, 'too-large'],
    [413, null, 'too-large'],
    [400, 40005, 'too-large'],
    [400, 50045, 'too-large'],
    [403, 400001, 'too-large'],
    [400, 50035, 'closed'],
    [400, 50006, 'closed'],
    [400, 40094, 'closed'],
    [400, 200000, 'blocked'],
    [400, 240000, 'blocked'],
    [400, 20009, 'blocked'],
    [400, 30046, 'closed'],
    [400, 50083, 'closed'],
    [400, 160005, 'closed'],
    [400, 50109, 'closed'],
    [404, null, 'closed'],
  ])('HTTP %s with code %s: %s', (status, code, refused) => {
    expect(afterFailedPost({ status, code }, 'bot')).toEqual({ refused });
  });

  test.each([
    [401, 0],
    [401, null],
    [403, 0],
    [403, null],
    [403, 40333],
    [403, 50001],
    [403, 50013],
    [404, 0],
    [404, null],
  ])('HTTP %s with code %s on the reply’s own token: it is dead', (status, code) => {
    expect(afterFailedPost({ status, code }, 'token')).toEqual({ refused: 'token-dead' });
  });

  test.each([
    [401, 0],
    [403, null],
    [403, 40333],
  ])('HTTP %s with code %s on the bot’s token: it is shut out of Discord, not of this place', (status, code) => {
    expect(afterFailedPost({ status, code }, 'bot')).toEqual({ later: 60_000, isUnsent: true });
  });

  test.each([{ status: null }, { status: 500 }])('after %j a message may be there', ({ status }) => {
    expect(afterFailedPost({ status, code: null }, 'bot')).toEqual({ later: 2_000 });
    expect(afterFailedPost({ status, code: null, isUnsent: true }, 'bot')).toEqual({ later: 2_000, isUnsent: true });
  });

  test.each([
    [429, null],
    [403, 40003],
    [429, 20016],
    [429, 20028],
    [429, 20029],
    [429, 40062],
    [500, 0],
    [502, null],
    [503, 130000],
    [400, 130000],
    [599, null],
    [null, null],
  ])('HTTP %s with code %s passes', (status, code) => {
    expect(afterFailedPost({ status, code }, 'bot')).toMatchObject({ later: expect.any(Number) });
  });

  test('a rate limit is waited out as long as Discord says', () => {
    expect(afterFailedPost({ status: 429, code: null, retryAfterMs: 12_500 }, 'bot')).toEqual({
      later: 12_500,
      isUnsent: true,
    });
  });

  test('a wait that no row could keep is an hour', () => {
    expect(afterFailedPost({ status: 429, code: null, retryAfterMs: 1e300 }, 'bot')).toMatchObject({
      later: 3_600_000,
    });
  });
});
