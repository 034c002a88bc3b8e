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

describe('the settings of a member', () => {
  test('are the defaults until they are changed, and each their own', async ({ store }) => {
    await store.saveLocales([{ userId: ann, locale: 'nl' }]);

    await store.savePing(bob, false);

    expect(await store.readSettings(ann)).toEqual({ ping: true });
    expect(await store.readSettings(bob)).toEqual({ ping: false });
    expect(await store.readSettings('200000000000000003')).toEqual({ ping: true });
  });

  test('and the locale leave each other as they are', async ({ database, store }) => {
    await store.savePing(ann, false);
    await store.saveLocales([{ userId: ann, locale: 'nl' }]);
    await store.saveLocales([{ userId: bob, locale: 'nl' }]);
    await store.savePing(bob, false);

    const rows = await database.sql`select locale, ping from members order by user_id`;
    expect(rows.map(({ locale, ping }) => [locale, ping])).toEqual([
      ['nl', false],
      ['nl', false],
    ]);
  });
});
