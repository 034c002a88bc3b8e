import { expect, test } from 'vitest';
import { makeShowDrafts, type Said } from '#src/app/show-draft.ts';
import type { Draft } from '#src/domain/draft.ts';
import { kling } from '#src/domain/parameters.ts';
import { ageDrafts, newDraft } from '#test/drafts.ts';
import { type TestStore, test as withStore } from '#test/store.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };

/** Drafts of the real store, shown at a Discord that answers each post and edit by the next of these. */
function begin(store: TestStore, outcomes: readonly (Said | (() => Promise<Said>))[]) {
  const said: [state: string, left: number | undefined][] = [];
  const shows = makeShowDrafts({
    ...store,
    model: kling,
    log,
    async sayDraft({ state }: Draft, quote) {
      const outcome = outcomes[said.length] ?? 'later';
      said.push([state, quote?.left]);
      return typeof outcome === 'function' ? outcome() : outcome;
    },
  });
  return { ...shows, said };
}

async function open(store: TestStore): Promise<Draft> {
  return (await store.openDraft(newDraft()))?.draft ?? expect.unreachable('answered');
}

withStore('a draft is shown with its figures, and then not again', async ({ database, store }) => {
  const { showDraft, tendDrafts, said } = begin(store, [{ answerId: '500' }]);

  await showDraft(await open(store));
  await ageDrafts(database, 60_000);
  await tendDrafts();

  expect(said).toEqual([['open', 1000]]);
});

withStore('one that is closed while its post is on its way is shown as closed', async ({ store }) => {
  const close = async (): Promise<Said> => {
    await open(store);
    return { answerId: '500' };
  };
  const { showDraft, said } = begin(store, [close, { answerId: '500' }]);

  await showDraft(await open(store));

  expect(said.map(([state]) => state)).toEqual(['open', 'replaced']);
});

withStore('one that was closed before its message is known is left to who posts it', async ({ store }) => {
  const { showClosed, said } = begin(store, []);
  const first = await open(store);
  await open(store);

  await showClosed(first.id);

  expect(said).toEqual([]);
});

withStore('one that cannot be shown now is tried twice more, by the clock', async ({ database, store }) => {
  const { showDraft, tendDrafts, said } = begin(store, ['later', 'later', 'later']);
  await showDraft(await open(store));

  for (let round = 0; round < 5; round += 1) {
    await ageDrafts(database, 60_000);
    await tendDrafts();
  }

  expect(said).toHaveLength(3);
});

withStore('one that can never be shown is not tried again', async ({ database, store }) => {
  const { showDraft, tendDrafts, said } = begin(store, ['refused']);
  await showDraft(await open(store));

  await ageDrafts(database, 60_000);
  await tendDrafts();

  expect(said).toHaveLength(1);
});

withStore('a rule that forbids asking by now leaves the figures out', async ({ database, store }) => {
  const draft = await open(store);
  await database.sql`insert into rules (subject, kind, actor) values (${`user:${draft.userId}`}, 'block', '1')`;
  const { showDraft, said } = begin(store, [{ answerId: '500' }]);

  await showDraft(draft);

  expect(said).toEqual([['open', undefined]]);
});

test('nothing is due, nothing is said', async () => {
  const { tendDrafts } = makeShowDrafts({
    model: kling,
    log,
    quote: () => expect.unreachable('no draft'),
    sayDraft: () => expect.unreachable('no draft'),
    claimDrafts: async () => [],
    markDraftShown: async () => false,
    async stopShowingDraft() {},
    expireDrafts: async () => 0,
    async removeDrafts() {},
  });

  expect(await tendDrafts()).toEqual({ again: false });
});
