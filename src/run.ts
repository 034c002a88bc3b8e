import type { Logger } from 'pino';
import { readApplication } from '#src/discord/application.ts';
import type { Gateway } from '#src/discord/gateway.ts';
import { openRests } from '#src/discord/rest.ts';
import { untilAnswered } from '#src/discord/until-answered.ts';
import { kling as model } from '#src/domain/parameters.ts';
import { rungs } from '#src/domain/task.ts';
import { serveHealth } from '#src/http/health.ts';
import { openMetrics } from '#src/http/metrics.ts';
import { startQueues } from '#src/queue/queues.ts';
import { openRivya } from '#src/rivya/client.ts';
import { openDatabase } from '#src/store/database.ts';
import { migrate } from '#src/store/migrate.ts';
import { openStore } from '#src/store/store.ts';
import { openAccount } from './account.ts';
import { startAnswers } from './answers.ts';
import { type Config, readConfig } from './config.ts';
import { embeddedUrl } from './embedded-url.ts';
import { makeEnding } from './ending.ts';
import { Lifetime } from './lifetime.ts';
import { openLog } from './log.ts';
import type { Parts } from './parts.ts';
import { checkProvider, step, tellDatabase, tellKey, tellStart } from './start-report.ts';
import { closed, watchStore } from './watching.ts';
import { startWork } from './work.ts';

/** Builds every part once, starts what the role asks for, and leaves the closing of each in `lifetime`. */
async function start(config: Config, log: Logger, lifetime: Lifetime): Promise<Gateway | null> {
  // How long the closing of each stage may take is in the end up to the ending.
  lifetime.stage(60_000);
  const metrics = openMetrics({ closed, rungs });
  let isReady = () => false;
  if (config.http !== null) {
    metrics.watchProcess();
    const serving = serveHealth(config.http, { metrics, isReady: () => !lifetime.isClosing && isReady() });
    const health = await step('HTTP_PORT cannot be opened on HTTP_HOST.', serving);
    lifetime.add('http', () => health.close());
  }
  let account: ReturnType<typeof openAccount> | undefined;
  const rivya = openRivya({
    ...config.rivya,
    onCall: metrics.onCall,
    onKey(refusal) {
      tellKey(refusal, log);
      void account?.look();
    },
    onShort: () => void account?.look(),
  });
  lifetime.add('provider', () => rivya.close());
  const rests = openRests(config.discord.apiUrl, config.discord.token);

  // Everything that can stop the start comes before IDENTIFY: a crash loop must not burn the 1,000 a day.
  const who = untilAnswered(() => readApplication(rests.bot), { log, what: 'who I am', signal: lifetime.signal });
  const [application, credits, url] = await Promise.all([
    step('Discord does not answer as it should; it was looked for at DISCORD_API_URL.', who),
    checkProvider(rivya, () => lifetime.isClosing, log),
    step('The embedded PostgreSQL could not be started in DATA_DIR.', databaseUrl(config, lifetime, log)),
  ]);
  await step('The database does not answer as it should; it was looked for at DATABASE_URL.', migrate(url));
  lifetime.stage(2_500);
  const database = openDatabase(url, { max: 10, onTurn: (isAway) => tellDatabase(isAway, log) });
  lifetime.add('database', () => database.close());
  const queueDatabase = openDatabase(url, { max: 4, columns: 'plain', applicationName: 'kling-queue' });
  lifetime.add('queue database', () => queueDatabase.close());
  const queues = await step('The queue cannot be set up in the database.', startQueues(queueDatabase.sql, log));
  lifetime.stage(4_500);
  // A call to the provider usually ends by then; whatever does not, the next process can finish.
  lifetime.add('queue', () => queues.stop(1_000));
  const { limits, slots } = config;
  const store = watchStore(openStore({ database, limits, slots, enqueue: queues.enqueue }), metrics);

  account = openAccount({ config, log, lifetime, store, rivya });
  const { standing, credits: providerCredits } = account;
  const operatorIds = config.operatorIds.length > 0 ? config.operatorIds : application.operatorIds;
  const made = { config, log, metrics, lifetime, database, store, rivya, rests };
  const parts: Parts = { ...made, application, operatorIds, standing };
  if (config.role !== 'gateway') await startWork(parts, queues);
  const gateway = config.role === 'worker' ? null : await startAnswers(parts);
  isReady = () => !database.isAway() && queues.isRunning() && (gateway?.isConnected() ?? true);
  metrics.watch({
    readFigures: store.readFigures,
    state: () => ({
      isReady: !lifetime.isClosing && isReady(),
      isGatewayConnected: gateway?.isConnected() ?? null,
      isDatabaseAway: database.isAway(),
      isQueueRunning: queues.isRunning(),
      isKeyRefused: rivya.isKeyRefused(),
      providerCredits: providerCredits(),
      leastCredits: config.balanceAlarm,
    }),
  });
  const servers = gateway === null ? null : await step("Discord's gateway does not let the bot in.", gateway.ready);
  tellStart({ config, application, operatorIds, credits, servers, model }, log);
  return gateway;
}

async function databaseUrl({ database }: Config, lifetime: Lifetime, log: Logger): Promise<string> {
  if (database.url !== undefined) return database.url;
  return embeddedUrl({ dataDir: database.dataDir, log }, lifetime);
}

async function main(): Promise<void> {
  const lifetime = new Lifetime();
  const ending = makeEnding(lifetime);
  try {
    const config = readConfig(process.env);
    const log = openLog(config.logLevel, process.stdout.isTTY);
    ending.heedSignals(log);
    const gateway = await start(config, log, lifetime);
    // Deaf, and no restart of ours would change it.
    await gateway?.ended;
  } catch (error) {
    ending.fail(error);
  }
}

await main();
