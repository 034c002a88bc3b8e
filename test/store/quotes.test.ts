import { describe, expect } from 'vitest';
import { kling } from '#src/domain/parameters.ts';
import { openTestStore, test } from '#test/store.ts';

const userId = '200000000000000001';
const settings = { mode: 'pro', duration: '5' };
const asker = { userId, guildId: null, roles: [], hasAllowance: true };

describe('a quote', () => {
  test('says what a video costs and what the member has left, bonus included', async ({ database }) => {
    const store = openTestStore(database, { quota: 200 });
    await store.accept();
    await database.sql`insert into accounts (owner, purse, granted) values (${`user:${userId}`}, 'bonus', 30)`;

    expect(await store.quote(asker, kling, settings)).toEqual({ cost: 90, left: 140 });
    expect(await store.quote({ ...asker, hasAllowance: false }, kling, settings)).toEqual({ cost: 90, left: 30 });
    expect(await store.quote({ ...asker, userId: '2' }, kling, settings)).toEqual({ cost: 90, left: 200 });
  });

  test('takes the price that the provider last showed for the same settings', async ({ store }) => {
    await store.render({}, 45);

    expect(await store.quote(asker, kling, settings)).toMatchObject({ cost: 45 });
    expect(await store.quote(asker, kling, { ...settings, duration: '10' })).toMatchObject({ cost: 90 });
  });

  test('goes by the member’s own allowance, and by what forbids asking', async ({ database, store }) => {
    const set = (subject: string, kind: string, credits: number | null) => database.sql`
      insert into rules (subject, kind, credits, actor) values (${subject}, ${kind}, ${credits}, '1')`;
    await set(`user:${userId}`, 'allowance', 500);
    expect(await store.quote(asker, kling, settings)).toMatchObject({ left: 500 });

    await set(`user:${userId}`, 'block', null);
    expect(await store.quote(asker, kling, settings)).toEqual({ refused: 'blocked', who: 'user' });
  });

  test('holds nothing', async ({ database, store }) => {
    await store.quote(asker, kling, settings);

    expect(await database.sql`select 1 from accounts`).toEqual([]);
  });
});
