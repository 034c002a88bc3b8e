import { makeDeliver } from '#src/app/deliver.ts';
import { makeKeepVideo } from '#src/app/keep.ts';
import { makePing } from '#src/app/ping.ts';
import { makeShowProgress } from '#src/app/progress.ts';
import { readUrls } from '#src/app/video.ts';
import { makeSendPing } from '#src/discord/ping.ts';
import { makePosts } from '#src/discord/posts.ts';
import { makeEditProgress } from '#src/discord/progress.ts';
import type { Voice } from '#src/discord/wording.ts';
import type { Parts } from './parts.ts';
import { openVideos } from './videos.ts';

/** All that shows a task at Discord after its answer, behind the one verb that may. */
export function openDelivery(parts: Parts, voice: Voice): (taskId: string) => Promise<void> {
  const { log, lifetime, store, rivya, rests, application } = parts;
  const { openVideo, upload, close } = openVideos(parts);
  lifetime.add('videos', close);

  const { botUserId } = application;
  const { post, findPost } = makePosts({ ...rests, botUserId, voice, log, upload });
  const readRender = rivya.read;
  return makeDeliver({
    ...store,
    log,
    post,
    findPost,
    openVideo,
    findUrls: (task) => readUrls({ ...store, readRender }, task),
    keepVideo: makeKeepVideo({ ...store, log, openVideo }),
    ping: makePing({ ...store, log, sendPing: makeSendPing({ ...rests, voice }) }),
    showProgress: makeShowProgress({ ...store, log, editProgress: makeEditProgress(rests.progress, voice) }),
  });
}
