import type { APIInteractionResponse } from 'discord.js';
import type { Access, AccessRefusal } from '#src/app/access.ts';
import { makeReadCredits } from '#src/app/credits.ts';
import type { OwnTask } from '#src/app/own-task.ts';
import type { Answered } from '#src/discord/callback.ts';
import type { Call } from '#src/discord/calls.ts';
import { makeTellCredits } from '#src/discord/credits.ts';
import { makeTellHelp } from '#src/discord/help.ts';
import { makeHistory } from '#src/discord/history.ts';
import { makeMemberData } from '#src/discord/member-data.ts';
import { makeMemberSettings } from '#src/discord/member-settings.ts';
import type { makeReplies } from '#src/discord/replies.ts';
import { makeShowHere } from '#src/discord/show-here.ts';
import type { Voice } from '#src/discord/wording.ts';
import type { Parts } from './parts.ts';
import type { Videos } from './videos.ts';

type Ports = ReturnType<typeof makeReplies> & {
  readonly voice: Voice;
  readonly videos: Videos;
  access(userId: string, guildId: string | null): Promise<Access | AccessRefusal>;
  ownTask(userId: string, taskId: string): Promise<OwnTask>;
  callback(call: Call, answer: APIInteractionResponse): Promise<Answered>;
  sayPrivately(call: Call, text: string): Promise<unknown>;
};

/** The commands that tell or show a member what there is already; of rows, only their own settings change by them. */
export function openTelling(
  { config, log, store, operatorIds }: Pick<Parts, 'config' | 'log' | 'store' | 'operatorIds'>,
  { access, videos, ...ports }: Ports,
) {
  const { limits, slots, retentionDays } = config;
  const { model } = ports.voice;
  const readCredits = makeReadCredits({ ...store, access });
  const facts = { ...limits, active: slots.perUser, waiting: limits.maxWaiting, retentionDays, operatorIds };
  return {
    tellCredits: makeTellCredits({ ...ports, model, period: limits.period, log, readCredits }),
    tellHelp: makeTellHelp({ ...ports, ...facts, ...store, model, log }),
    ...makeHistory({ ...ports, ...store, model, log }),
    ...makeMemberData({ ...ports, ...store, log }),
    ...makeMemberSettings({ ...ports, ...store, log }),
    showHere: makeShowHere({ ...ports, ...store, ...videos, log }),
  };
}
