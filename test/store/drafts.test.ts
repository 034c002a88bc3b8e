import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { openDatabase } from '#src/store/database.ts';
import type { Opened } from '#src/store/drafts.ts';
import { unbalanced } from '#test/books.ts';
import { ageDrafts, newDraft } from '#test/drafts.ts';
import { account, newWish, openTestStore, type TestStore, test } from '#test/store.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const ann = '200000000000000001';
const help = { help: true } as const;

async function open(store: TestStore, more: Parameters<typeof newDraft>[0] = {}): Promise<Opened> {
  return (await store.openDraft(newDraft(more))) ?? expect.unreachable('answered');
}

describe('a member’s message', () => {
  test('becomes an open draft, in the locale of the member’s last interaction', async ({ store }) => {
    await store.saveLocales([{ userId: ann, locale: 'nl' }]);

    const { draft, replaced } = await open(store, { images: [{ id: '1', name: 'a.png' }] });
    const stranger = await open(store, { userId: '200000000000000002' });

    expect(draft).toMatchObject({ state: 'open', prompt: 'a fox', revision: 0, locale: 'nl', answerId: null });
    expect(draft.images).toEqual([{ id: '1', name: 'a.png' }]);
    expect(replaced).toBeNull();
    expect(stranger.draft.locale).toBe('en-US');
  });

  test('is answered once, however often and wherever it is seen', async ({ databaseUrl, database }) => {
    const pools = Array.from({ length: 6 }, () => openDatabase(databaseUrl, { max: 1 }));
    const { messageId } = newDraft();

    const outcomes = await Promise.all(
      pools.map((pool) => openTestStore(pool).openDraft(newDraft({ messageId, id: randomUUID() }))),
    );
    await Promise.all(pools.map((pool) => pool.close()));

    expect(outcomes.filter((outcome) => outcome !== null)).toHaveLength(1);
    expect(await database.sql`select state from drafts`).toMatchObject([{ state: 'open' }]);
  });

  test('closes the draft before it, and only that member’s', async ({ store }) => {
    const first = await open(store);
    const others = await open(store, { userId: '200000000000000002' });

    const second = await open(store);

    expect(second.replaced).toMatchObject({ id: first.draft.id, state: 'replaced' });
    expect((await store.findDraft(first.draft.id))?.state).toBe('replaced');
    expect((await store.findDraft(others.draft.id))?.state).toBe('open');
  });

  test('that comes after a newer one was answered is not answered', async ({ store }) => {
    const older = newDraft();
    const { draft } = await open(store);

    expect(await store.openDraft(older)).toBeNull();
    expect((await store.findDraft(draft.id))?.state).toBe('open');
  });

  test('that is no wish is told why, and leaves the draft before it open', async ({ store }) => {
    const { draft } = await open(store);

    const told = await open(store, { told: help });

    expect(told).toMatchObject({ draft: { state: 'told', told: help, prompt: '' }, replaced: null });
    expect((await store.findDraft(draft.id))?.state).toBe('open');
  });

  test('is answered five times a minute; then that is said once; others and the next minute are free', async ({
    database,
    store,
  }) => {
    for (const told of [null, help, null, help, null]) await open(store, { told });

    const sixth = await open(store);
    const seventh = await store.openDraft(newDraft());
    const others = await store.openDraft(newDraft({ userId: '200000000000000002' }));
    await ageDrafts(database, minute + 1_000);
    const later = await store.openDraft(newDraft());

    expect(sixth).toMatchObject({ draft: { told: { refused: 'too-many-drafts', most: 5 } }, replaced: null });
    expect(seventh).toBeNull();
    expect(others?.draft.state).toBe('open');
    expect(later?.draft.state).toBe('open');
  });

  test('is counted once where eight processes see ten of them at once', async ({ databaseUrl, database }) => {
    const pools = Array.from({ length: 8 }, () => openDatabase(databaseUrl, { max: 2 }));
    const messages = Array.from({ length: 10 }, () => newDraft({ told: help }));

    await Promise.all(
      pools.flatMap((pool) => messages.map((one) => openTestStore(pool).openDraft({ ...one, id: randomUUID() }))),
    );
    await Promise.all(pools.map((pool) => pool.close()));

    const rows = await database.sql`select told from drafts order by created_at`;
    expect(rows.filter(({ told }) => 'help' in told)).toHaveLength(5);
    expect(rows.filter(({ told }) => told.refused === 'too-many-drafts')).toHaveLength(1);
  });
});

describe('an open draft', () => {
  test('takes other settings; those that it has are no change', async ({ store }) => {
    const { draft } = await open(store);

    const changed = await store.changeDraft(draft.id, { duration: '10' });
    const same = await store.changeDraft(draft.id, { duration: '10' });

    expect(changed).toMatchObject({ settings: { mode: 'pro', duration: '10' }, revision: 1 });
    expect(same?.revision).toBe(1);
  });

  test('takes what its message says by now, unless it was changed meanwhile', async ({ store }) => {
    const { draft } = await open(store);
    await store.changeDraft(draft.id, { duration: '10' });

    const stale = await store.reviseDraft(draft, 'a wolf', []);
    const revised = await store.reviseDraft({ ...draft, revision: 1 }, 'a wolf', [{ id: '1', name: 'a.png' }]);

    expect(stale).toBeNull();
    expect(revised).toMatchObject({
      prompt: 'a wolf',
      images: [{ id: '1' }],
      revision: 2,
      settings: { duration: '10' },
    });
  });

  test.for(['canceled', 'withdrawn'] as const)('is %s once, and takes nothing after that', async (state, { store }) => {
    const { draft } = await open(store);

    const closed = await store.closeDraft(draft.id, state);

    expect(closed?.state).toBe(state);
    expect(await store.closeDraft(draft.id, state)).toBeNull();
    expect(await store.changeDraft(draft.id, { duration: '10' })).toBeNull();
    expect(await store.reviseDraft(draft, 'a wolf', [])).toBeNull();
  });

  test('of yesterday has ended, before the sweep comes by as after it', async ({ database, store }) => {
    const { draft } = await open(store);
    await ageDrafts(database, day + minute);

    expect((await store.findDraft(draft.id))?.state).toBe('expired');
    expect(await store.changeDraft(draft.id, { duration: '10' })).toBeNull();
    expect(await store.closeDraft(draft.id, 'canceled')).toBeNull();
    expect(await store.acceptAll([wishFor(draft.id, 0)])).toEqual([{ refused: 'draft-changed' }]);

    expect(await store.expireDrafts(10)).toBe(1);
    expect(await store.expireDrafts(10)).toBe(0);
    expect((await store.claimDrafts(10)).map(({ id, state }) => [id, state])).toEqual([[draft.id, 'expired']]);
  });
});

describe('Generate', () => {
  test('makes the one task and ends the draft, in one transaction', async ({ database, store }) => {
    const { draft } = await open(store);

    const [first] = await store.acceptAll([wishFor(draft.id, 0)]);
    const [again] = await store.acceptAll([wishFor(draft.id, 0)]);

    expect(first).toMatchObject({ isNew: true, accepted: { origin: `draft:${draft.id}` } });
    expect(again).toMatchObject({ isNew: false, accepted: { origin: `draft:${draft.id}` } });
    expect(await store.findDraft(draft.id)).toMatchObject({ state: 'generated' });
    expect(await account(database, `user:${ann}`)).toEqual({ held: 90, spent: 0 });
    expect(await unbalanced(database)).toEqual([]);
  });

  test('pressed in eight processes at once makes one task', async ({ databaseUrl, database, store }) => {
    const { draft } = await open(store);
    const pools = Array.from({ length: 8 }, () => openDatabase(databaseUrl, { max: 1 }));

    const outcomes = await Promise.all(pools.map((pool) => openTestStore(pool).acceptAll([wishFor(draft.id, 0)])));
    await Promise.all(pools.map((pool) => pool.close()));

    expect(outcomes.flat().filter((outcome) => 'accepted' in outcome && outcome.isNew)).toHaveLength(1);
    expect(outcomes.flat().filter((outcome) => 'accepted' in outcome)).toHaveLength(8);
    expect(await account(database, 'bot')).toEqual({ held: 90, spent: 0 });
  });

  test('makes nothing of a draft that says something else by now', async ({ database, store }) => {
    const { draft } = await open(store);
    await store.changeDraft(draft.id, { duration: '10' });

    expect(await store.acceptAll([wishFor(draft.id, 0)])).toEqual([{ refused: 'draft-changed' }]);
    expect(await account(database, 'bot')).toEqual({ held: 0, spent: 0 });
  });

  test('and a newer message at once end the draft in one way only', async ({ databaseUrl, database, store }) => {
    const pools = Array.from({ length: 2 }, () => openDatabase(databaseUrl, { max: 1 }));
    const [left, right] = pools.map((pool) => openTestStore(pool));
    if (left === undefined || right === undefined) throw new Error('two stores');

    for (let round = 0; round < 5; round += 1) {
      const { draft } = await open(store);
      const [[outcome], opened] = await Promise.all([
        left.acceptAll([wishFor(draft.id, 0)]),
        right.openDraft(newDraft()),
      ]);
      const isMade = outcome !== undefined && 'accepted' in outcome;
      expect((await store.findDraft(draft.id))?.state).toBe(isMade ? 'generated' : 'replaced');
      expect(opened?.replaced?.id).toBe(isMade ? undefined : draft.id);
      await ageDrafts(database, 2 * minute);
    }
    await Promise.all(pools.map((pool) => pool.close()));
    expect(await unbalanced(database)).toEqual([]);
  });

  test('that is refused leaves the draft as it was', async ({ database }) => {
    const store = openTestStore(database, { quota: 10 });
    const { draft } = await open(store);

    expect(await store.acceptAll([wishFor(draft.id, 0)])).toMatchObject([{ refused: 'quota' }]);
    expect(await store.findDraft(draft.id)).toMatchObject({ state: 'open', revision: 0 });
  });

  test('beside commands of others ends only its own draft', async ({ store }) => {
    const { draft } = await open(store);
    const other = await open(store, { userId: '200000000000000002' });

    await store.acceptAll([newWish(), wishFor(draft.id, 0), wishFor(other.draft.id, 7)]);

    expect((await store.findDraft(draft.id))?.state).toBe('generated');
    expect((await store.findDraft(other.draft.id))?.state).toBe('open');
  });
});

describe('showing what a row says', () => {
  test('is claimed by one at a time, three times at most', async ({ database, store }) => {
    await open(store);
    expect(await store.claimDrafts(10)).toEqual([]);

    const claims: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      await ageDrafts(database, minute);
      claims.push((await store.claimDrafts(10)).length, (await store.claimDrafts(10)).length);
    }

    // The first try was the one of who made it.
    expect(claims).toEqual([1, 0, 1, 0, 0, 0, 0, 0]);
  });

  test('ends once Discord has it', async ({ database, store }) => {
    const { draft } = await open(store);

    expect(await store.markDraftShown(draft, '500')).toBe(false);
    await ageDrafts(database, minute);

    expect(await store.claimDrafts(10)).toEqual([]);
    expect((await store.findDraft(draft.id))?.answerId).toBe('500');
  });

  test('begins again where the draft was replaced while it was on its way', async ({ store }) => {
    const { draft } = await open(store);
    await open(store);

    expect(await store.markDraftShown(draft, '500')).toBe(true);
    expect(await store.claimDrafts(10, draft.id)).toMatchObject([{ state: 'replaced', answerId: '500' }]);
  });

  test('is over where a press ended the draft meanwhile, which shows that itself', async ({ store }) => {
    const { draft } = await open(store);
    await store.closeDraft(draft.id, 'canceled');

    expect(await store.markDraftShown(draft, '500')).toBe(false);
  });
});

test('ended drafts are removed after two days, open ones never', async ({ database, store }) => {
  await open(store, { told: help });
  await open(store);
  const { draft } = await open(store);

  await ageDrafts(database, 2 * day - minute);
  await store.removeDrafts();
  expect(await database.sql`select 1 from drafts`).toHaveLength(3);
  await ageDrafts(database, 2 * minute);
  await store.removeDrafts();

  expect(await database.sql`select id from drafts`).toMatchObject([{ id: draft.id }]);
});

function wishFor(draftId: string, revision: number) {
  return newWish({ origin: `draft:${draftId}`, draft: { id: draftId, revision } });
}
