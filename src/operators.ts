import type { APIInteractionResponse } from 'discord.js';
import { makeInspect } from '#src/app/inspect.ts';
import { makeManage } from '#src/app/manage.ts';
import { makeOperate } from '#src/app/operate.ts';
import { makeReport } from '#src/app/report.ts';
import { makeAdmin } from '#src/discord/admin.ts';
import type { Answered } from '#src/discord/callback.ts';
import type { Call } from '#src/discord/calls.ts';
import type { makeReplies } from '#src/discord/replies.ts';
import { makeReportVideo } from '#src/discord/report.ts';
import { makeSettings } from '#src/discord/settings.ts';
import { makeTell } from '#src/discord/tell.ts';
import { kling as model } from '#src/domain/parameters.ts';
import { ProviderError } from '#src/domain/provider.ts';
import { isConnectionFailure as isConnectionFault } from '#src/store/pulse.ts';
import type { Parts } from './parts.ts';

type Ports = ReturnType<typeof makeReplies> & {
  callback(call: Call, answer: APIInteractionResponse): Promise<Answered>;
  sayPrivately(call: Call, text: string): Promise<unknown>;
};

/** The commands of operators and of servers' managers, and what members report to them. */
export function openOperators(
  parts: Pick<Parts, 'log' | 'lifetime' | 'database' | 'store' | 'rivya' | 'operatorIds'>,
  ports: Ports,
) {
  const { log, lifetime, database, store, rivya, operatorIds } = parts;
  const isAway = () => database.isAway();
  const tell = makeTell({ ...ports, log, signal: lifetime.signal, isAway, isConnectionFault });
  const { balance, isKeyRefused } = rivya;
  const operate = makeOperate({ ...store, operatorIds, hasRender });
  const inspect = makeInspect({ ...store, operatorIds, balance, isKeyRefused });
  const manage = makeManage({ ...store, operatorIds });

  async function hasRender(providerId: string): Promise<boolean | 'unknown'> {
    try {
      await rivya.read(providerId);
      return true;
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      return error.status === 404 ? false : 'unknown';
    }
  }

  return {
    admin: makeAdmin({ ...ports, model, operatorIds, operate, inspect, tell }),
    settings: makeSettings({ ...ports, operatorIds, manage, tell }),
    reportVideo: makeReportVideo({ report: makeReport(store), tell }),
  };
}
