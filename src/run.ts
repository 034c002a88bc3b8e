import type { Logger } from 'pino';
import { readApplication } from '#src/discord/application.ts';
import { openRests } from '#src/discord/rest.ts';
import { kling as model } from '#src/domain/parameters.ts';
import { serveHealth } from '#src/http/health.ts';
import { startQueues } from '#src/queue/queues.ts';
import { openRivya } from '#src/rivya/client.ts';
import { openDatabase } from '#src/store/database.ts';
import { startEmbedded } from '#src/store/embedded.ts';
import { migrate } from '#src/store/migrate.ts';
import { openStore } from '#src/store/store.ts';
import { startAnswers } from './answers.ts';
import { type Config, readConfig } from './config.ts';
import { Lifetime } from './lifetime.ts';
import { openLog } from './log.ts';
import type { Parts } from './parts.ts';
import { checkProvider, explainFailedStart, step, tellKey, tellStart } from './start-report.ts';
import { startWork } from './work.ts';

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

async function databaseUrl({ database }: Config, lifetime: Lifetime, log: Logger): Promise<string> {
  if (database.url !== undefined) return database.url;
  const starting = startEmbedded({ dataDir: database.dataDir, log });
  // A stop that comes while the server starts waits for it: left alone, it would outlive the bot.
  lifetime.add('embedded database', async () => (await starting.catch(() => null))?.stop());
  return (await starting).url;
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
