import type { Logger } from 'pino';
import type { Standing } from '#src/app/account.ts';
import type { Application } from '#src/discord/application.ts';
import type { openRests } from '#src/discord/rest.ts';
import type { Metrics } from '#src/http/metrics.ts';
import type { openRivya } from '#src/rivya/client.ts';
import type { Database } from '#src/store/database.ts';
import type { openStore } from '#src/store/store.ts';
import type { Config } from './config.ts';
import type { Lifetime } from './lifetime.ts';

/** What is there once the start has checked everything. */
export type Parts = {
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly lifetime: Lifetime;
  readonly database: Database;
  readonly store: ReturnType<typeof openStore>;
  readonly rivya: ReturnType<typeof openRivya>;
  readonly rests: ReturnType<typeof openRests>;
  readonly application: Application;
  readonly operatorIds: readonly string[];
  /** Whether the provider would take a task now, as last known. */
  standing(): Standing;
};
