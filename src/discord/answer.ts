import { type APIInteractionResponse, MessageFlags, InteractionResponseType as Type } from 'discord.js';
import type { Asked, Outcome } from '#src/app/request-video.ts';
import type { Seen } from '#src/app/submit.ts';
import type { Log } from '#src/domain/log.ts';
import type { RawRequest } from '#src/domain/request.ts';
import type { Reply, Task } from '#src/domain/task.ts';
import type { Accepted } from '#src/domain/wish.ts';
import type { Answered } from './callback.ts';
import type { Call, Press } from './calls.ts';
import { failureOf } from './failures.ts';
import { languageOf } from './languages.ts';
import { acceptedBody, type Body } from './messages.ts';
import { type Refusal, refusalText } from './refusals.ts';
import { answers } from './texts/answers.ts';
import { unlessAborted } from './unless-aborted.ts';
import { within } from './within.ts';
import { alreadyAskedText, refusedPubliclyText, refusedUntoldText, type Voice } from './wording.ts';

type Ports = {
  readonly voice: Voice;
  readonly log: Log;
  /** The bot stops: nobody waits for an outcome any more. */
  readonly signal: AbortSignal;
  requestVideo(asked: Asked): Promise<Outcome>;
  callback(call: Call, answer: APIInteractionResponse): Promise<Answered>;
  sayPrivately(call: Call, text: string): Promise<Answered>;
  lookUpReply(reply: Reply): Promise<Seen | 'gone' | 'unknown'>;
  /** Whether the reply is a "thinking…" still. */
  isWaiting(reply: Reply): Promise<boolean>;
  editReply(reply: Reply, body: Body): Promise<void>;
  /** False: no such message is taken any more. */
  tellPrivately(reply: Reply, text: string): Promise<boolean>;
  /** The last that this reply ever says, repeated until Discord has it. */
  endReply(reply: Reply, text: string): Promise<void>;
  markAnswered(
    taskId: string,
    seen: { messageId: string | null; isPrivate: boolean; shown: string | null },
  ): Promise<void>;
  cancelUnanswered(taskId: string): Promise<boolean>;
};

/** What an answer goes by. `turn`: what the pressed message says from now on, while nothing is asked for. */
export type Turned = Outcome | Refusal | { readonly turn: (withPrompt: boolean) => Body };

/** An answer is a message of its own, which is deferred as a "thinking…"; or it turns the pressed message into something. */
const byMessage = { answer: Type.ChannelMessageWithSource, defer: Type.DeferredChannelMessageWithSource } as const;
const byTurning = { answer: Type.UpdateMessage, defer: Type.DeferredMessageUpdate } as const;
type Way = typeof byMessage | typeof byTurning;

/** An answer is due in 3 s; an outcome that is not there by now is waited for behind a deferred answer. */
const slowMs = 1_500;

/**
 * Asks for a video and answers the member: at once if the outcome is there in time, else deferred. Nothing is paid or
 * uploaded before Discord has taken the answer; an answer of unknown fate is left to the sweep.
 */
export function makeAnswerVideo(ports: Ports) {
  const { voice, log } = ports;

  function answerVideo(call: Call, raw: RawRequest, origin = call.id): Promise<void> {
    const { userId, locale, roles, isAgeRestricted, reply } = call;
    const asked = { origin, userId, locale, roles, isAgeRestricted, raw, reply };
    return answer(call, byMessage, ports.requestVideo(asked));
  }

  /** The same for a press whose message turns into the video: it is the task's reply. */
  function turnIntoVideo(press: Press, asked: Promise<Turned>): Promise<void> {
    return answer(press, byTurning, asked);
  }

  async function answer(call: Call, way: Way, asked: Promise<Turned>): Promise<void> {
    const outcome = await within(asked, slowMs);
    if (outcome === 'slow') return answerLate(call, way, asked);
    if ('turn' in outcome) return void (await send(call, way, outcome.turn));
    if ('refused' in outcome) return void (await ports.sayPrivately(call, reasonFor(call, outcome)));

    if (isOfAnother(call, outcome)) return void (await ports.sayPrivately(call, askedText(call, outcome.accepted)));
    await record(outcome, await sayAccepted(call, way, outcome), 'accepted');
  }

  function askedText({ locale }: Call, task: Task): string {
    return alreadyAskedText(task, languageOf(locale));
  }

  function reasonFor({ locale }: Call, refusal: Refusal): string {
    return refusalText(refusal, voice.model, languageOf(locale));
  }

  /** Automatic moderation may refuse the prompt, so it is left out then. */
  function send(call: Call, way: Way, bodyOf: (withPrompt: boolean) => Body): Promise<Answered> {
    return unlessBlocked((withPrompt) => {
      const body = bodyOf(withPrompt);
      const isHidden = way === byMessage && call.reply.isPrivate;
      const data = isHidden ? { ...body, flags: body.flags | MessageFlags.Ephemeral } : body;
      return ports.callback(call, { type: way.answer, data: data as never });
    });
  }

  /** A task whose answer no one takes must not stay. */
  async function sayAccepted(call: Call, way: Way, { accepted, isNew }: Accepted): Promise<Answered> {
    try {
      return await send(call, way, bodyOf(accepted));
    } catch (error) {
      if (isNew && (await cancel(accepted))) throw error;
      // The row stands, or is another's: an apology would now pass for its answer, and the task would be paid.
      log.error({ err: error, task: accepted.id }, 'Discord refuses the answer: left to the sweep');
      return 'unknown';
    }
  }

  /** True once it is sure that nothing will be paid; else the sweep cancels what has no answer. */
  function cancel(task: Task): Promise<boolean> {
    return ports.cancelUnanswered(task.id).catch((error: unknown) => {
      log.warn({ err: error, task: task.id }, 'not canceled: left to the sweep');
      return false;
    });
  }

  async function answerLate(call: Call, way: Way, asked: Promise<Turned>): Promise<void> {
    const isHidden = way === byMessage && call.reply.isPrivate;
    const deferred = await ports.callback(call, {
      type: way.defer,
      ...(isHidden && { data: { flags: MessageFlags.Ephemeral } }),
    } as APIInteractionResponse);
    const outcome = await unlessAborted(asked, ports.signal).catch((error: unknown) => {
      log.error({ err: error, origin: call.id }, 'outcome unknown');
      return 'unknown' as const;
    });
    if (outcome === 'unknown' || !('accepted' in outcome) || isOfAnother(call, outcome)) {
      if (await isOurs(call, way, deferred)) await conclude(call, way, outcome, deferred);
      return;
    }
    // Before the task may move, as a later edit could cover the video; so only by who made the row.
    const isShown =
      outcome.isNew &&
      (await isOurs(call, way, deferred)) &&
      (await show(call, bodyOf(outcome.accepted), outcome.accepted.id));
    await record(outcome, deferred, isShown ? 'accepted' : null);
  }

  /** An answer of another process, or of an earlier event of this interaction, is not ours to write over. */
  async function isOurs(call: Call, way: Way, deferred: Answered): Promise<boolean> {
    if (typeof deferred === 'object') return true;
    return way === byMessage && deferred !== 'gone' && ports.isWaiting(call.reply);
  }

  const bodyOf = (task: Task) => (withPrompt: boolean) => acceptedBody(task, voice, withPrompt);

  /** Ends a deferred answer that no task follows. */
  async function conclude(
    call: Call,
    way: Way,
    outcome: Exclude<Turned, Accepted> | Accepted | 'unknown',
    deferred: Answered,
  ): Promise<void> {
    if (outcome === 'unknown') return say(call, way, answers(languageOf(call.locale)).unknown());
    if ('accepted' in outcome) return say(call, way, askedText(call, outcome.accepted));
    if ('turn' in outcome) return void (await show(call, outcome.turn));
    if (way === byMessage) return refuseLate(call, outcome, deferred);
    return say(call, way, reasonFor(call, outcome));
  }

  /** In the place of a "thinking…"; a message that was pressed stays as it is, and the member is told apart. */
  async function say(call: Call, way: Way, text: string): Promise<void> {
    if (way === byMessage) return end(call, text);
    await ports.tellPrivately(call.reply, text).catch((error: unknown) => {
      log.warn({ err: error, origin: call.id }, 'the member was not told');
    });
  }

  /** False: the reply says what it said, which the task's own job ends if there is one. */
  function show(call: Call, bodyOf: (withPrompt: boolean) => Body, task?: string): Promise<boolean> {
    return unlessBlocked((withPrompt) => ports.editReply(call.reply, bodyOf(withPrompt))).then(
      () => true,
      (error: unknown) => {
        log.warn({ err: error, origin: call.id, task }, 'the reply was not edited');
        return false;
      },
    );
  }

  /** Where the "thinking…" is private it takes the reason; else a neutral line stands there, and the reason is told apart. */
  async function refuseLate(call: Call, refusal: Refusal, deferred: Answered): Promise<void> {
    const language = languageOf(call.locale);
    if (await isPrivate(call, deferred)) return end(call, reasonFor(call, refusal));
    await end(call, refusedPubliclyText(language));
    const isTold = await ports.tellPrivately(call.reply, reasonFor(call, refusal)).catch((error: unknown) => {
      log.warn({ err: error, origin: call.id }, 'a refusal was not told privately');
      return false;
    });
    if (!isTold) await end(call, refusedUntoldText(language));
  }

  async function isPrivate(call: Call, deferred: Answered): Promise<boolean> {
    const seen = typeof deferred === 'object' ? deferred.answered : await ports.lookUpReply(call.reply);
    return typeof seen === 'object' && seen.isPrivate;
  }

  async function end(call: Call, text: string): Promise<void> {
    await ports.endReply(call.reply, text).catch((error: unknown) => {
      log.warn({ err: error, origin: call.id }, 'the reply was not edited');
    });
  }

  /** What became of the answer, stored. If that fails, the sweep asks Discord and stores it then: no fault of the command. */
  async function record(
    { accepted: task, isNew }: Accepted,
    answered: Answered,
    shown: 'accepted' | null,
  ): Promise<void> {
    if (answered === 'gone') {
      if (isNew) await cancel(task);
      return;
    }
    if (answered === 'unknown' || task.answeredAt !== null) return;
    // Answered elsewhere: who made the row looks after it. If that was us, our own first try had arrived.
    if (answered === 'already' && !isNew) return;
    const seen = answered === 'already' ? await ports.lookUpReply(task.reply) : answered.answered;
    if (seen === 'gone' || seen === 'unknown') return;
    // What another process answered with may say something else.
    const says = answered === 'already' ? null : shown;
    await ports.markAnswered(task.id, { ...seen, shown: says }).catch((error: unknown) => {
      log.warn({ err: error, task: task.id }, 'answer not stored: left to the sweep');
    });
  }

  return { answerVideo, turnIntoVideo };
}

/** The task that this origin has was made by another click: its reply stands elsewhere. */
function isOfAnother(call: Call, { accepted, isNew }: Accepted): boolean {
  return !isNew && accepted.reply.token !== call.token;
}

/** Once more without the prompt if Discord refuses the body with it. */
function unlessBlocked<T>(send: (withPrompt: boolean) => Promise<T>): Promise<T> {
  return send(true).catch((error: unknown) => {
    if (failureOf(error).status !== 400) throw error;
    return send(false);
  });
}
