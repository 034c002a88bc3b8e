import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '#src/store/database.ts';
import type { Blow } from './plan-blows.ts';
import type { Stage } from './stage.ts';

/** Commands and blows at their times; resolves when the last of them is over. */
export async function storm(stage: Stage): Promise<void> {
  const { plan } = stage;
  const begun = Date.now();
  const at = async (ms: number, act: () => unknown) => {
    await sleep(Math.max(0, begun + ms * stage.pace - Date.now()));
    await act();
  };
  await Promise.all([
    ...plan.commands.map((command, index) => at(command.at, () => type(stage, index))),
    ...plan.blows.map((blow) => at(blow.at, () => strike(stage, blow))),
    at(plan.stormMs, () => {}),
  ]);
}

async function type(stage: Stage, index: number): Promise<void> {
  const { handle, command } = stage.type(index);
  if (command.againAfterMs === null) return;
  await sleep(command.againAfterMs);
  handle.redispatch();
}

async function strike({ fleet, server, discord, rivya }: Stage, blow: Blow): Promise<void> {
  switch (blow.kind) {
    case 'kill':
      return fleet.kill(blow.process, blow.signal, blow.downMs);
    case 'freeze':
      return fleet.freeze(blow.process, blow.forMs);
    case 'database-crash':
      return server.crash(blow.downMs);
    case 'database-freeze':
      return server.freeze(blow.forMs);
    case 'database-cut':
      return endSessions(server.url);
    case 'gateway':
      return void {
        drop: () => discord.gateway.drop(),
        reconnect: () => discord.gateway.askToReconnect(),
        resumable: () => discord.gateway.invalidate(true),
        invalid: () => discord.gateway.invalidate(),
      }[blow.how]();
    case 'provider-off':
      rivya.disable();
      await sleep(blow.forMs);
      return rivya.enable();
    case 'discord':
      return void discord.faults.add(blow.fault);
    case 'cdn':
      return void discord.cdnFaults.add(blow.fault);
    case 'rivya':
      return void rivya.faults.add(blow.fault);
    default:
      return blow satisfies never;
  }
}

async function endSessions(url: string): Promise<void> {
  await using database = openDatabase(url, { max: 1, applicationName: 'storm' });
  // If there is no server, there is no session either.
  await database.sql`
    select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()`.catch(() => {});
}
