import { type REST, Routes } from 'discord.js';
import { z } from 'zod';
import type { Said } from '#src/app/draft-message.ts';
import type { Said as SaidDraft } from '#src/app/show-draft.ts';
import { nonceOf } from '#src/domain/delivery.ts';
import type { Draft, Quote } from '#src/domain/draft.ts';
import type { Log } from '#src/domain/log.ts';
import { draftBody } from './draft-body.ts';
import { afterFailedPost, failureOf } from './failures.ts';
import { textBody } from './messages.ts';
import { answers } from './texts/answers.ts';
import { refusals } from './texts/refusals.ts';
import type { Voice } from './wording.ts';

type Ports = { readonly bot: REST; readonly voice: Voice; readonly log: Log };

const Id = z.object({ id: z.string() });

/** The bot's own messages in a member's DM. Edits repeat harmlessly; a repeated post is one message by its nonce. */
export function makeDraftPosts({ bot, voice, log }: Ports) {
  async function sayDraft(draft: Draft, quote: Quote | null): Promise<SaidDraft> {
    const send = async (withPrompt: boolean) => {
      const body = draftBody({ draft }, quote, draft.locale, voice, withPrompt);
      const { channelId, answerId } = draft;
      return answerId === null
        ? bot.post(Routes.channelMessages(channelId), { body: { ...body, ...once(nonceOf(draft.id)) } })
        : bot.patch(Routes.channelMessage(channelId, answerId), { body });
    };
    try {
      return await said(send(true));
    } catch (error) {
      if (isBlocked(error)) return said(send(false)).catch((again: unknown) => afterFailure(draft, again));
      return afterFailure(draft, error);
    }
  }

  function afterFailure(draft: Draft, error: unknown): SaidDraft {
    const failure = failureOf(error);
    log.warn({ draft: draft.id, ...failure }, 'a draft was not shown');
    return 'later' in afterFailedPost(failure, 'bot') ? 'later' : 'refused';
  }

  /** No row can be had: that is said once in a while, however many messages there are. */
  async function apologise({ channelId, userId }: Said, why: 'away' | 'fault'): Promise<void> {
    const english =
      why === 'away' ? refusals('en').uncharged({ reason: refusals('en').away() }) : answers('en').fault();
    // Discord itself gives the message back that this nonce made in the last minutes.
    const body = { ...textBody(english), ...once(`sorry${userId}`) };
    await bot.post(Routes.channelMessages(channelId), { body }).catch((error: unknown) => {
      log.warn(failureOf(error), 'an apology was not posted');
    });
  }

  return { sayDraft, apologise };
}

const once = (nonce: string) => ({ nonce, enforce_nonce: true });

async function said(sending: Promise<unknown>): Promise<SaidDraft> {
  return { answerId: Id.parse(await sending).id };
}

function isBlocked(error: unknown): boolean {
  const outcome = afterFailedPost(failureOf(error), 'bot');
  return 'refused' in outcome && outcome.refused === 'blocked';
}
