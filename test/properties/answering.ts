import pino from 'pino';
import { onTestFinished } from 'vitest';
import { startDiscord } from '#sandbox/discord/discord.ts';
import { makeAnswers } from '#src/answers.ts';
import { readConfig } from '#src/config.ts';
import { openRests } from '#src/discord/rest.ts';
import { openMetrics } from '#src/http/metrics.ts';
import { Lifetime } from '#src/lifetime.ts';
import { describeError } from '#src/log.ts';
import { openRivya } from '#src/rivya/client.ts';
import type { Database } from '#src/store/database.ts';
import { openVideos } from '#src/videos.ts';
import { openTestStore } from '#test/store.ts';
import { operator } from './events.ts';

/** The bot's own answers on a database of its own; a Discord that takes whatever it is told. What was logged is kept. */
export async function begin(database: Database) {
  const discord = await startDiscord({ officialChecks: false });
  onTestFinished(() => discord.close());
  const message = { id: '1400000000000000011', flags: 0 };
  const receipt = { interaction: { response_message_id: message.id }, resource: { message } };
  discord.faults.add({ route: /\/callback$/, status: 200, body: receipt, times: Number.POSITIVE_INFINITY });
  discord.faults.add({ route: /^\/webhooks\//, status: 200, body: message, times: Number.POSITIVE_INFINITY });
  const config = readConfig({ DISCORD_TOKEN: discord.botToken, DISCORD_API_URL: discord.url, RIVYA_API_KEY: 'key' });
  const logged: string[] = [];
  const log = pino({ serializers: { err: describeError } }, { write: (line: string) => void logged.push(line) });
  const store = openTestStore(database, { quota: 1_000_000 }, { perUser: 100, whole: 100 });
  const rests = openRests(discord.url, discord.botToken);
  const rivya = openRivya(config.rivya);
  onTestFinished(async () => rivya.close());
  const videos = openVideos({ config, log, store, rivya });
  onTestFinished(() => videos.close());
  const { dispatch, drain } = makeAnswers({
    config,
    log,
    metrics: openMetrics({ closed: [], rungs: [] }),
    lifetime: new Lifetime(),
    database,
    store,
    rivya,
    rests,
    operatorIds: [operator],
    standing: () => 'ready',
    forbids: () => false,
    videos,
  });
  return { dispatch, drain, store, logged, discord };
}
