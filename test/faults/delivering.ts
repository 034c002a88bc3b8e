import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { TestContext } from 'vitest';
import { makeDeliver } from '#src/app/deliver.ts';
import { makeShowProgress } from '#src/app/progress.ts';
import type { VideoFile } from '#src/app/video.ts';
import { makePosts } from '#src/discord/posts.ts';
import { makeEditProgress } from '#src/discord/progress.ts';
import { makeUpload } from '#src/discord/upload.ts';
import { fileName } from '#src/domain/delivery.ts';
import type { Rung } from '#src/domain/task.ts';
import type { Database } from '#src/store/database.ts';
import { age, openTestStore } from '#test/store.ts';
import { begin, silent, voice } from '../discord/begin.ts';

const film = readFileSync('sandbox/media/1x1.mp4');
const minutes = 60_000;

function* pieces(bytes: Buffer, size = 2 ** 16) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** A finished task whose outcome is to be shown on this rung, as the best that is left, and what shows it. */
export async function startDelivering(
  database: Database,
  rung: Rung,
  outcome: 'video' | 'notice',
  { onTestFinished }: TestContext,
  bytes: Buffer = film,
) {
  const world = await begin({}, onTestFinished);
  const { discord, rests } = world;
  // Many tests run side by side: what they do before it matters may take its time.
  const { it, call } = world.use({ ...(rung === 'dm' && { context: 2 }), answerWithinMs: minutes });
  await rests.webhooks.post(`/interactions/${it.id}/${it.token}/callback`, {
    body: { type: 4, data: { content: 'Accepted' } },
    auth: false,
  });

  const store = openTestStore(database, {}, { perUser: 9, whole: 999 });
  const { id } = await store.accept({ userId: call.userId, reply: call.reply });
  await store.markAnswered([{ taskId: id, messageId: it.reply()?.id ?? null, isPrivate: false, shown: 'accepted' }]);
  await store.beginSend(id, minutes, 'key-of-a-test');
  await store.markRendering(id, `render-${id}`, 90, 0);
  if (outcome === 'video') await store.succeed(id, 90, ['https://media.example/film.mp4']);
  else await store.fail(id, { code: 'generation_failed', message: null });
  if (rung !== 'reply') {
    it.expireToken();
    await store.dropToken(await store.found(id));
  }
  if (rung === 'channel') {
    it.deleteReply();
    await store.dropMessage(await store.found(id));
  }

  const video: VideoFile = {
    name: fileName(id),
    length: bytes.length,
    open: async () => Readable.from(pieces(bytes)),
    fault: () => undefined,
    close: async () => {},
  };
  const uploads = makeUpload(discord.url, discord.botToken, { stallMs: 2_000, answerMs: 2_000 });
  onTestFinished(() => uploads.close());
  const posts = makePosts({ ...rests, botUserId: discord.botUserId, voice, log: silent, upload: uploads.upload });
  const editProgress = makeEditProgress(rests.progress, voice);
  const showProgress = makeShowProgress({ ...store, log: silent, editProgress });
  const deliver = makeDeliver({
    ...store,
    ...posts,
    log: silent,
    openVideo: async () => video,
    findUrls: async () => [],
    keepVideo: async () => 'none',
    showProgress,
    ping: async () => {},
  });

  /** What the member sees of it, wherever. */
  const shown = () => {
    const everywhere = [...discord.messages(call.reply.channelId), ...discord.dms(call.userId)];
    return everywhere.filter(({ content, attachments }) => content !== 'Accepted' || attachments.length > 0);
  };
  return {
    ...world,
    it,
    deliver: () => deliver(id),
    task: () => store.found(id),
    age: (ms: number) => age(database, id, ms),
    shown,
  };
}
