import type { Draft, Quote } from '#src/domain/draft.ts';
import type { Log } from '#src/domain/log.ts';
import type { Model, Settings } from '#src/domain/parameters.ts';
import type { Asker, RuleRefusal } from '#src/domain/rules.ts';

/** What became of a post or an edit. `refused`: not now and not later. */
export type Said = { readonly answerId: string } | 'refused' | 'later';

type Ports = {
  readonly model: Model;
  readonly log: Log;
  quote(asker: Asker, model: Model, settings: Settings): Promise<Quote | RuleRefusal>;
  /** Posts the answer, or edits it where its message is known. Repeated posts are one message. */
  sayDraft(draft: Draft, quote: Quote | null): Promise<Said>;
  /** What is due, each claimed by one process for a while; of all, or of one. */
  claimDrafts(count: number, id?: string): Promise<readonly Draft[]>;
  /** True: the row says something else by now. */
  markDraftShown(draft: Draft, answerId: string): Promise<boolean>;
  stopShowingDraft(draft: Draft): Promise<void>;
  expireDrafts(count: number): Promise<number>;
  removeDrafts(): Promise<void>;
};

const atOnce = 20;
/** More changes than that while one answer is shown are left to the sweep. */
const mostRounds = 3;

/** Shows what the rows of drafts say, in the member's DM. The row decides, so a repeat after a crash is no other road. */
export function makeShowDrafts(ports: Ports) {
  async function showDraft(draft: Draft): Promise<void> {
    let next: Draft | undefined = draft;
    for (let round = 0; next !== undefined && round < mostRounds; round += 1) next = await showOnce(next);
  }

  /** Gives the draft again if its row says something else by now. */
  async function showOnce(draft: Draft): Promise<Draft | undefined> {
    // An answer that was closed before its message is known: who posts it sees that.
    if (draft.state !== 'open' && draft.state !== 'told' && draft.answerId === null) return undefined;
    const said = await ports.sayDraft(draft, await figures(draft));
    if (said === 'later') return undefined;
    if (said === 'refused') {
      ports.log.info({ draft: draft.id }, 'a draft cannot be shown');
      await ports.stopShowingDraft(draft);
      return undefined;
    }
    const isOther = await ports.markDraftShown(draft, said.answerId);
    return isOther ? (await ports.claimDrafts(1, draft.id))[0] : undefined;
  }

  /** For an open draft only, and not where a rule has come to forbid it: its *Generate* says so. */
  async function figures({ userId, hasAllowance, settings, state }: Draft): Promise<Quote | null> {
    if (state !== 'open') return null;
    const quote = await ports.quote({ userId, guildId: null, roles: [], hasAllowance }, ports.model, settings);
    return 'refused' in quote ? null : quote;
  }

  async function showClosed(draftId: string): Promise<void> {
    for (const draft of await ports.claimDrafts(1, draftId)) await showDraft(draft);
  }

  /** By the clock: drafts of yesterday end, what was not shown is shown, what ended long ago goes. */
  async function tendDrafts(): Promise<{ again: boolean }> {
    const expired = await ports.expireDrafts(atOnce);
    const due = await ports.claimDrafts(atOnce);
    await Promise.all(due.map(showDraft));
    await ports.removeDrafts();
    return { again: expired === atOnce || due.length === atOnce };
  }

  return { showDraft, showClosed, tendDrafts, figures };
}
