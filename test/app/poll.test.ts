import { describe, expect } from 'vitest';
import { unbalanced, unsettled } from '#test/books.ts';
import { eventually } from '#test/eventually.ts';
import { account, age, test } from '#test/store.ts';
import { begin } from './begin.ts';

const route = '/api/v1/generations/:id';
const hours = 3_600_000;
const user = 'user:200000000000000001';

const noAnswer = [
  ['a hang', { delayMs: 600 }],
  ['a connection that is lost', { drop: true }],
  ['a 500', { status: 500 }],
  ['a 503 while the API is turned off', { code: 'public_api_disabled' }],
  ['a 429', { code: 'rate_limited' }],
  ['a refused key', { code: 'api_key_revoked' }],
  ['a key without the scope', { code: 'api_scope_denied' }],
  ['an unknown refusal', { status: 418, code: 'teapot' }],
  ['no JSON', { status: 200, body: '<html>ok</html>' }],
  ['a body that is no task', { status: 200, body: { object: 'list', data: [] } }],
  ['a task without a status', { status: 200, body: { id: 'x' } }],
  ['nothing', { status: 204, body: '' }],
] as const;
const goingOn = [
  ['a 404', { code: 'not_found' }],
  ['a status that nobody knows', { status: 200, body: { id: 'x', status: 'dreaming', final_credits: 7 } }],
] as const;

describe('a poll', () => {
  test.for([...noAnswer, ...goingOn])('that is answered by %s ends no render', async ([, fault], { database }) => {
    const { provider, store, rendering, pollOnce } = await begin(database, { timeouts: { readMs: 200 } });
    const task = await rendering();
    provider.faults.add({ method: 'GET', route, ...fault });

    await pollOnce();
    expect(await store.found(task.id)).toMatchObject({ status: 'rendering', delivery: 'none' });
    expect(await account(database, user)).toEqual({ held: 90, spent: 0 });
    provider.finish(task.id);
    await database.sql`delete from pacing`;
    await pollOnce();

    expect(await store.found(task.id)).toMatchObject({ status: 'succeeded', delivery: 'pending' });
  });

  test.for(noAnswer)('that is answered by %s says nothing about the deadline', async ([, fault], { database }) => {
    const { provider, store, rendering, pollOnce } = await begin(database, { timeouts: { readMs: 200 } });
    const task = await rendering();
    await age(database, task.id, 7 * hours);
    provider.faults.add({ method: 'GET', route, ...fault });

    await pollOnce();

    expect((await store.found(task.id)).status).toBe('rendering');
  });

  test.for(goingOn)('that is answered by %s after the deadline: uncertain', async ([, fault], { database }) => {
    const { provider, store, rendering, pollOnce } = await begin(database);
    const task = await rendering();
    await age(database, task.id, 7 * hours);
    provider.faults.add({ method: 'GET', route, ...fault });

    await pollOnce();

    expect(await store.found(task.id)).toMatchObject({ status: 'uncertain', errorCode: 'render_uncertain' });
    expect(await account(database, user)).toEqual({ held: 0, spent: 0 });
  });

  test('while the key is refused asks for one render only; a worker with the new key asks for all', async ({
    database,
  }) => {
    const { provider, store, worker, rendering, pollOnce } = await begin(database);
    const old = worker();
    const tasks = [await rendering(old), await rendering(old), await rendering(old)];
    provider.setKey('rvya_sk_new');
    await pollOnce(old);
    const due = () => database.sql`update tasks set next_poll_at = now() - interval '1 second'`;
    const refused = () => provider.requests.filter(({ status }) => status === 401).length;
    await eventually(() => old.rivya.isKeyRefused() && refused() === 3, 'three refusals');

    await due();
    for (let step = 0; step < 5; step += 1) await old.poll();
    await eventually(() => refused() >= 4, 'another refusal');
    expect(refused()).toBe(4);
    for (const { id } of tasks) provider.finish(id);
    await pollOnce(worker());

    await eventually(async () => {
      const rows = await Promise.all(tasks.map(({ id }) => store.found(id)));
      return rows.every(({ status }) => status === 'succeeded');
    }, 'all to succeed');
    expect(refused()).toBe(4);
  });
});

describe('the price', () => {
  test.for([
    ['of the hold', {}, 90],
    ['that is missing is the hold', { finalCredits: undefined }, 90],
    ['of nothing', { finalCredits: 0 }, 0],
    ['below the hold', { finalCredits: 45 }, 45],
    ['above the hold, and above all that the member has left', { finalCredits: 1200 }, 1200],
  ] as const)('%s is what a success settles', async ([, outcome, spent], { database }) => {
    const { provider, store, rendering, pollOnce } = await begin(database);
    const task = await rendering();
    provider.finish(task.id, outcome);

    await pollOnce();

    expect((await store.found(task.id)).status).toBe('succeeded');
    expect(await account(database, user)).toEqual({ held: 0, spent });
    expect(await account(database, 'bot')).toEqual({ held: 0, spent });
    expect([...(await unbalanced(database)), ...(await unsettled(database))]).toEqual([]);
  });

  test('that a failure was charged costs the member nothing', async ({ database }) => {
    const { provider, store, rendering, pollOnce } = await begin(database);
    const task = await rendering();
    provider.fail(task.id, { finalCredits: 30, message: 'Too dark.' });

    await pollOnce();

    expect(await store.found(task.id)).toMatchObject({ status: 'failed', errorMessage: 'Too dark.', finalCredits: 30 });
    expect(await account(database, user)).toEqual({ held: 0, spent: 0 });
    expect(await account(database, 'bot')).toEqual({ held: 0, spent: 30 });
    expect([...(await unbalanced(database)), ...(await unsettled(database))]).toEqual([]);
  });
});

describe('a success', () => {
  test('with several URLs keeps them all, the primary one first, and is one success', async ({ database }) => {
    const { provider, store, rendering, pollOnce } = await begin(database);
    const task = await rendering();
    const urls = ['https://media.example/a.mp4', 'https://media.example/b.mp4', 'https://media.example/a.mp4'];
    provider.finish(task.id, { urls });

    await pollOnce();

    expect(await store.found(task.id)).toMatchObject({ status: 'succeeded', resultUrls: urls.slice(0, 2) });
    expect(await account(database, user)).toEqual({ held: 0, spent: 90 });
  });

  test.for([[[]], [null]] as const)(
    'without a URL (%j) is waited for, and one that comes is kept',
    async ([urls], { database }) => {
      const { provider, store, rendering, pollOnce } = await begin(database);
      const task = await rendering();
      provider.finish(task.id, { urls });
      await pollOnce();
      expect(await store.found(task.id)).toMatchObject({ status: 'rendering', missingUrlAt: expect.any(Date) });

      provider.override(task.id, { result: { primary_url: 'https://media.example/late.mp4' } });
      await pollOnce();

      expect(await store.found(task.id)).toMatchObject({
        status: 'succeeded',
        resultUrls: ['https://media.example/late.mp4'],
      });
    },
  );

  test('that comes after the deadline, before anybody gave up, is an ordinary one', async ({ database }) => {
    const { provider, store, rendering, pollOnce } = await begin(database);
    const task = await rendering();
    await age(database, task.id, 30 * hours);
    provider.finish(task.id);

    await pollOnce();

    expect(await store.found(task.id)).toMatchObject({ status: 'succeeded', uncertainAt: null });
    expect(await account(database, user)).toEqual({ held: 0, spent: 90 });
  });

  test('of an uncertain render is free of charge, and kept', async ({ database }) => {
    const { provider, store, rendering, pollOnce } = await begin(database);
    const task = await rendering();
    await age(database, task.id, 7 * hours);
    await pollOnce();
    expect((await store.found(task.id)).status).toBe('uncertain');
    provider.finish(task.id);

    await pollOnce();

    expect(await store.found(task.id)).toMatchObject({ status: 'succeeded', delivery: 'pending' });
    expect(await account(database, user)).toEqual({ held: 0, spent: 0 });
    expect(await account(database, 'bot')).toEqual({ held: 0, spent: 90 });
  });
});
