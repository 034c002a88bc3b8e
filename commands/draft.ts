import type { Button } from '#src/discord/command.ts';
import { draftActions } from '#src/discord/draft-body.ts';

/** The components of a draft in a DM. */
export const draftButtons: readonly Button[] = [
  {
    action: draftActions.set,
    run: (press, [draftId = '', key = ''], hands) => hands.draft.change(press, draftId, key, press.values[0] ?? ''),
  },
  {
    action: draftActions.switch,
    run: (press, [draftId = '', key = '', to = ''], hands) => hands.draft.change(press, draftId, key, to),
  },
  {
    action: draftActions.make,
    run: (press, [draftId = '', revision = ''], hands) => hands.draft.generate(press, draftId, revision),
  },
  { action: draftActions.cancel, run: (press, [draftId = ''], hands) => hands.draft.cancel(press, draftId) },
];
