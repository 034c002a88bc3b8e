import { describe, expect } from 'vitest';
import { unbalanced, unsettled } from '#test/books.ts';
import { eventually } from '#test/eventually.ts';
import { account, test } from '#test/store.ts';
import { begin } from './begin.ts';

const route = '/api/v1/generations';
const minute = 60_000;
const user = 'user:200000000000000001';

describe('a provider that asks for patience', () => {
  test.for([
    [undefined, 15],
    ['120', 120],
    ['999999', 3_600],
  ] as const)(
    'a 429 with Retry-After %s: nobody calls for %i s, and then the same create',
    async ([header, seconds], { database }) => {
      const { provider, store, worker, inLine, pass, creates } = await begin(database);
      const { submit } = worker();
      const [first, second] = [await inLine(), await inLine()];
      provider.faults.add({ route, code: 'rate_limited', ...(header && { headers: { 'retry-after': header } }) });

      await submit(first.id);
      await submit(second.id);
      const [held] = await database.sql`
      select round(extract(epoch from hold_off_until - now())) as seconds from pacing`;

      expect(Number(held?.seconds)).toBeGreaterThan(seconds - 10);
      expect(Number(held?.seconds)).toBeLessThanOrEqual(seconds);
      expect(creates()).toHaveLength(1);
      for (const { id } of [first, second]) await pass(id, seconds * 1000);
      await submit(first.id);
      await submit(second.id);

      expect(creates()).toHaveLength(3);
      expect((await store.found(first.id)).status).toBe('rendering');
      expect((await store.found(second.id)).status).toBe('rendering');
      expect(provider.tasks).toHaveLength(2);
    },
  );

  test('an API that is turned off is waited for, and given up after half an hour with the credits back', async ({
    database,
  }) => {
    const { provider, store, worker, inLine, pass } = await begin(database);
    const { submit } = worker();
    const task = await inLine();
    provider.disable();

    await submit(task.id);
    expect(await store.found(task.id)).toMatchObject({ status: 'submitting', unsureSends: 0 });
    await pass(task.id, 31 * minute);
    await submit(task.id);
    await submit(task.id);

    expect(await store.found(task.id)).toMatchObject({ status: 'failed', errorCode: 'provider_unreachable' });
    expect(await account(database, user)).toEqual({ held: 0, spent: 0 });
  });
});

describe('a create whose fate is unknown', () => {
  const lost = [
    ['a hang', { delayMs: 600, when: 'after' }],
    ['a hang before it was taken', { delayMs: 600, status: 504, when: 'before' }],
    ['a connection lost after it was taken', { drop: true, when: 'after' }],
    ['a connection lost before', { drop: true, when: 'before' }],
    ['a 500 after it was taken', { status: 500, when: 'after' }],
    ['a 503 before', { status: 503, when: 'before' }],
    ['a 200 that is no JSON', { status: 200, body: '<html>ok</html>', when: 'after' }],
    ['a 200 without an id', { status: 200, body: { status: 'queued' }, when: 'after' }],
    ['a 202 with nothing in it', { status: 202, body: '', when: 'after' }],
    ['a redirect', { status: 302, headers: { location: 'https://rivya.ai/login' }, when: 'before' }],
    ['a conflict', { code: 'idempotency_conflict', when: 'before' }],
  ] as const;

  test.for(lost)('%s: the same create again, one task, one price', async ([, fault], { database }) => {
    const { provider, store, worker, inLine, creates } = await begin(database, { timeouts: { callMs: 300 } });
    const { submit } = worker();
    const task = await inLine();
    provider.faults.add({ method: 'POST', route, ...fault });

    await submit(task.id);
    const unsure = await store.found(task.id);
    // While the first is still being handled, its repeat is a conflict.
    await eventually(async () => {
      await submit(task.id);
      return (await store.found(task.id)).status !== 'submitting';
    }, 'the end of sends');

    expect(unsure).toMatchObject({ status: 'submitting', unsureSends: 1 });
    expect(await store.found(task.id)).toMatchObject({ status: 'rendering', providerId: provider.tasks[0]?.id });
    expect(creates().length).toBeGreaterThanOrEqual(2);
    expect(provider.tasks).toHaveLength(1);
    expect(provider.violations).toEqual([]);
  });

  test.for([...lost, ['insufficient credits meanwhile', { code: 'insufficient_credits' }]] as const)(
    '%s to the end: uncertain, released, and not sent again',
    async ([what, fault], { database }) => {
      const { provider, store, worker, inLine, pass, creates } = await begin(database, { timeouts: { callMs: 300 } });
      const { submit } = worker();
      const task = await inLine();
      if (what === 'insufficient credits meanwhile')
        provider.faults.add({ method: 'POST', route, drop: true, when: 'after' });
      provider.faults.add({ method: 'POST', route, ...fault, times: 100 });

      for (let send = 0; send < 3; send += 1) await submit(task.id);
      await pass(task.id, 31 * minute);
      await submit(task.id);
      const sent = creates().length;
      for (let send = 0; send < 3; send += 1) await submit(task.id);

      expect(await store.found(task.id)).toMatchObject({ status: 'uncertain', errorCode: 'send_uncertain' });
      expect(creates()).toHaveLength(sent);
      expect(provider.tasks.length).toBeLessThanOrEqual(1);
      expect(await account(database, user)).toEqual({ held: 0, spent: 0 });
      expect(await unsettled(database)).toEqual([]);
    },
  );
});

test.for([200, 201, 202, 204, 299])('HTTP %i is success', async (createStatus, { database }) => {
  const { provider, store, worker, inLine } = await begin(database, { createStatus });
  const task = await inLine();

  await worker().submit(task.id);

  // A 204 has no body, so what became of it is asked again, with the same key.
  if (createStatus === 204) {
    provider.settings.createStatus = 200;
    await worker().submit(task.id);
  }
  expect((await store.found(task.id)).status).toBe('rendering');
  expect(provider.tasks).toHaveLength(1);
});

test('an account without credits: failed at once, released, and the next in line is not kept', async ({ database }) => {
  const { provider, store, worker, inLine } = await begin(database);
  const { submit } = worker();
  const [first, second] = [await inLine(), await inLine()];
  provider.faults.add({ method: 'POST', route, code: 'insufficient_credits' });

  await submit(first.id);
  await submit(second.id);

  expect(await store.found(first.id)).toMatchObject({ status: 'failed', errorCode: 'insufficient_credits' });
  // What the provider's support asks for.
  expect(await store.readTaskFile({ id: first.id })).toMatchObject({ requestId: expect.stringMatching(/^req_\w+$/) });
  expect((await store.found(second.id)).status).toBe('rendering');
  expect(await account(database, user)).toEqual({ held: 90, spent: 0 });
  expect(await unbalanced(database)).toEqual([]);
});

describe('a key that is revoked', () => {
  test('fails nobody: who has a slot keeps it, who waits in line waits, and the new key sends them all', async ({
    database,
  }) => {
    const { provider, store, worker, inLine, creates } = await begin(database);
    const old = worker();
    const users = Array.from({ length: 10 }, (_, index) => `20000000000000010${index}`);
    const tasks = await Promise.all(users.flatMap((userId) => [inLine(userId), inLine(userId), inLine(userId)]));
    provider.setKey('rvya_sk_new');

    for (const { id } of tasks) await old.submit(id);
    const rows = await Promise.all(tasks.map(({ id }) => store.found(id)));
    expect(rows.filter(({ status }) => status === 'submitting')).toHaveLength(20);
    expect(rows.filter(({ status }) => status === 'accepted')).toHaveLength(10);
    expect(old.rivya.isKeyRefused()).toBe(true);
    const refused = creates().length;
    const fresh = worker();
    for (const { id } of tasks) await fresh.submit(id);

    const sent = await Promise.all(tasks.map(({ id }) => store.found(id)));
    expect(sent.filter(({ status }) => status === 'rendering')).toHaveLength(20);
    expect(creates()).toHaveLength(refused + 20);
    expect(provider.tasks).toHaveLength(20);
  });

  test('and not replaced for half an hour: failed with the key named, and released', async ({ database }) => {
    const { provider, store, worker, inLine, pass } = await begin(database);
    const { submit } = worker();
    const task = await inLine();
    provider.revokeKey();

    await submit(task.id);
    await pass(task.id, 31 * minute);
    await submit(task.id);

    expect(await store.found(task.id)).toMatchObject({ status: 'failed', errorCode: 'provider_key' });
    expect(await account(database, user)).toEqual({ held: 0, spent: 0 });
  });

  test('while a create may have been taken: it is never repeated with another key, which might pay twice', async ({
    database,
  }) => {
    const { provider, store, worker, inLine, pass, creates } = await begin(database);
    const old = worker();
    const task = await inLine();
    provider.faults.add({ method: 'POST', route, drop: true, when: 'after' });
    await old.submit(task.id);
    provider.setKey('rvya_sk_new');
    const fresh = worker();

    await fresh.submit(task.id);
    await old.submit(task.id);
    expect(await store.found(task.id)).toMatchObject({ status: 'submitting', unsureSends: 1 });
    expect(creates().map(({ status }) => status)).toEqual([0, 401]);
    await pass(task.id, 31 * minute);
    await fresh.submit(task.id);

    expect(await store.found(task.id)).toMatchObject({ status: 'uncertain', errorCode: 'send_uncertain' });
    expect(provider.tasks).toHaveLength(1);
    expect(creates()).toHaveLength(2);
    expect(await account(database, user)).toEqual({ held: 0, spent: 0 });
  });

  test('after sends that were surely not taken: any key may send', async ({ database }) => {
    const { provider, store, worker, inLine } = await begin(database);
    const task = await inLine();
    provider.faults.add({ method: 'POST', route, code: 'public_api_disabled' });
    await worker().submit(task.id);
    provider.setKey('rvya_sk_new');

    await worker().submit(task.id);

    expect((await store.found(task.id)).status).toBe('rendering');
  });

  test('a key that lacks a scope is no reason to wait', async ({ database }) => {
    const { provider, store, worker, inLine } = await begin(database);
    const { submit, rivya } = worker();
    const task = await inLine();
    provider.faults.add({ method: 'POST', route, code: 'api_scope_denied' });

    await submit(task.id);

    expect(await store.found(task.id)).toMatchObject({ status: 'failed', errorCode: 'provider_key' });
    expect(rivya.isKeyRefused()).toBe(false);
  });
});
