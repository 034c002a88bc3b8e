import { describe, expect, test } from 'vitest';
import { begin, isJson, promptOnly, until } from './rivya-calls.ts';

describe('a task', () => {
  test('goes from queued over processing to succeeded by itself, with a result', async () => {
    const { rivya, create, read } = await begin({ render: 'auto', renderMs: 400 });

    const created = await create();
    expect(created.json).toMatchObject({
      status: 'queued',
      model: 'kling-3-0',
      reserved_credits: 90,
      final_credits: 0,
    });
    expect(created.json).toMatchObject({ result: null, error: null });
    const seen: unknown[] = [];
    await until(async () => {
      const { json } = await read(created.json.id);
      if (seen.at(-1) !== json.status) seen.push(json.status);
      return json.status === 'succeeded';
    });

    expect(['queued,processing,succeeded', 'processing,succeeded']).toContain(seen.join());
    const { json } = await read(created.json.id);
    const own = `${rivya.url}/results/${String(json.id)}/film.mp4`;
    expect(json).toMatchObject({ final_credits: 90, result: { primary_url: own, urls: [own] }, error: null });
    const task = rivya.tasks[0];
    expect(task?.doneAt).toBe((task?.createdAt ?? 0) + 400);
    expect(task?.statusReads).toBeGreaterThan(1);
  });

  test('stays open in manual mode until it is finished, once', async () => {
    const { rivya, create, read } = await begin();
    const { json } = await create(promptOnly, 'ours');

    expect(rivya.tasks[0]?.doneAt).toBeUndefined();
    rivya.finish('ours', { urls: ['https://media.example/a.mp4', 'https://media.example/b.mp4'] });

    const urls = ['https://media.example/a.mp4', 'https://media.example/b.mp4'];
    expect((await read(json.id)).json.result).toEqual({ primary_url: urls[0], urls });
    expect(() => rivya.finish('ours')).toThrow('already succeeded');
    expect(() => rivya.fail('theirs')).toThrow('no task theirs');
  });

  test('may succeed without a URL, or without a result', async () => {
    const { rivya, create, read } = await begin();
    const [bare, none] = [await create(), await create()];

    rivya.finish(String(bare.json.id), { urls: [] });
    rivya.finish(String(none.json.id), { urls: null });

    expect((await read(bare.json.id)).json.result).toEqual({ primary_url: null, urls: [] });
    expect((await read(none.json.id)).json.result).toBeNull();
  });

  test('fails with the given error and gives its credits back', async () => {
    const { rivya, create, read, balance } = await begin({ credits: 100 });
    const { json } = await create();
    expect(await balance()).toBe(10);

    rivya.fail(String(json.id), { code: 'content_refused', message: 'Not this one.' });

    const failed = (await read(json.id)).json;
    expect(failed).toMatchObject({ status: 'failed', final_credits: 0, result: null });
    expect(failed.error).toEqual({ code: 'content_refused', message: 'Not this one.' });
    expect(await balance()).toBe(100);
  });

  test('answers whatever is laid over it', async () => {
    const { rivya, create, read } = await begin();
    const { json } = await create();

    rivya.override(String(json.id), { status: 'on_hold', created_at: undefined });
    const odd = (await read(json.id)).json;
    rivya.override(String(json.id), {});

    expect(odd.status).toBe('on_hold');
    expect('created_at' in odd).toBe(false);
    expect((await read(json.id)).json.status).not.toBe('on_hold');
  });

  test('is kept with the exact bytes of its request', async () => {
    const { rivya, create } = await begin();
    const text = '{ "prompt":"\\u00e9 é", "model":"kling-3-0",\n"client_request_id":"mine" }';

    await create(text, 'key-1');

    const [task] = rivya.tasks;
    expect(task?.rawBody.toString()).toBe(text);
    expect(task).toMatchObject({ idempotencyKey: 'key-1', clientRequestId: 'mine', body: { prompt: 'é é' } });
  });

  test('of another account is not found', async () => {
    const { read } = await begin();

    expect(await read('task_of_someone')).toMatchObject({ status: 404, code: 'not_found' });
  });
});

describe('the wallet', () => {
  test('refuses a create it cannot reserve, and takes nothing', async () => {
    const { rivya, create, balance } = await begin({ credits: 100 });
    await create();

    expect(await create()).toMatchObject({ status: 402, code: 'insufficient_credits' });
    expect(await balance()).toBe(10);
    expect(rivya.tasks).toHaveLength(1);
  });

  test.each([
    ['reserved', 90, 10],
    [45, 45, 55],
    [0, 0, 100],
    [270, 270, -170],
    [undefined, undefined, 10],
    [() => 30, 30, 70],
  ] as const)('settles final credits %s', async (finalCredits, shown, left) => {
    const { rivya, create, read, balance } = await begin({ credits: 100, finalCredits });
    const { json } = await create();

    rivya.finish(String(json.id));

    const done = (await read(json.id)).json;
    expect(done.final_credits).toBe(shown);
    expect('final_credits' in done).toBe(shown !== undefined);
    expect(await balance()).toBe(left);
  });

  test('reserves what the request costs, and can be filled', async () => {
    const { rivya, create } = await begin({ reserve: ({ params }) => Number(params.duration ?? 5) * 18 });

    const { json } = await create({ ...promptOnly, params: { duration: '10' } });
    rivya.credits = 7;

    expect(json.reserved_credits).toBe(180);
    expect(rivya.credits).toBe(7);
  });

  test('an automatic end settles even if no one asks for the task', async () => {
    const { create, balance } = await begin({ render: 'auto', renderMs: 50, finalCredits: 40, credits: 100 });

    await create();

    await until(async () => (await balance()) === 60);
  });
});

describe('the same Idempotency-Key', () => {
  test('with the same bytes is the same task, reserved once', async () => {
    const { rivya, create, balance } = await begin({ credits: 1000, createStatus: 202 });

    const [one, two] = [await create(promptOnly, 'k'), await create(promptOnly, 'k')];

    expect([one.status, two.status]).toEqual([202, 202]);
    expect(two.json.id).toBe(one.json.id);
    expect(await balance()).toBe(910);
    expect(rivya.violations).toEqual([]);
  });

  test('with other bytes is a conflict, even if they mean the same', async () => {
    const { rivya, create } = await begin();
    await create('{"model":"kling-3-0","prompt":"a","client_request_id":"k"}', 'k');

    const again = await create('{"prompt":"a","model":"kling-3-0","client_request_id":"k"}', 'k');

    expect(again).toMatchObject({ status: 409, code: 'idempotency_conflict' });
    expect(rivya.tasks).toHaveLength(1);
    expect(rivya.violations).toEqual([expect.stringContaining('another body')]);
  });

  test('is a conflict while the first request is still being handled', async () => {
    const { rivya, create } = await begin();
    const gate = Promise.withResolvers<void>();
    const fault = rivya.faults.add({ route: '/api/v1/generations', hold: gate.promise });
    const first = create(promptOnly, 'k');
    await until(() => fault.hits === 1);

    expect(await create(promptOnly, 'k')).toMatchObject({ status: 409, code: 'idempotency_conflict' });
    gate.resolve();

    const { json } = await first;
    expect((await create(promptOnly, 'k')).json.id).toBe(json.id);
    expect(rivya.tasks).toHaveLength(1);
    expect(rivya.violations).toEqual([]);
  });

  test('is free again after a refusal', async () => {
    const { rivya, create } = await begin({ credits: 0 });
    expect((await create(promptOnly, 'k')).code).toBe('insufficient_credits');

    rivya.credits = 90;

    expect((await create(promptOnly, 'k')).status).toBe(200);
  });
});

describe('the key', () => {
  test('is needed everywhere but for the models', async () => {
    const { get } = await begin();

    for (const path of ['/api/v1/credits', '/api/v1/generations/x', '/api/v1/files/x']) {
      expect(await get(path, {})).toMatchObject({ status: 401, code: 'api_key_missing' });
      expect(await get(path, { authorization: 'Bearer rvya_sk_other' })).toMatchObject({ code: 'api_key_invalid' });
    }
    const models = await get('/api/v1/models', {});
    expect(models.status).toBe(200);
    expect(models.json.data).toContainEqual(expect.objectContaining({ id: 'kling-3-0', base_credits: 90 }));
  });

  test('can be revoked and replaced', async () => {
    const { rivya, get } = await begin();
    const old = { authorization: `Bearer ${rivya.apiKey}` };

    rivya.revokeKey();
    expect(await get('/api/v1/credits', old)).toMatchObject({ status: 401, code: 'api_key_revoked' });
    rivya.setKey('rvya_sk_new');

    expect((await get('/api/v1/credits')).status).toBe(200);
    expect((await get('/api/v1/credits', old)).code).toBe('api_key_revoked');
  });

  test('does not help while the API is off; the envelope carries a request id', async () => {
    const { rivya, get } = await begin();

    rivya.disable();
    const { status, json } = await get('/api/v1/credits');
    rivya.enable();

    expect(status).toBe(503);
    expect(isJson(json.error) && json.error).toEqual({
      code: 'public_api_disabled',
      message: expect.any(String),
      requestId: expect.stringMatching(/^req_/),
    });
    expect((await get('/api/v1/credits')).status).toBe(200);
  });
});
