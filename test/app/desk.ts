import { readFileSync } from 'node:fs';
import type { Interact, MessageJson } from '#sandbox/discord/discord.ts';
import { startRivya } from '#sandbox/rivya/start.ts';
import { makeDeliver } from '#src/app/deliver.ts';
import { makeKeepVideo } from '#src/app/keep.ts';
import { makeOwnTask } from '#src/app/own-task.ts';
import { makePing } from '#src/app/ping.ts';
import { makeShowProgress } from '#src/app/progress.ts';
import { makeShowVideo } from '#src/app/show-video.ts';
import { makeSubmit } from '#src/app/submit.ts';
import { makeOpenVideo, readUrls } from '#src/app/video.ts';
import { makeAnswerVideo } from '#src/discord/answer.ts';
import { makeCallback } from '#src/discord/callback.ts';
import { readCall } from '#src/discord/calls.ts';
import { makeSendPing } from '#src/discord/ping.ts';
import { makePosts } from '#src/discord/posts.ts';
import { makeEditProgress } from '#src/discord/progress.ts';
import { makeReplies } from '#src/discord/replies.ts';
import { makeSay } from '#src/discord/say.ts';
import { makeAnswerShow } from '#src/discord/show-video.ts';
import { makeUpload } from '#src/discord/upload.ts';
import { kling } from '#src/domain/parameters.ts';
import { openRivya } from '#src/rivya/client.ts';
import { openResults } from '#src/rivya/results.ts';
import type { Database } from '#src/store/database.ts';
import { openTestStore } from '#test/store.ts';
import { begin, silent, voice, type WhenFinished } from '../discord/begin.ts';

export const film = readFileSync('sandbox/media/16x9.mp4');

/**
 * Answers, deliveries and clicks by their real parts, between a Discord, a provider and a database, with nothing that runs
 * by itself: what happens when, the test says.
 */
export async function openDesk(database: Database, whenFinished: WhenFinished) {
  const world = await begin({}, whenFinished);
  const { discord, rests, use } = world;
  const rivya = await startRivya({ render: 'manual', minPollMs: 0 });
  whenFinished(() => rivya.close());
  const client = openRivya({ url: rivya.url, apiKey: rivya.apiKey });
  whenFinished(async () => client.close());
  const results = openResults(rivya.url);
  whenFinished(() => results.close());
  const uploads = makeUpload(discord.url, discord.botToken);
  whenFinished(async () => uploads.close());

  const store = openTestStore(database, { quota: 100_000 }, { perUser: 999, whole: 9_999 });
  const log = silent;
  const readRender = client.read;
  const openVideo = makeOpenVideo({ ...store, log, openResult: results.open, readRender });
  const keepVideo = makeKeepVideo({ ...store, log, openVideo });
  const { botUserId } = discord;
  const deliver = makeDeliver({
    ...store,
    ...makePosts({ ...rests, botUserId, voice, log, upload: uploads.upload }),
    log,
    openVideo,
    keepVideo,
    findUrls: (task) => readUrls({ ...store, readRender }, task),
    ping: makePing({ ...store, log, sendPing: makeSendPing({ ...rests, voice }) }),
    showProgress: makeShowProgress({ ...store, log, editProgress: makeEditProgress(rests.progress, voice) }),
  });
  const replies = makeReplies(rests.webhooks);
  const submit = makeSubmit({
    ...store,
    model: kling,
    log,
    lookUpReply: replies.lookUpReply,
    uploadImages: async () => [],
    create: client.create,
    keyName: client.keyName,
    async markAnswered(taskId, seen) {
      await store.markAnswered([{ taskId, ...seen, shown: null }]);
    },
  });
  const callback = makeCallback(rests.callbacks);
  const { answerVideo } = makeAnswerVideo({
    ...replies,
    ...makeSay({ ...replies, callback }),
    voice,
    log,
    signal: new AbortController().signal,
    callback,
    requestVideo: async ({ origin, userId, locale, reply }) => {
      return { accepted: await store.accept({ origin, userId, locale, reply }), isNew: true };
    },
    async markAnswered(taskId, seen) {
      await store.markAnswered([{ taskId, ...seen }]);
    },
    cancelUnanswered: store.cancelUnanswered,
  });
  const showVideo = makeShowVideo({ ...store, ownTask: makeOwnTask({ ...store, operatorIds: [discord.ownerId] }) });
  const answerShow = makeAnswerShow({ ...replies, log, callback, showVideo });

  /** A `/kling` that is answered and renders. `isPrivate`: the member asked for privacy. */
  async function ask(more: Partial<Interact> = {}, isPrivate = false) {
    const { it, call } = use(more);
    await answerVideo({ ...call, reply: { ...call.reply, isPrivate } }, { prompt: 'a fox', settings: {}, images: [] });
    const [row] = await database.sql<{ id: string }[]>`select id from tasks where origin = ${it.id}`;
    const id = row?.id ?? '';
    await store.beginSend(id, 60_000, 'key');
    const render = await client.create(
      JSON.stringify({ model: 'kling-3-0', prompt: 'a fox', client_request_id: id }),
      id,
    );
    await store.markRendering(id, render.id, 90, 0);
    const task = () => store.found(id);
    return {
      it,
      id,
      userId: call.userId,
      task,
      /** The provider is done, and the outcome waits to be shown. */
      async succeed(): Promise<void> {
        rivya.finish(render.id);
        await store.succeed(id, 90, (await client.read(render.id)).urls);
      },
      /** The token dies, for Discord and for the clock. */
      async expire(): Promise<void> {
        it.expireToken();
        await database.sql`update tasks set token_expires_at = now() where id = ${id}`;
      },
      /** So many minutes before the token dies. */
      async leave(minutes: number): Promise<void> {
        await database.sql`
          update tasks set token_expires_at = now() + ${minutes} * interval '1 minute' where id = ${id}`;
      },
      deliver: () => deliver(id),
      /** A click on *Show video* of the reply, by its member unless told otherwise, and what came of it. */
      async press(userId?: string) {
        const click = it.component({ customId: `show:${id}`, ...(userId !== undefined && { userId }) });
        const call = readCall(click.payload);
        if (call?.kind !== 'press') throw new Error('not a click');
        await answerShow(call, id);
        return click;
      },
    };
  }

  /** Every message that there is, deleted ones left out. */
  function everything(): MessageJson[] {
    return [...discord.world.channels.keys()].flatMap((id) => discord.messages(id));
  }

  return { ...world, rivya, store, database, ask, everything, submit, deliver, answerShow, keepVideo, openVideo };
}
