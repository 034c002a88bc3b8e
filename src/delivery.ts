import { makeDeliver } from '#src/app/deliver.ts';
import { makeKeepVideo } from '#src/app/keep.ts';
import { makeShowProgress } from '#src/app/progress.ts';
import { makeOpenVideo, readUrls } from '#src/app/video.ts';
import { makePosts } from '#src/discord/posts.ts';
import { makeEditProgress } from '#src/discord/progress.ts';
import { makeUpload } from '#src/discord/upload.ts';
import type { Voice } from '#src/discord/wording.ts';
import { openResults } from '#src/rivya/results.ts';
import type { Parts } from './parts.ts';

/** All that shows a task at Discord after its answer, behind the one verb that may. */
export function openDelivery(parts: Parts, voice: Voice): (taskId: string) => Promise<void> {
  const { config, log, lifetime, store, rivya, rests, application } = parts;
  const results = openResults(config.rivya.url);
  lifetime.add('results', () => results.close());
  const uploads = makeUpload(config.discord.apiUrl, config.discord.token);
  lifetime.add('uploads', () => uploads.close());

  const { botUserId } = application;
  const { post, findPost } = makePosts({ ...rests, botUserId, voice, log, upload: uploads.upload });
  const readRender = rivya.read;
  const openVideo = makeOpenVideo({ ...store, log, openResult: results.open, readRender });
  return makeDeliver({
    ...store,
    log,
    post,
    findPost,
    openVideo,
    findUrls: (task) => readUrls({ ...store, readRender }, task),
    keepVideo: makeKeepVideo({ ...store, log, openVideo }),
    showProgress: makeShowProgress({ ...store, log, editProgress: makeEditProgress(rests.progress, voice) }),
  });
}
