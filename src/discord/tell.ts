import { setTimeout as sleep } from 'node:timers/promises';
import { type APIInteractionResponse, MessageFlags, InteractionResponseType as Type } from 'discord.js';
import type { Log } from '#src/domain/log.ts';
import { backoff } from '#src/domain/schedule.ts';
import type { Reply } from '#src/domain/task.ts';
import type { Answered } from './callback.ts';
import type { Call } from './calls.ts';
import { languageOf } from './languages.ts';
import { type Body, textBody } from './messages.ts';
import { answers } from './texts/answers.ts';
import { unlessAborted } from './unless-aborted.ts';
import { within } from './within.ts';

type Ports = {
  readonly log: Log;
  /** The bot stops. */
  readonly signal: AbortSignal;
  callback(call: Call, answer: APIInteractionResponse): Promise<Answered>;
  editReply(reply: Reply, body: Body): Promise<void>;
  /** No connection to the database, or the last statement failed for want of one a moment ago. */
  isAway(): boolean;
  isConnectionFault(error: unknown): boolean;
};

/** An answer is due in 3 s; what is not there by now is waited for behind a deferred answer. */
const slowMs = 1_500;
/** For how long something is done again whose fate is not known: the same interaction acts once. */
const insistMs = 60_000;
/** A frozen database fails no statement and answers none. */
const longestMs = 120_000;
/** Discord's 2000, with room for what says that there was more. */
const longest = 1_950;

/** What is done or read for a command, and then said to its user alone. `work` may be run again: it acts once per interaction. */
export function makeTell({ log, signal, isAway, isConnectionFault, ...ports }: Ports) {
  return async function tell(call: Call, work: () => Promise<Body>): Promise<void> {
    const text = answers(languageOf(call.locale));
    if (isAway()) return void (await answer(call, textBody(text.recordsAway())));
    const working = insist(work);
    // Looked at below, perhaps only once it has long failed.
    working.catch(() => {});
    const first = await within(working, slowMs);
    if (first !== 'slow') return void (await answer(call, first));

    const data = { flags: MessageFlags.Ephemeral };
    const deferred = await ports.callback(call, { type: Type.DeferredChannelMessageWithSource, data } as never);
    const last = await within(unlessAborted(working, signal), longestMs).catch((error: unknown) => {
      log.warn({ err: error, origin: call.id }, 'not known what became of a command');
      return 'slow' as const;
    });
    const body = last === 'slow' ? textBody(text.actUnknown()) : last;
    // Another process answers where this one did not.
    if (typeof deferred === 'object') await ports.editReply(call.reply, shortened(body));
    else if (deferred === 'gone') log.warn({ origin: call.id }, 'a command was answered too late');
  };

  async function answer(call: Call, body: Body): Promise<Answered> {
    const fitting = shortened(body);
    const data = { ...fitting, flags: fitting.flags | MessageFlags.Ephemeral };
    return ports.callback(call, { type: Type.ChannelMessageWithSource, data: data as never });
  }

  async function insist(work: () => Promise<Body>): Promise<Body> {
    const until = Date.now() + insistMs;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        const waitMs = backoff(attempt, Math.random(), 200, 3_000);
        if (!isConnectionFault(error) || signal.aborted || Date.now() + waitMs > until) throw error;
        await sleep(waitMs);
      }
    }
  }
}

/** Whole lines of it. */
function shortened(body: Body): Body {
  if (body.content.length <= longest) return body;
  const cut = body.content.lastIndexOf('\n', longest);
  return { ...body, content: `${body.content.slice(0, cut > 0 ? cut : longest)}\n…` };
}
