import type { DraftPress, DraftView, GeneratePress, Pressed } from '#src/app/drafts.ts';
import type { Draft, Quote } from '#src/domain/draft.ts';
import type { Turned } from './answer.ts';
import type { Press } from './calls.ts';
import { draftBody } from './draft-body.ts';
import type { Voice } from './wording.ts';

type Ports = {
  readonly voice: Voice;
  readonly drafts: {
    change(press: DraftPress, key: string, value: string): Promise<Pressed>;
    cancel(press: DraftPress): Promise<Pressed>;
    generate(press: GeneratePress): Promise<Pressed>;
  };
  figures(draft: Draft): Promise<Quote | null>;
  turnIntoVideo(press: Press, asked: Promise<Turned>): Promise<void>;
};

/** Answers presses on a draft: its message turns into what the draft says then, or into the video. */
export function makeDraftPresses({ voice, drafts, figures, turnIntoVideo }: Ports) {
  async function turned(press: Press, pressed: Promise<Pressed>): Promise<Turned> {
    const outcome = await pressed;
    if ('accepted' in outcome || 'refused' in outcome) return outcome;
    const quote = 'draft' in outcome ? await figures(outcome.draft) : null;
    return { turn: (withPrompt: boolean) => body(outcome, quote, press, withPrompt) };
  }

  function body(view: DraftView, quote: Quote | null, { locale }: Press, withPrompt: boolean) {
    return draftBody(view, quote, locale, voice, withPrompt);
  }

  return {
    change(press: Press, draftId: string, key: string, value: string): Promise<void> {
      return turnIntoVideo(press, turned(press, drafts.change({ draftId, userId: press.userId }, key, value)));
    },
    cancel(press: Press, draftId: string): Promise<void> {
      return turnIntoVideo(press, turned(press, drafts.cancel({ draftId, userId: press.userId })));
    },
    generate(press: Press, draftId: string, revision: string): Promise<void> {
      const { userId, locale, reply } = press;
      const pressed = drafts.generate({ draftId, revision: Number(revision), userId, locale, reply });
      return turnIntoVideo(press, turned(press, pressed));
    },
  };
}
