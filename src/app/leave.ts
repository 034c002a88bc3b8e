import type { Log } from '#src/domain/log.ts';

type Ports = {
  readonly log: Log;
  readonly operatorIds: readonly string[];
  /** Whether the bot is in a server; 'unknown' where Discord does not say for certain. */
  isThere(guildId: string): Promise<boolean | 'unknown'>;
  /** Servers whose managers have set something. */
  managedGuilds(operatorIds: readonly string[]): Promise<readonly string[]>;
  forgetManagers(guildId: string, operatorIds: readonly string[]): Promise<number>;
};

/**
 * What the managers of a server have set goes when the bot leaves it; what operators have set stays. Discord is asked each
 * time, also where it has just told of it: nothing is removed on doubt.
 */
export function makeLeave({ log, operatorIds, isThere, managedGuilds, forgetManagers }: Ports) {
  async function leave(guildId: string): Promise<void> {
    if ((await isThere(guildId)) !== false) return;
    const rules = await forgetManagers(guildId, operatorIds);
    if (rules > 0) log.info({ guild: guildId, rules }, 'left a server; what its managers had set is removed');
  }

  /** Also those that were left while nobody listened. */
  async function tendServers(): Promise<{ again: boolean }> {
    for (const guildId of await managedGuilds(operatorIds)) await leave(guildId);
    return { again: false };
  }

  return { leave, tendServers };
}
