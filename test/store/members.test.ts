import { describe, expect } from 'vitest';
import { test } from '#test/store.ts';

const ann = '200000000000000001';
const bob = '200000000000000002';

describe('the locale of a member', () => {
  test('is the last one that an interaction came with', async ({ database, store }) => {
    await store.saveLocales([
      { userId: bob, locale: 'nl' },
      { userId: ann, locale: 'nl' },
      { userId: ann, locale: 'zh-CN' },
    ]);
    await store.saveLocales([{ userId: bob, locale: 'en-US' }]);

    const rows = await database.sql`select user_id, locale from members order by user_id`;
    expect(rows.map(({ userId, locale }) => [userId, locale])).toEqual([
      [ann, 'zh-CN'],
      [bob, 'en-US'],
    ]);
  });

  test('that is known is not written again', async ({ database, store }) => {
    await store.saveLocales([{ userId: ann, locale: 'nl' }]);
    const version = () => database.sql`select xmin::text, xmax::text from members`;
    const before = await version();

    await store.saveLocales([{ userId: ann, locale: 'nl' }]);

    expect(await version()).toEqual(before);
  });
});
