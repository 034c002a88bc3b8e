import { randomUUID } from 'node:crypto';
import type { makeAccess } from '#src/app/access.ts';
import { makeAnswerMessage } from '#src/app/draft-message.ts';
import { makeDrafts } from '#src/app/drafts.ts';
import type { makeRequestVideo } from '#src/app/request-video.ts';
import { makeShowDrafts } from '#src/app/show-draft.ts';
import type { makeAnswerVideo } from '#src/discord/answer.ts';
import { makeReadMessage } from '#src/discord/direct-message.ts';
import { makeDraftPosts } from '#src/discord/draft-posts.ts';
import { makeDraftPresses } from '#src/discord/draft-presses.ts';
import { makeHear } from '#src/discord/hear.ts';
import { kling as model } from '#src/domain/parameters.ts';
import { isConnectionFailure as isConnectionFault } from '#src/store/pulse.ts';
import type { Parts } from './parts.ts';

type DmParts = Pick<Parts, 'config' | 'log' | 'database' | 'store' | 'rests'>;

/** What shows drafts, in whichever process. */
export function openDrafts({ config, log, store, rests }: DmParts) {
  const voice = { model, isRehearsal: config.isRehearsal };
  const { sayDraft, apologise } = makeDraftPosts({ bot: rests.bot, voice, log });
  return { ...makeShowDrafts({ ...store, model, log, sayDraft }), apologise, voice };
}

type Verbs = {
  readonly imageOrigin: string;
  readonly access: ReturnType<typeof makeAccess>;
  readonly requestVideo: ReturnType<typeof makeRequestVideo>;
  readonly turnIntoVideo: ReturnType<typeof makeAnswerVideo>['turnIntoVideo'];
};

/** Plain messages to the bot, and presses on the drafts that answer them. */
export function openDms(parts: DmParts, { imageOrigin, access, requestVideo, turnIntoVideo }: Verbs) {
  const { log, database, store, rests } = parts;
  const isAway = () => database.isAway();
  const { showDraft, showClosed, figures, apologise, voice } = openDrafts(parts);
  const answerMessage = makeAnswerMessage({
    ...store,
    model,
    imageOrigin,
    newId: randomUUID,
    access,
    showDraft,
    showClosed,
  });
  const { hear, drain } = makeHear({ log, isAway, isConnectionFault, answerMessage, apologise });
  const readMessage = makeReadMessage(rests.bot);
  const drafts = makeDrafts({ ...store, model, imageOrigin, isAway, isConnectionFault, readMessage, requestVideo });
  return { hear, drain, presses: makeDraftPresses({ voice, drafts, figures, turnIntoVideo }) };
}
