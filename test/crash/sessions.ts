import type { World } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { patienceMs } from './time.ts';

/** The sessions of all processes but the test's own: once a bot is dead, what the server still does for it. */
export function sessionsOf({ database: { sql }, applicationName }: World) {
  const others = sql`datname = current_database() and pid <> pg_backend_pid() and application_name <> ${applicationName}`;
  return {
    async end(): Promise<void> {
      await sql`select pg_terminate_backend(pid, 10000) from pg_stat_activity where ${others}`;
    },
    async ended(): Promise<void> {
      const left = () => sql`select from pg_stat_activity where ${others}`;
      await eventually(async () => (await left()).length === 0, 'the dead bot’s sessions to end', patienceMs);
    },
  };
}
