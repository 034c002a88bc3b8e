import { makeTellAlarms } from '#src/app/alarms.ts';
import { makeTendDeletions } from '#src/app/erase.ts';
import { makeUploadImages } from '#src/app/images.ts';
import { makeLeave } from '#src/app/leave.ts';
import { makePoll } from '#src/app/poll.ts';
import { makeRetain } from '#src/app/retain.ts';
import { makeSubmit } from '#src/app/submit.ts';
import { sweepSteps } from '#src/app/sweep.ts';
import { makeTellOperators } from '#src/discord/alarms.ts';
import { makeIsThere } from '#src/discord/application.ts';
import { openAttachments } from '#src/discord/attachments.ts';
import { makeFreshImage } from '#src/discord/fresh-image.ts';
import { makeReplies } from '#src/discord/replies.ts';
import { kling as model } from '#src/domain/parameters.ts';
import { startClock } from '#src/queue/clock.ts';
import type { startQueues } from '#src/queue/queues.ts';
import { openDelivery } from './delivery.ts';
import { openDrafts } from './dms.ts';
import type { Parts } from './parts.ts';

/** Jobs and sweep: everything between an answer and a delivered video. */
export async function startWork(parts: Parts, queues: Awaited<ReturnType<typeof startQueues>>): Promise<void> {
  const { config, log, lifetime, store, rivya, rests, operatorIds } = parts;
  const attachments = openAttachments(config.discord);
  lifetime.add('attachments', () => attachments.close());

  const { lookUpReply } = makeReplies(rests.webhooks);
  const uploadImages = makeUploadImages({
    model,
    readImage: attachments.readImage,
    freshImage: makeFreshImage(rests.bot),
    upload: rivya.upload,
    ...store,
  });
  const submit = makeSubmit({
    ...store,
    model,
    log,
    lookUpReply,
    uploadImages,
    create: rivya.create,
    keyName: rivya.keyName,
    async markAnswered(taskId, seen) {
      await store.markAnswered([{ taskId, ...seen, shown: null }]);
    },
  });
  const deliver = openDelivery(parts, { model, isRehearsal: config.isRehearsal });
  const poll = makePoll({ ...store, log, read: rivya.read, isKeyRefused: rivya.isKeyRefused });

  await queues.startWorkers({ submit, deliver }, store.wakeNow);
  const tell = makeTellOperators({ ...store, bot: rests.bot, log, operatorIds, channelId: config.operatorChannelId });
  const tellAlarms = makeTellAlarms({ ...store, log, tell });
  const { tendDrafts } = openDrafts(parts);
  const retain = makeRetain({ ...store, retentionDays: config.retentionDays });
  const { tendServers } = makeLeave({ ...store, log, operatorIds, isThere: makeIsThere(rests.bot) });
  const tendDeletions = makeTendDeletions({ ...store, log });
  const steps = sweepSteps({ ...store, retain, poll: poll.step, tellAlarms, tendDrafts, tendServers, tendDeletions });
  const clock = startClock(steps, log);
  lifetime.add('sweep', async () => {
    await clock.stop();
    await poll.handBack();
  });
}
