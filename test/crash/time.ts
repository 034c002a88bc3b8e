import type { World } from '#test/bot.ts';
import { age } from '#test/store.ts';

/** How long to wait for what must come: long, since machines have other things to do. */
export const patienceMs = 120_000;

/** Lets time pass while nobody is at work: every moment that something waits for moves back, in the rows and in the queue. */
export async function passTime({ database }: World, ms: number): Promise<void> {
  const { sql } = database;
  const by = sql`${ms} * interval '1 ms'`;
  for (const { id } of await sql<{ id: string }[]>`select id from tasks`) await age(database, id, ms);
  await sql`update pacing set hold_off_until = hold_off_until - ${by}`;
  await sql`
    update pgboss.job set created_on = created_on - ${by}, started_on = started_on - ${by},
      start_after = start_after - ${by}, heartbeat_on = heartbeat_on - ${by}
    where state in ('created', 'retry', 'active')`;
  await sql`update pgboss.queue set monitor_claim_on = monitor_claim_on - ${by}, monitor_on = monitor_on - ${by}`;
}
