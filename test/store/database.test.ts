import { expect } from 'vitest';
import { test } from '#test/database.ts';

test('result columns are camelCase, keys inside json are left alone', async ({ database }) => {
  const [row] = await database.sql`
    select 1 as provider_id, ${database.sql.json({ aspect_ratio: '16:9' })}::jsonb as request_body, 9007199254740991::bigint as big_sum`;

  expect(row).toEqual({ providerId: 1, requestBody: { aspect_ratio: '16:9' }, bigSum: 9007199254740991 });
});
