import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '#src/store/database.ts';
import type { Stage } from './stage.ts';
import { judge } from './verdict.ts';

const lookEveryMs = 500;
/** Longest waits that the calm does not shorten: an unanswered task is looked up after 10 s, a dead worker's job comes back after 10 to 20. */
const patienceMs = 60_000;

/**
 * The storm is over: everything works again and time passes faster. Returns what is still not as it should be once
 * nothing moves any more.
 */
export async function calm(stage: Stage): Promise<string[]> {
  const { discord, rivya, fleet, database } = stage;
  discord.faults.clear();
  discord.cdnFaults.clear();
  discord.gateway.clearFaults();
  rivya.faults.clear();
  rivya.enable();
  // From here on it is not the bot that decides when to ask.
  rivya.settings.minPollMs = 0;
  await fleet.whole();

  const until = Date.now() + patienceMs;
  let complaints = ['not looked at'];
  while (complaints.length > 0 && Date.now() < until) {
    await sleep(lookEveryMs);
    await passTime(database);
    complaints = await judge(stage);
  }
  await fleet.end();
  return complaints.length > 0 ? complaints : judge(stage);
}

/** What the bot waits minutes for is due at once, through the rows that it judges by; leases keep their first three seconds. */
async function passTime({ sql }: Database): Promise<void> {
  await sql`
    update tasks set wake_at = now()
    where wake_at > now() + interval '3 s' and (answered_at is not null or status <> 'accepted')`;
  await sql`
    update tasks set next_poll_at = now()
    where status = 'rendering' and next_poll_at between now() + interval '1 s' and now() + interval '17 s'`;
  await sql`
    update tasks set rung_at = rung_at - interval '3 min'
    where delivery = 'pending' and rung_at > now() - interval '2 min'`;
  await sql`
    update tasks set edit_at = edit_at - interval '3 min'
    where edit_at between now() - interval '2 min' and now() - interval '3 s'`;
  await sql`update tasks set show_at = now() where show_at between now() + interval '3 s' and now() + interval '2 min'`;
  await sql`update tasks set missing_url_at = missing_url_at - interval '11 min' where missing_url_at > now() - interval '10 min'`;
  await sql`update pacing set hold_off_until = now() where hold_off_until > now() + interval '3 s'`;
}
