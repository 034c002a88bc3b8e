import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ZodError } from 'zod';
import { ProviderError, reactionTo } from '#src/domain/provider.ts';
import { storable } from '#src/domain/storable.ts';
import { readError, readFile, readGeneration } from '#src/rivya/answers.ts';
import { retryAfterMs } from '#src/rivya/retry-after.ts';
import { check, property } from '#test/property.ts';
import { connect, serve } from '../rivya/begin.ts';
import { anyJson, anyText, nearly } from './arbitraries.ts';

const credits = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.double(), fc.constant(null), fc.integer());
const generation = fc.record(
  {
    id: fc.oneof(fc.constant('task_1'), anyText),
    status: fc.oneof(fc.constantFrom('queued', 'processing', 'succeeded', 'failed', 'SUCCEEDED', 'failed '), anyText),
    reserved_credits: credits,
    final_credits: credits,
    result: fc.record({ primary_url: anyText, urls: fc.array(fc.oneof(fc.webUrl(), anyJson)) }, { requiredKeys: [] }),
    error: fc.record({ code: anyText, message: anyText }, { requiredKeys: [] }),
  },
  { requiredKeys: ['id', 'status'] },
);
const code = fc.oneof(
  anyText,
  fc.constantFrom('validation_failed', 'rate_limited', 'idempotency_conflict', 'api_key_revoked', 'internal_error'),
);
const envelope = fc.record({ error: fc.record({ code, message: anyText, requestId: anyText }) });
const answer = fc.oneof(nearly(generation), nearly(envelope), anyJson);
const word = /^[\w.:-]{1,100}$/;

/** The value at a path, if all of it is there. */
function at(json: unknown, ...path: readonly string[]): unknown {
  return path.reduce(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    json,
  );
}

property('an answer is a render by its own words alone, and all of it can be stored', [answer], (json) => {
  let render: ReturnType<typeof readGeneration>;
  try {
    render = readGeneration(json);
  } catch (error) {
    expect(error).toBeInstanceOf(ZodError);
    return;
  }

  const status = at(json, 'status');
  expect(render.state).toBe(status === 'succeeded' || status === 'failed' ? status : 'going');
  for (const amount of [render.reservedCredits, render.finalCredits]) {
    expect(amount === null || (Number.isInteger(amount) && amount >= 0 && amount <= 1_000_000)).toBe(true);
  }
  expect(render.state === 'going' && render.finalCredits !== null).toBe(false);
  const urls = [at(json, 'result', 'primary_url'), ...[at(json, 'result', 'urls')].flat()];
  expect(urls).toEqual(expect.arrayContaining([...render.urls]));
  expect(new Set(render.urls).size).toBe(render.urls.length);
  expect(render.urls.length).toBeLessThanOrEqual(21);
  for (const text of [render.id, ...render.urls, render.errorMessage ?? 'x']) expect(storable(text)).toBe(text);
  expect(render.errorCode === null || word.test(render.errorCode)).toBe(true);
});

property('an error’s codes are words, never a sentence, an address or a prompt', [answer], (json) => {
  const { code = 'x', requestId = 'x', message = 'x' } = readError(json);

  expect([code, requestId]).toEqual([expect.stringMatching(word), expect.stringMatching(word)]);
  expect(storable(message)).toBe(message);
});

const file = fc.record({ url: fc.oneof(fc.webUrl(), anyText), duration_token: anyText }, { requiredKeys: [] });
const upload = fc.oneof(file, fc.record({ file }), fc.record({ data: file }), anyJson);

property('an uploaded file has an address, or is none', [nearly(upload)], (json) => {
  try {
    const { url, durationToken } = readFile(json);
    const holders = [json, at(json, 'file'), at(json, 'data')];
    expect(holders.map((holder) => at(holder, 'url'))).toContain(url);
    expect([url, durationToken ?? 'x'].map(storable)).toEqual([url, durationToken ?? 'x']);
  } catch (error) {
    expect(error).toBeInstanceOf(ZodError);
  }
});

const seconds = fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.bigInt()).map(String);

property(
  'a Retry-After is a wait of an hour at most, or nothing',
  [fc.oneof(seconds, fc.date().map(String), anyText)],
  (header) => {
    const ms = retryAfterMs(header, Date.now());

    expect(ms === undefined || (ms >= 0 && ms <= 3_600_000)).toBe(true);
  },
);

const status = fc.oneof(
  fc.constantFrom(200, 201, 204, 400, 401, 402, 403, 404, 408, 409, 422, 429, 500, 502, 503),
  fc.integer({ min: 200, max: 599 }),
);

/** Documented codes that are a no by themselves (rivya-api.md §8). */
const plainNo = new Set([
  ...['api_key_missing', 'api_key_invalid', 'api_key_revoked', 'api_key_expired', 'api_scope_denied'],
  ...['validation_failed', 'not_found', 'insufficient_credits', 'rate_limited', 'public_api_disabled'],
]);

// One server for all cases: it says what the case at hand is about.
test('only an answer that says so ends a render, whatever comes with whatever status', async ({ task }) => {
  let next = { status: 200, text: '' };
  const url = await serve((request, response) => {
    request.resume();
    response.writeHead(next.status, { 'content-type': 'application/json' }).end(next.text);
  });
  const client = connect(url);
  const text = fc.oneof(
    answer.map((json) => JSON.stringify(json) ?? ''),
    anyText,
  );

  await check(
    task,
    [status, text, fc.boolean()],
    async (code, said, isCreate) => {
      next = { status: code, text: said };

      const outcome = await (isCreate ? client.create('{}', 'key-1') : client.read('task_1')).catch(
        (error: unknown) => error,
      );

      if (!(outcome instanceof ProviderError)) {
        expect([code >= 200 && code < 300, outcome]).toMatchObject([true, { id: expect.any(String) }]);
        return;
      }
      // What says that nothing was taken, and what ends a task, must be a no that the provider itself gave.
      const isNo = code >= 400 && code < 500 && code !== 408 && code !== 409;
      if (outcome.surelyNotTaken) expect([isNo, plainNo.has(outcome.code)]).toContain(true);
      if (reactionTo(outcome) === 'refuse') expect([isNo && code !== 429, plainNo.has(outcome.code)]).toContain(true);
      expect(outcome.message).toMatch(/^(GET|POST) \/api\/v1\/generations: [\w.:-]+( \(\d+\))?$/);
      expect(outcome.status === code || outcome.status === null).toBe(true);
    },
    { share: 0.5 },
  );
});
