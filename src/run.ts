import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { buttons, commands, modals } from '#commands/index.ts';
import { makeAccept } from '#src/app/accept.ts';
import { makeAccess } from '#src/app/access.ts';
import { logAlarm, makeTellAlarms } from '#src/app/alarms.ts';
import { makeBatch } from '#src/app/batch.ts';
import { makeDeliver } from '#src/app/deliver.ts';
import { makeUploadImages } from '#src/app/images.ts';
import { makePoll } from '#src/app/poll.ts';
import { makeShowProgress } from '#src/app/progress.ts';
import { makeRequestVideo } from '#src/app/request-video.ts';
import { makeShowVideo } from '#src/app/show-video.ts';
import { makeSubmit } from '#src/app/submit.ts';
import { sweepSteps } from '#src/app/sweep.ts';
import { makeOpenVideo } from '#src/app/video.ts';
import { makeAnswerVideo } from '#src/discord/answer.ts';
import { type Application, makeIsMember, readApplication } from '#src/discord/application.ts';
import { openAttachments } from '#src/discord/attachments.ts';
import { makeCallback } from '#src/discord/callback.ts';
import { makeDispatch } from '#src/discord/dispatch.ts';
import { startGateway } from '#src/discord/gateway.ts';
import { makePosts } from '#src/discord/posts.ts';
import { makeEditProgress } from '#src/discord/progress.ts';
import { registerCommands } from '#src/discord/registration.ts';
import { makeReplies } from '#src/discord/replies.ts';
import { openRests } from '#src/discord/rest.ts';
import { makeSay } from '#src/discord/say.ts';
import { makeAnswerShow } from '#src/discord/show-video.ts';
import { makeUpload } from '#src/discord/upload.ts';
import { kling as model } from '#src/domain/parameters.ts';
import { serveHealth } from '#src/http/health.ts';
import { startClock } from '#src/queue/clock.ts';
import { startQueues } from '#src/queue/queues.ts';
import { openRivya } from '#src/rivya/client.ts';
import { openResults } from '#src/rivya/results.ts';
import { type Database, openDatabase } from '#src/store/database.ts';
import { startEmbedded } from '#src/store/embedded.ts';
import { migrate } from '#src/store/migrate.ts';
import { isConnectionFailure, isNeverBegun } from '#src/store/pulse.ts';
import { openStore } from '#src/store/store.ts';
import { type Config, readConfig } from './config.ts';
import { Lifetime } from './lifetime.ts';
import { openLog } from './log.ts';
import { checkProvider, explainFailedStart, step, tellKey, tellStart } from './start-report.ts';

/** Builds every part once, starts what the role asks for, and leaves the closing of each in `lifetime`. */
async function start(config: Config, log: Logger, lifetime: Lifetime): Promise<void> {
  const rivya = openRivya({ ...config.rivya, onKey: (refusal) => tellKey(refusal, log) });
  lifetime.add('provider', () => rivya.close());
  const rests = openRests(config.discord.apiUrl, config.discord.token);

  // Everything that can stop the start comes before IDENTIFY: a crash loop must not burn the 1,000 a day.
  const [application, credits, url] = await Promise.all([
    step('Discord does not answer as it should; it was looked for at DISCORD_API_URL.', readApplication(rests.bot)),
    checkProvider(rivya, () => lifetime.isClosing, log),
    step('The embedded PostgreSQL could not be started in DATA_DIR.', databaseUrl(config, lifetime, log)),
  ]);
  await step('The database does not answer as it should; it was looked for at DATABASE_URL.', migrate(url));
  const database = openDatabase(url, { max: 10 });
  lifetime.add('database', () => database.close());
  const queueDatabase = openDatabase(url, { max: 4, columns: 'plain', applicationName: 'kling-queue' });
  lifetime.add('queue database', () => queueDatabase.close());
  const queues = await step('The queue cannot be set up in the database.', startQueues(queueDatabase.sql, log));
  lifetime.add('queue', () => queues.stop(6_000));
  const { limits, slots } = config;
  const store = openStore({ sql: database.sql, limits, slots, enqueue: queues.enqueue });

  const operatorIds = config.operatorIds.length > 0 ? config.operatorIds : application.operatorIds;
  const parts: Parts = { config, log, lifetime, database, store, rivya, rests, application, operatorIds };
  if (config.role !== 'gateway') await startWork(parts, queues);
  let isConnected = () => config.role === 'worker';
  if (config.http !== null) {
    const serving = serveHealth(config.http, () => !database.isAway() && isConnected());
    const health = await step('HTTP_PORT cannot be opened on HTTP_HOST.', serving);
    lifetime.add('http', () => health.close());
  }
  const gateway = config.role === 'worker' ? null : await startAnswers(parts);
  if (gateway !== null) isConnected = () => gateway.isConnected();
  tellStart({ config, application, operatorIds, credits, servers: gateway?.servers ?? null, model }, log);
}

type Parts = {
  readonly config: Config;
  readonly log: Logger;
  readonly lifetime: Lifetime;
  readonly database: Database;
  readonly store: ReturnType<typeof openStore>;
  readonly rivya: ReturnType<typeof openRivya>;
  readonly rests: ReturnType<typeof openRests>;
  readonly application: Application;
  readonly operatorIds: readonly string[];
};

async function databaseUrl({ database }: Config, lifetime: Lifetime, log: Logger): Promise<string> {
  if (database.url !== undefined) return database.url;
  const starting = startEmbedded({ dataDir: database.dataDir, log });
  // A stop that comes while the server starts waits for it: left alone, it would outlive the bot.
  lifetime.add('embedded database', async () => (await starting.catch(() => null))?.stop());
  return (await starting).url;
}

/** Jobs and sweep: everything between an answer and a delivered video. */
async function startWork(parts: Parts, queues: Awaited<ReturnType<typeof startQueues>>): Promise<void> {
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

/** The gateway and the answers to what comes by it. */
async function startAnswers({ config, log, lifetime, database, store, rests, application, operatorIds }: Parts) {
  const isAway = () => database.isAway();
  const accept = makeAccept({
    acceptAll: (wishes) =>
      store.acceptAll(wishes).catch((error: unknown) => {
        database.suspect(error);
        throw error;
      }),
    isAway,
    isConnectionFault: isConnectionFailure,
    isNotBegun: isNeverBegun,
  });
  const access = makeAccess({
    ...config.access,
    operatorIds,
    isMember: makeIsMember(rests.bot),
    hasOwnCredits: store.hasOwnCredits,
  });
  const imageOrigin = new URL(config.discord.cdnUrl).origin;
  const requestVideo = makeRequestVideo({ model, imageOrigin, newId: randomUUID, access, accept });
  const mark = makeBatch(store.markAnswered, { isShared: isConnectionFailure });
  const replies = makeReplies(rests.webhooks);
  const callback = makeCallback(rests.callbacks);
  const { sayPrivately, apologise } = makeSay({ ...replies, callback });
  const answerVideo = makeAnswerVideo({
    ...replies,
    voice: { model, isRehearsal: config.isRehearsal },
    log,
    requestVideo,
    callback,
    sayPrivately,
    async markAnswered(taskId, seen) {
      await mark({ taskId, ...seen });
    },
    cancelUnanswered: store.cancelUnanswered,
  });
  const showVideo = makeAnswerShow({
    ...replies,
    log,
    callback,
    showVideo: makeShowVideo({ ...store, operatorIds }),
  });
  const { dispatch, drain } = makeDispatch({
    commands,
    buttons,
    modals,
    hands: { answerVideo, showVideo },
    log,
    sayPrivately,
    apologise,
  });

  const declared = commands.map(({ declaration }) => declaration);
  await registerCommands(rests.bot, application.id, declared, application.installTypes).then(
    (wrote) => log.info({ commands: declared.length }, wrote ? 'commands registered' : 'commands up to date'),
    (error: unknown) => log.error({ err: error }, 'Discord refused the commands; those it has stay'),
  );
  const { apiUrl, token } = config.discord;
  const opening = startGateway({ apiUrl, token, log, dispatch });
  const gateway = await step("Discord's gateway does not let the bot in.", opening);
  lifetime.add('gateway', async () => {
    await gateway.stop();
    await drain();
  });
  return gateway;
}

async function main(): Promise<void> {
  const lifetime = new Lifetime();
  let log: Logger | undefined;
  try {
    const config = readConfig(process.env);
    log = openLog(config.logLevel, process.stdout.isTTY);
    stopOnSignal(lifetime, log);
    await start(config, log, lifetime);
  } catch (error) {
    // Parts that a stop closed under a start still under way fail; that is no news.
    if (lifetime.isClosing) return;
    process.stderr.write(`${explainFailedStart(error)}\n`);
    await lifetime.close(() => {});
    process.exit(1);
  }
}

/** The first signal closes in order and exits with 0, within 10 s; a second one exits at once. */
function stopOnSignal(lifetime: Lifetime, log: Logger): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(1);
    isStopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(0), 9_500).unref();
    lifetime
      .close((name, error) => log.warn({ err: error, part: name }, 'not closed cleanly'))
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
}

await main();
