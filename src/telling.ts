import type { Access, AccessRefusal } from '#src/app/access.ts';
import { makeReadCredits } from '#src/app/credits.ts';
import type { Call } from '#src/discord/calls.ts';
import { makeTellCredits } from '#src/discord/credits.ts';
import { makeTellHelp } from '#src/discord/help.ts';
import { kling as model } from '#src/domain/parameters.ts';
import type { Parts } from './parts.ts';

type Ports = {
  access(userId: string, guildId: string | null): Promise<Access | AccessRefusal>;
  sayPrivately(call: Call, text: string): Promise<unknown>;
};

/** The commands that tell a member something and change nothing. */
export function openTelling(
  { config, log, store, operatorIds }: Pick<Parts, 'config' | 'log' | 'store' | 'operatorIds'>,
  { access, sayPrivately }: Ports,
) {
  const { limits, slots, retentionDays } = config;
  const readCredits = makeReadCredits({ ...store, access });
  const facts = { ...limits, active: slots.perUser, waiting: limits.maxWaiting, retentionDays, operatorIds };
  return {
    tellCredits: makeTellCredits({ model, period: limits.period, log, readCredits, sayPrivately }),
    tellHelp: makeTellHelp({ model, ...facts, sayPrivately }),
  };
}
