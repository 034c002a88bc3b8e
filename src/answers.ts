import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { buttons, commands, messageCommands, modals, operatorCommands } from '#commands/index.ts';
import { makeAccept } from '#src/app/accept.ts';
import { makeAccess } from '#src/app/access.ts';
import { makeBatch } from '#src/app/batch.ts';
import { makeCancel } from '#src/app/cancel.ts';
import { makeImagesAgain } from '#src/app/images-again.ts';
import { makeLeave } from '#src/app/leave.ts';
import { makeOwnTask } from '#src/app/own-task.ts';
import { makeRequestVideo } from '#src/app/request-video.ts';
import { makeShowVideo } from '#src/app/show-video.ts';
import { makeAnimate } from '#src/discord/animate.ts';
import { makeAnswerVideo } from '#src/discord/answer.ts';
import { makeIsMember, makeIsThere } from '#src/discord/application.ts';
import { makeAttach } from '#src/discord/attach.ts';
import { makeCallback } from '#src/discord/callback.ts';
import { makeDispatch } from '#src/discord/dispatch.ts';
import { makeFreshImage } from '#src/discord/fresh-image.ts';
import { type Gateway, startGateway } from '#src/discord/gateway.ts';
import { makeLookUp } from '#src/discord/look-up.ts';
import { makeObey } from '#src/discord/obey.ts';
import { makeRemake } from '#src/discord/remake.ts';
import { makeReplies } from '#src/discord/replies.ts';
import { makeSay } from '#src/discord/say.ts';
import { makeAnswerShow } from '#src/discord/show-video.ts';
import { makeWithdraw } from '#src/discord/withdraw.ts';
import { kling as model } from '#src/domain/parameters.ts';
import { isConnectionFailure, isNeverBegun } from '#src/store/pulse.ts';
import { openBlocklist } from './blocklist.ts';
import { openDms } from './dms.ts';
import { openOperators } from './operators.ts';
import type { Parts } from './parts.ts';
import { register } from './registering.ts';
import { openTelling } from './telling.ts';
import { openVideos, type Videos } from './videos.ts';
import { watchAnswers, watchRequests } from './watching.ts';

/** The gateway and the answers to what comes by it. */
export async function startAnswers(parts: Parts): Promise<Gateway> {
  const { config, log, lifetime, store, rests, operatorIds } = parts;
  const videos = openVideos(parts);
  const forbids = await openBlocklist(parts);
  const { dispatch, hear, drain } = makeAnswers({ ...parts, videos, forbids });
  const { apiUrl, token } = config.discord;
  const { leave } = makeLeave({ ...store, log, operatorIds, isThere: makeIsThere(rests.bot) });
  const left = (guildId: string) =>
    void leave(guildId).catch((error: unknown) => log.warn({ err: error }, 'not left yet'));
  const gateway = startGateway({ apiUrl, token, bot: rests.bot, log, signal: lifetime.signal, dispatch, hear, left });
  lifetime.add('gateway', async () => {
    await gateway.stop();
    // What is being shown once more is given up, and its member told so.
    await Promise.all([drain(), videos.close()]);
  });
  // Not waited for longer: whoever has used the bot before has its commands.
  await Promise.race([register(parts), sleep(5_000, undefined, { ref: false })]);
  return gateway;
}

type AnswerParts = Pick<
  Parts,
  'config' | 'log' | 'metrics' | 'lifetime' | 'database' | 'store' | 'rivya' | 'rests' | 'operatorIds' | 'standing'
> & {
  readonly videos: Videos;
  /** What prompts may not say. */
  forbids(prompt: string): boolean;
};

/** All that interactions and messages need to be answered, however they come. */
export function makeAnswers(parts: AnswerParts) {
  const { config, log, metrics, lifetime, database, store, rests, operatorIds, standing, videos, forbids } = parts;
  const isAway = () => database.isAway();
  const accept = makeAccept({
    acceptAll: (wishes) => database.watch(store.acceptAll(wishes)),
    isAway,
    isConnectionFault: isConnectionFailure,
    isNotBegun: isNeverBegun,
    isStopping: () => lifetime.isClosing,
  });
  const access = makeAccess({
    ...config.access,
    operatorIds,
    isMember: makeIsMember(rests.bot),
    hasOwnCredits: store.hasOwnCredits,
  });
  const imageOrigin = new URL(config.discord.cdnUrl).origin;
  const { ageRestrictedOnly } = config;
  const asked = { model, imageOrigin, newId: randomUUID, standing, access, accept };
  const request = makeRequestVideo({ ...asked, forbids, ageRestrictedOnly });
  const requestVideo = watchRequests(request, metrics);
  const mark = makeBatch(store.markAnswered, { isShared: isConnectionFailure });
  const replies = makeReplies(rests.webhooks);
  const { received, callback } = watchAnswers(makeCallback(rests.callbacks), metrics);
  const { sayPrivately, apologise } = makeSay({ ...replies, callback });
  const voice = { model, isRehearsal: config.isRehearsal };
  const { answerVideo, turnIntoVideo } = makeAnswerVideo({
    ...replies,
    voice,
    log,
    signal: lifetime.signal,
    requestVideo,
    callback,
    sayPrivately,
    async markAnswered(taskId, seen) {
      await mark({ taskId, ...seen });
    },
    cancelUnanswered: store.cancelUnanswered,
  });
  const ownTask = makeOwnTask({ ...store, operatorIds });
  const showVideo = makeAnswerShow({
    ...replies,
    log,
    callback,
    showVideo: makeShowVideo({ ...store, ownTask }),
  });
  const lookUp = makeLookUp({ model, ownTask, sayPrivately });
  const imagesAgain = makeImagesAgain({ freshImage: makeFreshImage(rests.bot) });
  const asking = { ...store, model, log, newId: randomUUID, lookUp, answerVideo, callback, sayPrivately };
  const { askToAttach, ...attaching } = makeAttach(asking);
  const remaking = makeRemake({ ...asking, imagesAgain, askToAttach });
  const animating = makeAnimate({ ...asking, imageOrigin, mediaHosts: config.discord.mediaHosts });
  const withdrawing = makeWithdraw({
    ...replies,
    webhooks: rests.webhooks,
    log,
    callback,
    sayPrivately,
    ownTask,
    cancel: makeCancel({ ...store, ownTask }),
    dropMessage: store.dropMessage,
    writeAct: store.writeAct,
  });
  const telling = openTelling(parts, { ...replies, voice, videos, access, ownTask, callback, sayPrivately });
  const operators = openOperators(parts, { ...replies, callback, sayPrivately });
  const dms = openDms(parts, { imageOrigin, access, requestVideo, turnIntoVideo });
  const obey = makeObey({ bot: rests.bot, sayPrivately });
  const keepLocale = makeBatch(store.saveLocales, { isShared: isConnectionFailure });
  const { dispatch, drain } = makeDispatch({
    commands: [...commands, ...operatorCommands],
    messageCommands,
    buttons: obey(buttons),
    modals: obey(modals),
    hands: {
      ...{ answerVideo, showVideo, draft: dms.presses },
      ...{ ...remaking, ...attaching, ...animating, ...withdrawing, ...telling, ...operators },
    },
    log,
    received,
    sayPrivately,
    apologise,
    async remember({ userId, locale }) {
      if (!isAway()) await keepLocale({ userId, locale });
    },
  });
  return {
    dispatch,
    hear: dms.hear,
    async drain(): Promise<void> {
      await Promise.all([drain(), dms.drain()]);
    },
  };
}
