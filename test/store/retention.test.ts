import { describe, expect } from 'vitest';
import { books } from '#src/store/books.ts';
import type { Database } from '#src/store/database.ts';
import { age, newAct, test } from '#test/store.ts';

const day = 24 * 60 * 60_000;
const manager = '700000000000000001';
const operator = '900000000000000001';
const guildId = '100000000000000002';

const row = async ({ sql }: Database, id: string) => (await sql`select * from tasks where id = ${id}`)[0];

describe('what is older than it is kept', () => {
  test('is erased but for what books and prices need', async ({ database, store }) => {
    const task = await store.render();
    await store.succeed(task.id, 80, ['https://media.example/film.mp4']);
    await store.markDelivered(task.id, 'reply', '300000000000000002');
    await age(database, task.id, 89 * day);
    expect(await store.eraseOld(90, 10)).toBe(0);
    await age(database, task.id, 2 * day);

    expect(await store.eraseOld(90, 10)).toBe(1);
    expect(await store.eraseOld(90, 10)).toBe(0);

    expect(await row(database, task.id)).toMatchObject({
      ...{ prompt: '', images: [], body: null, resultUrls: [], token: null, errorMessage: null },
      ...{ userId: task.userId, settings: task.settings, status: 'succeeded', finalCredits: 80 },
      erasedAt: expect.any(Date),
    });
    const ledger = await database.sql`select kind, owner from ledger where task_id = ${task.id}`;
    expect(ledger.length).toBeGreaterThan(4);
    const sums = await books({ sql: database.sql }).readBooks(async (read) => Array.fromAsync(read.accounts()));
    expect(sums.filter(({ kept, ledger: told }) => kept?.spent !== told.spent)).toEqual([]);
    const { entries } = await store.readStatement({ userId: task.userId, guildId, roles: [], hasAllowance: true });
    expect(entries.map(({ what }) => what)).toEqual(entries.map(() => null));
  });

  test('stays as long as it is open, in doubt, or about to be shown', async ({ database, store }) => {
    const waiting = await store.accept();
    const rendering = await store.render();
    const uncertain = await store.render();
    await store.doubt(uncertain.id, { code: 'deadline', message: null });
    await store.markDelivered(uncertain.id, 'reply', null);
    const coming = await store.render();
    await store.succeed(coming.id, 90, ['https://media.example/film.mp4']);
    for (const { id } of [waiting, rendering, uncertain, coming]) await age(database, id, 400 * day);

    expect(await store.eraseOld(90, 10)).toBe(0);

    const left = await database.sql`select from tasks where prompt = 'a fox' and erased_at is null`;
    expect(left).toHaveLength(4);
  });

  test('goes for a video too that nobody looks for any more', async ({ database, store }) => {
    const task = await store.render();
    await store.doubt(task.id, { code: 'deadline', message: null });
    await store.markDelivered(task.id, 'reply', null);
    await database.sql`update tasks set next_poll_at = null`;
    await age(database, task.id, 6 * day);
    expect(await store.eraseOld(1, 10)).toBe(0);
    await age(database, task.id, 2 * day);

    expect(await store.eraseOld(1, 10)).toBe(1);

    // An operator finds it at the provider after all.
    await store.succeed(task.id, 90, ['https://media.example/film.mp4']);
    await store.markDelivered(task.id, 'reply', null);
    expect(await store.eraseOld(1, 10)).toBe(0);
    await age(database, task.id, 2 * day);
    expect(await store.eraseOld(1, 10)).toBe(1);
    expect(await row(database, task.id)).toMatchObject({ resultUrls: [] });
  });

  test('goes some at a time, each by one of the workers that come for it at once', async ({ database, store }) => {
    for (let index = 0; index < 7; index += 1) await store.cancelUnanswered((await store.accept()).id);
    await database.sql`update tasks set closed_at = now() - interval '91 days'`;

    expect(await store.eraseOld(90, 3)).toBe(3);
    const counts = await Promise.all([1, 2, 3].map(() => store.eraseOld(90, 10)));

    expect(counts.reduce((sum, count) => sum + count)).toBe(4);
    expect(await database.sql`select from tasks where erased_at is null`).toHaveLength(0);
  });

  test('goes with its kept video, whole', async ({ database, store }) => {
    const task = await store.render();
    await store.succeed(task.id, 90, ['https://media.example/film.mp4']);
    await store.savePiece(task.id, 0, new Uint8Array(10));
    await store.markKept(task.id, 10);
    await store.markUndeliverable(await store.found(task.id));
    await age(database, task.id, 91 * day);

    await store.eraseOld(90, 10);

    expect(await store.openKept(task.id)).toBeNull();
    expect(await database.sql`select from kept_chunks`).toHaveLength(0);
  });
});

test('what a server’s managers have set goes, what operators have set there stays', async ({ store }) => {
  const set = async (subject: string, kind: 'cap' | 'block' | 'budget', actor: string) =>
    store.setRule(newAct('cap', subject, { actor }), kind, { credits: kind === 'block' ? null : 5, reason: null });
  const other = '100000000000000009';
  await set(`guild:${guildId}`, 'cap', manager);
  await set(`guild:${guildId}:user:1`, 'block', manager);
  await set(`guild:${guildId}:user:2`, 'block', operator);
  await set(`guild:${guildId}`, 'block', operator);
  await set(`guild:${guildId}`, 'budget', operator);
  await set(`guild:${other}`, 'cap', manager);
  await set(`user:1`, 'block', operator);
  const operators = [operator];

  expect(await store.managedGuilds(operators)).toEqual([guildId, other]);
  expect(await store.forgetManagers(guildId, operators)).toBe(2);
  expect(await store.forgetManagers(guildId, operators)).toBe(0);

  const left = await store.readRules(['cap', 'block', 'budget']);
  expect(left.map(({ subject, kind }) => `${subject} ${kind}`).toSorted()).toEqual([
    `guild:${guildId} block`,
    `guild:${guildId} budget`,
    `guild:${guildId}:user:2 block`,
    `guild:${other} cap`,
    'user:1 block',
  ]);
});
