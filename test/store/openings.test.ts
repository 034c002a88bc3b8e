import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import type { Opening } from '#src/domain/opening.ts';
import { test } from '#test/store.ts';

const ann = '200000000000000001';
const bob = '200000000000000002';
const image = { name: 'a.png', url: 'https://cdn.discordapp.com/a.png', size: null };
const newOpening = (): Opening => ({ id: randomUUID(), userId: ann, request: { images: [image] } });

describe('what a modal was opened for', () => {
  test('is found by who opened it, and by nobody else', async ({ store }) => {
    const opening = newOpening();

    await store.saveOpening(opening);
    await store.saveOpening(opening);

    expect(await store.findOpening(ann, opening.id)).toEqual(opening);
    expect(await store.findOpening(bob, opening.id)).toBeNull();
    expect(await store.findOpening(ann, randomUUID())).toBeNull();
  });

  test('ends after a day, and is removed', async ({ database, store }) => {
    const [old, fresh] = [newOpening(), newOpening()];
    await store.saveOpening(old);
    await database.sql`update openings set created_at = created_at - interval '25 hours'`;
    await store.saveOpening(fresh);

    expect(await store.findOpening(ann, old.id)).toBeNull();
    await store.dropOpenings();

    const rows = await database.sql`select id from openings`;
    expect(rows.map(({ id }) => id)).toEqual([fresh.id]);
  });
});
