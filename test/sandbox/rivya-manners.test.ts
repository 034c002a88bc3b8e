import { request } from 'node:http';
import { expect, test } from 'vitest';
import { begin, promptOnly, until } from './rivya-calls.ts';

test('a well-behaved client leaves no violation', async () => {
  const { rivya, create, read, upload, balance, get } = await begin();
  const { json: file } = await upload();
  const { json } = await create({ ...promptOnly, params: { referenceMediaItems: [{ url: file.url, kind: 'image' }] } });
  await read(json.id);
  rivya.finish(String(json.id));
  await read(json.id);
  await fetch(`${rivya.url}/results/${String(json.id)}/film.mp4`);
  await balance();
  await get('/api/v1/models');

  expect(rivya.violations).toEqual([]);
});

test('asking for an open task more often than agreed is one', async () => {
  const { rivya, create, read } = await begin({ minPollMs: 60_000 });
  const { json } = await create();

  await read(json.id);

  expect(rivya.violations).toEqual([expect.stringMatching(/status asked \d+ ms/)]);
});

test('reading a task again after its end is none', async () => {
  const { rivya, create, read } = await begin({ minPollMs: 0 });
  const { json } = await create();
  rivya.finish(String(json.id));
  await read(json.id);

  rivya.settings.minPollMs = 60_000;
  await read(json.id);

  expect(rivya.violations).toEqual([]);
});

test('a create without Idempotency-Key or client_request_id is one each, but is taken', async () => {
  const { rivya, post } = await begin();

  const { status } = await post('/api/v1/generations', JSON.stringify(promptOnly), {
    'content-type': 'application/json',
  });

  expect(status).toBe(200);
  expect(rivya.violations).toEqual(['a create without Idempotency-Key', 'a create without client_request_id']);
});

test('the key anywhere but in its header is one', async () => {
  const { rivya, create, get } = await begin();
  const { json } = await create({ ...promptOnly, prompt: `my key is ${rivya.apiKey}` });
  rivya.finish(String(json.id));

  await get(`/api/v1/models?key=${rivya.apiKey}`);
  await get('/api/v1/models', { 'x-api-key': rivya.apiKey });
  await get('/api/v1/models', { cookie: 'session=1' });
  await get(`/results/${String(json.id)}/film.mp4`);

  expect(rivya.violations).toEqual([
    'the key stands in a body',
    'the key stands in a URL',
    expect.stringContaining('a query'),
    'the key stands in a header other than Authorization',
    'a cookie was sent',
    'the key was sent to a result URL',
  ]);
});

test('an endpoint that does not exist is one', async () => {
  const { rivya, get } = await begin();

  expect(await get('/api/v1/generations')).toMatchObject({ status: 404, code: 'not_found' });
  expect(rivya.violations).toEqual(['GET /api/v1/generations: no such endpoint']);
});

test('coming back before a Retry-After is over is one; another task may be asked for', async () => {
  const { rivya, create, read } = await begin();
  const [one, two] = [await create(), await create()];
  rivya.faults.add({
    route: `/api/v1/generations/${String(one.json.id)}`,
    code: 'rate_limited',
    headers: { 'retry-after': '60' },
  });

  await read(one.json.id);
  await read(two.json.id);
  expect(rivya.violations).toEqual([]);
  await read(one.json.id);

  expect(rivya.violations).toEqual([expect.stringContaining('before its Retry-After')]);
});

test('an upload that breaks off is none, and leaves no file', async () => {
  const { rivya, upload } = await begin();
  const sending = request(`${rivya.url}/api/v1/files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${rivya.apiKey}`, 'content-type': 'multipart/form-data; boundary=b' },
  });
  sending.on('error', () => {});
  sending.write('--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n\x89PNG');
  await until(() => rivya.requests.length === 1);

  sending.destroy();

  await until(() => rivya.requests[0]?.status === 0);
  await upload();
  expect(rivya.files).toHaveLength(1);
  expect(rivya.violations).toEqual([]);
});
