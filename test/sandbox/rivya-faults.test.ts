import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { startRivya } from '#sandbox/rivya/start.ts';
import { png } from '#test/images.ts';
import { begin, promptOnly, until } from './rivya-calls.ts';

const creates = { method: 'POST', route: '/api/v1/generations' };

describe('a fault', () => {
  test('answers instead of the effect, as often as told', async () => {
    const { rivya, create } = await begin();
    const fault = rivya.faults.add({ ...creates, times: 2, status: 502 });

    expect([(await create()).status, (await create()).status, (await create()).status]).toEqual([502, 502, 200]);
    expect(fault.hits).toBe(2);
    expect(rivya.tasks).toHaveLength(1);
    expect(rivya.requests.map(({ status }) => status)).toEqual([502, 502, 200]);
  });

  test('answers after the effect: the task is made, its answer replaced', async () => {
    const { rivya, create } = await begin();
    rivya.faults.add({ ...creates, when: 'after', status: 500 });

    expect((await create(promptOnly, 'k')).status).toBe(500);

    const [task] = rivya.tasks;
    expect((await create(promptOnly, 'k')).json.id).toBe(task?.id);
    expect(rivya.tasks).toHaveLength(1);
  });

  test.each([
    ['before', 0],
    ['after', 1],
  ] as const)('drops the connection %s the effect', async (when, made) => {
    const { rivya, create } = await begin();
    rivya.faults.add({ ...creates, when, drop: true });

    await expect(create()).rejects.toThrow();

    expect(rivya.tasks).toHaveLength(made);
    expect(rivya.requests[0]?.status).toBe(0);
  });

  test('drops the connection in the middle of an upload', async () => {
    const { rivya, upload } = await begin();
    rivya.faults.add({ route: '/api/v1/files', drop: true });

    await expect(
      upload({ file: new Blob([Uint8Array.from(png(5_000_000))], { type: 'image/png' }) }),
    ).rejects.toThrow();
    expect(rivya.files).toEqual([]);
  });

  test('tells when an upload has come as far as its hold, and takes no more of it', async () => {
    const { rivya, upload } = await begin();
    const reached = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const hold = () => {
      reached.resolve();
      return gate.promise;
    };
    rivya.faults.add({ route: '/api/v1/files', afterBytes: 300_000, hold, drop: true });

    const sending = upload({ file: new Blob([Uint8Array.from(png(5_000_000))], { type: 'image/png' }) });
    await reached.promise;
    gate.resolve();

    await expect(sending).rejects.toThrow();
    expect(rivya.files).toEqual([]);
    expect(() => rivya.faults.add({ route: '/api/v1/files', afterBytes: 1 })).toThrow(/goes no further/);
  });

  test('gives a documented code with its own status and envelope', async () => {
    const { rivya, create } = await begin();
    rivya.faults.add({ ...creates, code: 'rate_limited', headers: { 'retry-after': '0' } });
    rivya.faults.add({ ...creates, code: 'brand_new_code', status: 418 });
    rivya.faults.add({ ...creates, body: { odd: true }, status: 201 });

    expect(await create()).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(await create()).toMatchObject({ status: 418, code: 'brand_new_code' });
    expect(await create()).toMatchObject({ status: 201, json: { odd: true } });
  });

  test('only delays where it forces no answer', async () => {
    const { rivya, get } = await begin();
    const gate = Promise.withResolvers<void>();
    let answered = false;
    const fault = rivya.faults.add({ route: '/api/v1/credits', when: 'after', delayMs: 1, hold: gate.promise });

    const answer = get('/api/v1/credits').finally(() => {
      answered = true;
    });
    await until(() => fault.hits === 1);
    expect((await get('/api/v1/models')).status).toBe(200);
    expect(answered).toBe(false);
    gate.resolve();

    expect((await answer).json).toEqual({ current_credits: 9000 });
  });

  test('takes effect although the client went away while it was held', async () => {
    const { rivya } = await begin();
    const gate = Promise.withResolvers<void>();
    const fault = rivya.faults.add({ ...creates, hold: gate.promise });
    const leaving = new AbortController();
    const sent = fetch(`${rivya.url}/api/v1/generations`, {
      method: 'POST',
      signal: leaving.signal,
      headers: { authorization: `Bearer ${rivya.apiKey}`, 'content-type': 'application/json', 'idempotency-key': 'k' },
      body: JSON.stringify({ ...promptOnly, client_request_id: 'k' }),
    });
    await until(() => fault.hits === 1);

    leaving.abort();
    await expect(sent).rejects.toThrow();
    await until(() => rivya.requests[0]?.status === 0);
    gate.resolve();

    await until(() => rivya.tasks.length === 1);
  });

  test('fits a method and a pattern, a RegExp or nothing', async () => {
    const { rivya, create, read, get } = await begin();
    const { json } = await create();
    const post = rivya.faults.add({ method: 'POST', route: '/api/v1/generations/:id', status: 500 });
    const reads = rivya.faults.add({ method: 'GET', route: '/api/v1/generations/:id', status: 503 });
    const wallet = rivya.faults.add({ route: /credits$/g, times: 2, status: 504 });

    expect((await read(json.id)).status).toBe(503);
    expect([(await get('/api/v1/credits')).status, (await get('/api/v1/credits')).status]).toEqual([504, 504]);
    expect((await read(json.id)).status).toBe(200);

    expect([post.hits, reads.hits, wallet.hits]).toEqual([0, 1, 2]);
  });

  test('can be taken back', async () => {
    const { rivya, get } = await begin();
    const one = rivya.faults.add({ route: '/api/v1/credits', times: Number.POSITIVE_INFINITY, status: 500 });
    expect((await get('/api/v1/credits')).status).toBe(500);

    one.remove();
    expect((await get('/api/v1/credits')).status).toBe(200);
    rivya.faults.add({ route: '/api/v1/credits', status: 500 });
    rivya.faults.clear();
    expect((await get('/api/v1/credits')).status).toBe(200);
  });

  test('befalls result downloads too', async () => {
    const { rivya, create } = await begin();
    const { json } = await create();
    rivya.finish(String(json.id));
    rivya.faults.add({ route: '/results/:task/:name', status: 503 });

    const url = `${rivya.url}/results/${String(json.id)}/film.mp4`;
    expect((await fetch(url)).status).toBe(503);
    expect((await fetch(url)).status).toBe(200);
  });
});

test('closing ends held requests and frees the port', async () => {
  const rivya = await startRivya();
  rivya.faults.add({ route: '/api/v1/models', hold: new Promise(() => {}) });
  rivya.faults.add({ route: '/api/v1/models', delayMs: 60_000 });
  const held = [fetch(`${rivya.url}/api/v1/models`), fetch(`${rivya.url}/api/v1/models`)];
  const lost = Promise.all(held.map((one) => expect(one).rejects.toThrow()));
  await until(() => rivya.requests.length === 2);

  await rivya.close();

  await lost;
  const { port } = new URL(rivya.url);
  await using again = await startRivya({ port: Number(port) });
  expect(again.url).toBe(rivya.url);
});

test('it listens on the loopback address only', async () => {
  const { rivya } = await begin();

  const { hostname, port } = new URL(rivya.url);
  const error = await new Promise((resolve) => {
    const socket = connect(Number(port), '127.0.0.2');
    socket.once('connect', () => resolve(socket.destroy()));
    socket.once('error', resolve);
  });

  expect(hostname).toBe('127.0.0.1');
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
});
