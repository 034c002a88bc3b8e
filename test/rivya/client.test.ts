import { createHash } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { reactionTo } from '#src/domain/provider.ts';
import { longestCallMs, openRivya } from '#src/rivya/client.ts';
import { jpeg, png } from '#test/images.ts';
import { begin, connect, deadUrl, failure, serve } from './begin.ts';

const key = '0b1f6d0e-7c52-4c7f-9a37-6d1f0c9a1e55';
const body = JSON.stringify({ model: 'kling-3-0', prompt: 'a boat at dusk', client_request_id: key });
const picture = { name: 'first.png', mimeType: 'image/png', model: 'kling-3-0', traceId: key };

async function* chunked(bytes: Buffer, size = 7) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('create and read', () => {
  test('a create becomes a render that can be read to its end', async () => {
    const { standIn, client } = await begin();

    const created = await client.create(body, key);
    const [task] = standIn.tasks;
    standIn.finish(created.id, { urls: ['https://a.example/1.mp4', 'https://a.example/2.mp4'], finalCredits: 45 });
    const done = await client.read(created.id);

    expect(created).toEqual({
      id: task?.id,
      state: 'going',
      reservedCredits: 90,
      finalCredits: null,
      urls: [],
      errorCode: null,
      errorMessage: null,
    });
    expect(task).toMatchObject({ idempotencyKey: key, clientRequestId: key });
    expect(task?.rawBody.toString()).toBe(body);
    expect(done).toMatchObject({ id: created.id, state: 'succeeded', finalCredits: 45 });
    expect(done.urls).toEqual(['https://a.example/1.mp4', 'https://a.example/2.mp4']);
    expect(standIn.violations).toEqual([]);
  });

  test('the same key and bytes again give the same render, and only one is paid', async () => {
    const { standIn, client } = await begin();

    const [first, second] = [await client.create(body, key), await client.create(body, key)];

    expect(second).toEqual(first);
    expect(standIn.tasks).toHaveLength(1);
    expect(standIn.credits).toBe(9000 - 90);
    expect(standIn.violations).toEqual([]);
  });

  test('a failed render tells the code and words of the provider', async () => {
    const { standIn, client } = await begin();
    const { id } = await client.create(body, key);
    standIn.fail(id, { code: 'generation_failed', message: 'Too dark.' });

    expect(await client.read(id)).toMatchObject({
      state: 'failed',
      finalCredits: 0,
      urls: [],
      errorCode: 'generation_failed',
      errorMessage: 'Too dark.',
    });
  });

  test.each([200, 201, 202, 299])('%i on create is success', async (createStatus) => {
    const { client } = await begin({ createStatus });

    expect(await client.create(body, key)).toMatchObject({ state: 'going' });
  });

  test('an id goes into the path escaped', async () => {
    const { standIn, client } = await begin();

    expect(await failure(client.read('../credits?x=/#'))).toMatchObject({ code: 'not_found', status: 404 });
    expect(standIn.requests.at(-1)?.path).toBe('/api/v1/generations/..%2Fcredits%3Fx%3D%2F%23');
  });

  test('a base URL with a path keeps it', async () => {
    const paths: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      paths.push(request.url);
      response.end('{"current_credits":7}');
    });

    expect(await connect(`${url}/proxy/`).balance()).toBe(7);
    expect(paths).toEqual(['/proxy/api/v1/credits']);
  });

  test('the balance is what the wallet has', async () => {
    const { client } = await begin({ credits: 123 });

    expect(await client.balance()).toBe(123);
  });
});

describe('answers that differ from the pages', () => {
  const going = { id: 't', state: 'going', reservedCredits: null, finalCredits: null, urls: [] };
  const url = 'https://a.example/1.mp4';

  test.each([
    ['only the certain fields', { id: 't', status: 'queued' }, going],
    ['a status nobody knows', { id: 't', status: 'archiving', final_credits: 5 }, going],
    ['a zero price while it runs', { id: 't', status: 'processing', final_credits: 0 }, going],
    ['fields nobody knows', { id: 't', status: 'queued', eta: 3, result: { preview: 1 } }, going],
    ['credits as text', { id: 't', status: 'queued', reserved_credits: '90' }, going],
    ['negative credits', { id: 't', status: 'queued', reserved_credits: -90 }, going],
    ['credits no column holds', { id: 't', status: 'queued', reserved_credits: 1e12 }, going],
    [
      'credits with a fraction, rounded up',
      { id: 't', status: 'queued', reserved_credits: 4.2 },
      { reservedCredits: 5 },
    ],
    ['a price of zero', { id: 't', status: 'succeeded', final_credits: 0 }, { finalCredits: 0 }],
    ['a price that no video has', { id: 't', status: 'succeeded', final_credits: 1e7 }, { finalCredits: null }],
    ['no price', { id: 't', status: 'succeeded' }, { state: 'succeeded', finalCredits: null }],
    ['a null price', { id: 't', status: 'succeeded', final_credits: null }, { finalCredits: null }],
    ['only urls', { id: 't', status: 'succeeded', result: { urls: [url] } }, { urls: [url] }],
    ['only primary_url', { id: 't', status: 'succeeded', result: { primary_url: url } }, { urls: [url] }],
    [
      'the primary one first',
      { id: 't', status: 'succeeded', result: { primary_url: 'b', urls: ['a', 'b'] } },
      { urls: ['b', 'a'] },
    ],
    ['urls that are none', { id: 't', status: 'succeeded', result: { urls: [null, 7, '', url] } }, { urls: [url] }],
    ['urls as an object', { id: 't', status: 'succeeded', result: { urls: { 0: url } } }, { urls: [] }],
    ['a result as text', { id: 't', status: 'succeeded', result: url }, { urls: [] }],
    [
      'an error as text',
      { id: 't', status: 'failed', error: 'no' },
      { state: 'failed', errorCode: null, errorMessage: null },
    ],
    [
      'addresses that cannot be stored',
      {
        id: 't',
        status: 'succeeded',
        result: { primary_url: 'a\0', urls: ['b\ud800', `${url}?${'x'.repeat(20_000)}`, url] },
      },
      { urls: [url] },
    ],
    [
      'addresses without number',
      { id: 't', status: 'succeeded', result: { urls: Array.from({ length: 500 }, (_, index) => `${url}?${index}`) } },
      { urls: Array.from({ length: 20 }, (_, index) => `${url}?${index}`) },
    ],
    [
      'words that cannot be stored',
      { id: 't', status: 'failed', error: { code: 'c', message: `a\0b\udc00${'x'.repeat(5000)}` } },
      { errorMessage: `ab\ufffd${'x'.repeat(1996)}` },
    ],
    [
      'an error code that is a sentence',
      { id: 't', status: 'failed', error: { code: 'a b\nc', message: 'm' } },
      { errorCode: null, errorMessage: 'm' },
    ],
  ])('%s', async (_, answer, expected) => {
    const origin = await serve((_request, response) => response.end(JSON.stringify(answer)));

    expect(await connect(origin).read('t')).toMatchObject(expected);
  });

  test.each([
    ['no JSON', '<html>'],
    ['nothing', ''],
    ['null', 'null'],
    ['no id', '{"status":"queued"}'],
    ['an empty id', '{"id":"","status":"queued"}'],
    ['no status', '{"id":"t"}'],
    ['more than a megabyte', `{"id":"t","status":"queued","x":"${'x'.repeat(2 ** 20)}"}`],
  ])('%s with a 200 is a failure that may have been taken', async (_, text) => {
    const origin = await serve((_request, response) => response.end(text));

    const error = await failure(connect(origin).create(body, key));

    expect(error.surelyNotTaken).toBe(false);
    expect(reactionTo(error)).toBe('retry');
  });
});

describe('upload', () => {
  test.each(['top', 'file', 'data'] as const)('the URL is found where the answer has it (%s)', async (uploadShape) => {
    const { standIn, client } = await begin({ uploadShape, uploadStatus: 201, durationToken: 'token-1' });
    const bytes = png(1000);

    const uploaded = await client.upload({ ...picture, length: bytes.length, bytes: chunked(bytes) });

    const [file] = standIn.files;
    expect(uploaded).toEqual({ name: 'first.png', mimeType: 'image/png', url: file?.url, durationToken: 'token-1' });
    expect(file).toMatchObject({ kind: 'image', model: 'kling-3-0', clientRequestId: key, size: 1000 });
    expect(file?.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(standIn.violations).toEqual([]);
  });

  test.each(['с"нег\r\nX: 1.jpg', '雪 (1) 100%.jpg', `${'n'.repeat(200)}.jpg`])(
    'a file may be called %j',
    async (name) => {
      const { standIn, client } = await begin();
      const bytes = jpeg();

      const uploaded = await client.upload({
        ...picture,
        name,
        mimeType: 'image/jpeg',
        length: bytes.length,
        bytes: chunked(bytes),
      });

      expect(uploaded.name).toBe(name);
      expect(standIn.files[0]?.name).toBe(name.replace('"', '%22').replace('\r', '%0D').replace('\n', '%0A'));
      expect(standIn.violations).toEqual([]);
    },
  );

  test.each([-1, 1])('a source %i byte off its length is never taken for whole', async (off) => {
    const { standIn, client } = await begin();
    const bytes = png();

    const error = await failure(client.upload({ ...picture, length: bytes.length + off, bytes: chunked(bytes) }));

    expect(error).toMatchObject({ status: null });
    expect(standIn.files).toEqual([]);
  });

  test('a source that fails half-way ends the upload with its reason', async () => {
    const { standIn, client } = await begin();
    const reason = new Error('the source broke');
    async function* broken() {
      yield png().subarray(0, 20);
      throw reason;
    }

    const error = await failure(client.upload({ ...picture, length: png().length, bytes: broken() }));

    expect(error.cause).toBe(reason);
    expect(standIn.files).toEqual([]);
  });

  test('an answer without a URL is a failure', async () => {
    const origin = await serve((request, response) => request.resume().on('end', () => response.end('{"id":"f"}')));
    const bytes = png();

    const call = connect(origin).upload({ ...picture, length: bytes.length, bytes: chunked(bytes) });

    expect(await failure(call)).toMatchObject({ code: 'bad_answer', status: 200 });
  });
});

describe('failures', () => {
  test.each([
    ['validation_failed', 400, true],
    ['api_key_missing', 401, true],
    ['api_key_invalid', 401, true],
    ['api_key_revoked', 401, true],
    ['api_key_expired', 401, true],
    ['api_scope_denied', 403, true],
    ['not_found', 404, true],
    ['rate_limited', 429, true],
    ['public_api_disabled', 503, true],
    ['insufficient_credits', 402, true],
    ['insufficient_credits', 409, true],
    ['insufficient_credits', 500, true],
    ['idempotency_conflict', 409, false],
    ['idempotency_conflict', 400, false],
    ['some_new_code', 422, true],
    ['some_new_code', 409, false],
    ['some_new_code', 500, false],
  ])('%s with HTTP %i: surely not taken is %s', async (code, status, surelyNotTaken) => {
    const { standIn, client } = await begin();
    standIn.faults.add({ route: '/api/v1/generations', code, status });

    const error = await failure(client.create(body, key));

    expect(error).toMatchObject({ code, status, surelyNotTaken, said: `${code}.` });
    expect(error.requestId).toMatch(/^req_\w+$/);
  });

  test.each([
    [400, true, 'http_400'],
    [404, true, 'http_404'],
    [408, false, 'http_408'],
    [409, false, 'http_409'],
    [429, true, 'rate_limited'],
    [302, false, 'http_302'],
    [500, false, 'http_500'],
    [502, false, 'http_502'],
    [503, false, 'http_503'],
    [504, false, 'http_504'],
  ])('HTTP %i without the envelope: surely not taken is %s, code %s', async (status, surelyNotTaken, code) => {
    const { standIn, client } = await begin();
    standIn.faults.add({ route: '/api/v1/generations', status });

    expect(await failure(client.create(body, key))).toMatchObject({
      code,
      status,
      surelyNotTaken,
      requestId: undefined,
    });
  });

  test('an envelope with sentences for code and request id gives neither', async () => {
    const { standIn, client } = await begin();
    const error = { code: 'bad prompt: a naked fox', message: 7, requestId: 'https://a.example/?sig=1' };
    standIn.faults.add({ route: '/api/v1/generations', status: 400, body: { error } });

    const seen = await failure(client.create(body, key));

    expect(seen).toMatchObject({ code: 'http_400', requestId: undefined, said: undefined });
  });

  test.each([
    ['7', 7_000],
    ['0.5', 500],
    ['0', 0],
    ['999999', 3_600_000],
    ['soon', undefined],
    [undefined, undefined],
  ])('429 with Retry-After %s waits %s ms', async (header, retryAfterMs) => {
    const { standIn, client } = await begin();
    const headers = header === undefined ? {} : { 'retry-after': header };
    standIn.faults.add({ route: '/api/v1/generations', code: 'rate_limited', headers });

    const error = await failure(client.create(body, key));

    expect(error.retryAfterMs).toBe(retryAfterMs);
    expect(reactionTo(error)).toBe('slow-down');
  });

  test('429 with a date waits until then', async () => {
    const { standIn, client } = await begin();
    const date = new Date(Date.now() + 60_000).toUTCString();
    standIn.faults.add({ route: '/api/v1/generations', code: 'rate_limited', headers: { 'retry-after': date } });

    const { retryAfterMs } = await failure(client.create(body, key));

    expect(retryAfterMs).toBeGreaterThan(30_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  test('nobody listening: surely not taken', async () => {
    const error = await failure(connect(await deadUrl()).create(body, key));

    expect(error).toMatchObject({ code: 'ECONNREFUSED', status: null, surelyNotTaken: true });
    expect(reactionTo(error)).toBe('retry');
  });

  test('a host that does not exist: surely not taken', async () => {
    expect(await failure(connect('http://rivya.invalid').create(body, key))).toMatchObject({ surelyNotTaken: true });
  });

  test.each(['before', 'after'] as const)(
    'a connection lost %s it took effect: it may have been taken',
    async (when) => {
      const { standIn, client } = await begin();
      standIn.faults.add({ route: '/api/v1/generations', drop: true, when });

      const error = await failure(client.create(body, key));
      const again = await client.create(body, key);

      expect(error).toMatchObject({ status: null, surelyNotTaken: false });
      expect(reactionTo(error)).toBe('retry');
      expect(standIn.tasks.map(({ id }) => id)).toEqual([again.id]);
      expect(standIn.violations).toEqual([]);
    },
  );

  test.each([
    ['no headers', 'UND_ERR_HEADERS_TIMEOUT', { headersMs: 100 }],
    ['no end of the call', 'timeout', { callMs: 100 }],
  ])('a provider that hangs (%s): it may have been taken', async (_, code, timeouts) => {
    const { standIn } = await begin();
    await using client = openRivya({ url: standIn.url, apiKey: standIn.apiKey, timeouts });
    const { promise, resolve } = Promise.withResolvers<void>();
    standIn.faults.add({ route: '/api/v1/generations', hold: promise, when: 'after' });

    const error = await failure(client.create(body, key));
    resolve();

    expect(error).toMatchObject({ code, status: null, surelyNotTaken: false });
    expect(standIn.tasks).toHaveLength(1);
  });

  test('a body that stalls: it may have been taken', async () => {
    const url = await serve((_request, response) => response.writeHead(200).write('{"id":'));
    await using client = openRivya({ url, apiKey: 'rvya_sk_test', timeouts: { bodyMs: 100 } });

    expect(await failure(client.create(body, key))).toMatchObject({
      code: 'UND_ERR_BODY_TIMEOUT',
      surelyNotTaken: false,
    });
  });

  test('no call lasts longer than a lease on its row', () => {
    expect(longestCallMs).toBeLessThan(60_000);
  });

  test('an error never carries the key, the id or the body', async () => {
    const { standIn, client } = await begin();
    standIn.faults.add({ route: '/api/v1/generations', status: 500 });
    const errors = [
      await failure(client.create(body, key)),
      await failure(client.read('task_secret')),
      await failure(connect(standIn.url, 'rvya_sk_wrong').balance()),
    ];

    for (const error of errors) {
      const text = `${error.message} ${error.stack} ${JSON.stringify(error)}`;
      expect(text).not.toMatch(/rvya_sk|task_secret|boat|0b1f6d0e/);
    }
    expect(errors.map(({ message }) => message)).toEqual([
      'POST /api/v1/generations: http_500 (500)',
      'GET /api/v1/generations: not_found (404)',
      'GET /api/v1/credits: api_key_invalid (401)',
    ]);
  });
});

test('each call is told by its route and the status of its answer, never by an id', async () => {
  const told: (readonly [route: string, status: number | null])[] = [];
  const onCall = (route: string, status: number | null) => void told.push([route, status]);
  const { standIn } = await begin();
  const here = openRivya({ url: standIn.url, apiKey: standIn.apiKey, onCall });
  const nowhere = openRivya({ url: await deadUrl(), apiKey: standIn.apiKey, onCall });
  onTestFinished(async () => {
    await Promise.all([here.close(), nowhere.close()]);
  });

  const { id } = await here.create(body, key);
  await here.read(id);
  await failure(here.read('task_secret'));
  await failure(nowhere.balance());

  expect(told).toEqual([
    ['POST /api/v1/generations', 200],
    ['GET /api/v1/generations', 200],
    ['GET /api/v1/generations', 404],
    ['GET /api/v1/credits', null],
  ]);
});
