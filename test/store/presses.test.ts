import { describe, expect } from 'vitest';
import type { Reply, Task } from '#src/domain/task.ts';
import { reply, type TestStore, test } from '#test/store.ts';

const message = '300000000000000001';
/** A click on the task's own reply, 10 minutes after the command. */
const click = (more: Partial<Reply> = {}): Reply => ({
  ...reply,
  token: 'fresh-token',
  tokenExpiresAt: new Date(reply.tokenExpiresAt.getTime() + 10 * 60_000),
  messageId: message,
  sizeLimit: 50 * 2 ** 20,
  isPrivate: true,
  ...more,
});
const lateOf = (at: Date) => new Date(at.getTime() - 120_000);

describe('a click on the own reply', () => {
  test('lends its token, and what Discord says of the message', async ({ store }) => {
    const task = await store.render();
    store.jobs.length = 0;

    const taken = await store.takePress(task.id, click(), true);

    const { token, tokenExpiresAt, sizeLimit, isPrivate } = click();
    expect(taken?.reply).toEqual({ ...task.reply, token, tokenExpiresAt, sizeLimit, isPrivate });
    expect(taken).toMatchObject({ status: 'rendering', delivery: 'none', showAt: lateOf(tokenExpiresAt) });
    expect(store.jobs).toEqual([{ queue: 'deliver', taskId: task.id }]);
  });

  test('twice, or at two processes, lends it once; an older token replaces no younger one', async ({ store }) => {
    const task = await store.render();

    await Promise.all([store.takePress(task.id, click(), true), store.takePress(task.id, click(), true)]);
    await store.takePress(task.id, click({ token: 'older', tokenExpiresAt: reply.tokenExpiresAt }), true);

    expect((await store.found(task.id)).reply).toMatchObject({ token: 'fresh-token', isPrivate: true });
  });

  test('takes the place of a token that was dropped as dead', async ({ store }) => {
    const task = await store.render();
    await store.dropToken(task);

    await store.takePress(task.id, click({ tokenExpiresAt: reply.tokenExpiresAt }), true);

    expect((await store.found(task.id)).reply.token).toBe('fresh-token');
  });

  test('is not undone by a delivery that still works with the old token', async ({ store }) => {
    const task = await store.render();
    await store.succeed(task.id, 90, ['https://media.example/film.mp4']);
    const before = await store.found(task.id);
    await store.takePress(task.id, click(), true);

    await store.dropToken(before);
    await store.dropMessage(before);
    await store.markShown(before, 'late-dm', null);
    const isGivenUp = await store.markUndeliverable(before);

    expect(isGivenUp).toBe(false);
    expect(await store.found(task.id)).toMatchObject({
      delivery: 'pending',
      reply: { token: 'fresh-token', messageId: message },
      showAt: lateOf(click().tokenExpiresAt),
    });
  });
});

test('a click on another message lends nothing, but has the task looked at', async ({ store }) => {
  const task = await store.render();
  store.jobs.length = 0;

  const taken = await store.takePress(task.id, click({ messageId: '300000000000000009' }), true);

  expect(taken?.reply).toEqual(task.reply);
  expect(store.jobs).toEqual([{ queue: 'deliver', taskId: task.id }]);
});

describe('an outcome that was given up on', () => {
  async function giveUp(store: TestStore): Promise<Task> {
    const { id } = await store.render();
    await store.succeed(id, 90, ['https://media.example/film.mp4']);
    await store.markUndeliverable(await store.found(id));
    return store.found(id);
  }

  test('is tried again when its owner asks, with all the time it had at first', async ({ store, database }) => {
    const task = await giveUp(store);
    await database.sql`update tasks set pending_at = pending_at - interval '2 days' where id = ${task.id}`;

    const taken = await store.takePress(task.id, click(), true);

    expect(taken).toMatchObject({ delivery: 'pending', reply: { token: 'fresh-token' } });
    const waitingMs = (taken?.now.getTime() ?? 0) - (taken?.pendingAt?.getTime() ?? 0);
    expect(Math.abs(waitingMs)).toBeLessThanOrEqual(1);
  });

  test('is not tried again for anybody else', async ({ store }) => {
    const task = await giveUp(store);

    expect((await store.takePress(task.id, click(), false))?.delivery).toBe('undeliverable');
  });
});

describe('there is nothing to do', () => {
  test('for an outcome that was shown', async ({ store }) => {
    const task = await store.render();
    await store.succeed(task.id, 90, ['https://media.example/film.mp4']);
    await store.markDelivered(task.id, 'reply', message);
    store.jobs.length = 0;

    expect(await store.takePress(task.id, click(), true)).toBeNull();
    expect((await store.found(task.id)).reply.token).toBeNull();
    expect(store.jobs).toEqual([]);
  });

  test('for a canceled task, or none', async ({ store }) => {
    const task = await store.accept();
    await store.cancelUnanswered(task.id);

    expect(await store.takePress(task.id, click(), true)).toBeNull();
    expect(await store.takePress('00000000-0000-4000-8000-000000000000', click(), true)).toBeNull();
  });
});

test('an uncertain task whose member was told keeps the token of a click for the video that may come', async ({
  store,
}) => {
  const task = await store.render();
  await store.doubt(task.id, { code: 'render_uncertain', message: null });
  await store.markDelivered(task.id, 'reply', message);

  const taken = await store.takePress(task.id, click(), true);

  expect(taken).toMatchObject({ status: 'uncertain', delivery: 'delivered', reply: { token: 'fresh-token' } });
});

test('what Again made shortly before is found by its member, its task and its time alone, the first of several', async ({
  store,
}) => {
  const { id, userId } = await store.render();
  const first = await store.accept({ userId, origin: `again:${id}:${userId}:1` });
  await store.accept({ userId, origin: `again:${id}:${userId}:2` });
  await store.accept({ userId, origin: `retry:${id}` });
  const { acceptedAt } = await store.found(first.id);
  const after = (ms: number) => new Date(acceptedAt.getTime() + ms);
  const other = await store.render();

  expect(await store.againNear(id, userId, after(4_000), 5_000)).toBe(`again:${id}:${userId}:1`);
  expect(await store.againNear(id, userId, after(-4_000), 5_000)).toBe(`again:${id}:${userId}:1`);
  expect(await store.againNear(id, userId, after(60_000), 5_000)).toBeNull();
  expect(await store.againNear(id, '999', after(0), 5_000)).toBeNull();
  expect(await store.againNear(other.id, userId, after(0), 5_000)).toBeNull();
});
