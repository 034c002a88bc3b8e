import { logAlarm, makeTellAlarms } from '#src/app/alarms.ts';
import { makeDeliver } from '#src/app/deliver.ts';
import { makeUploadImages } from '#src/app/images.ts';
import { makePoll } from '#src/app/poll.ts';
import { makeShowProgress } from '#src/app/progress.ts';
import { makeSubmit } from '#src/app/submit.ts';
import { sweepSteps } from '#src/app/sweep.ts';
import { makeOpenVideo } from '#src/app/video.ts';
import { openAttachments } from '#src/discord/attachments.ts';
import { makePosts } from '#src/discord/posts.ts';
import { makeEditProgress } from '#src/discord/progress.ts';
import { makeReplies } from '#src/discord/replies.ts';
import { makeUpload } from '#src/discord/upload.ts';
import { kling as model } from '#src/domain/parameters.ts';
import { startClock } from '#src/queue/clock.ts';
import type { startQueues } from '#src/queue/queues.ts';
import { openResults } from '#src/rivya/results.ts';
import type { Parts } from './parts.ts';

/** Jobs and sweep: everything between an answer and a delivered video. */
export async function startWork(parts: Parts, queues: Awaited<ReturnType<typeof startQueues>>): Promise<void> {
  const { config, log, lifetime, store, rivya, rests, application } = parts;
  const results = openResults(config.rivya.url);
  lifetime.add('results', () => results.close());
  const attachments = openAttachments(config.discord);
  lifetime.add('attachments', () => attachments.close());
  const uploads = makeUpload(config.discord.apiUrl, config.discord.token);
  lifetime.add('uploads', () => uploads.close());

  const { lookUpReply } = makeReplies(rests.webhooks);
  const voice = { model, isRehearsal: config.isRehearsal };
  const { botUserId } = application;
  const { post, findPost } = makePosts({ ...rests, botUserId, voice, log, upload: uploads.upload });
  const openVideo = makeOpenVideo({ log, openResult: results.open, readRender: rivya.read, saveUrls: store.saveUrls });
  const uploadImages = makeUploadImages({
    model,
    readImage: attachments.readImage,
    upload: rivya.upload,
    saveUpload: store.saveUpload,
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
  const showProgress = makeShowProgress({ ...store, log, editProgress: makeEditProgress(rests.progress, voice) });
  const deliver = makeDeliver({ ...store, log, post, findPost, openVideo, showProgress });
  const poll = makePoll({ ...store, log, read: rivya.read, isKeyRefused: rivya.isKeyRefused });

  await queues.startWorkers({ submit, deliver });
  const tellAlarms = makeTellAlarms({ ...store, log, tell: logAlarm(log) });
  const clock = startClock(sweepSteps({ ...store, poll: poll.step, tellAlarms }), log);
  lifetime.add('sweep', () => clock.stop());
}
