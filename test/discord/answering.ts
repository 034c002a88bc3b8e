import type { Interact } from '#sandbox/discord/discord.ts';
import type { Outcome } from '#src/app/request-video.ts';
import { makeAnswerVideo } from '#src/discord/answer.ts';
import { makeCallback } from '#src/discord/callback.ts';
import { makeReplies } from '#src/discord/replies.ts';
import { makeSay } from '#src/discord/say.ts';
import { aTask, noon } from '../domain/builders.ts';
import { begin, silent, voice, type WhenFinished } from './begin.ts';

export const task = aTask({ status: 'accepted', delivery: 'none', answeredAt: null, resultUrls: [], prompt: 'a fox' });
export const accepted: Outcome = { accepted: task, isNew: true };
export const refused: Outcome = { refused: 'quota', cost: 90, left: 10, quota: 100, renewsAt: noon };
export const callbackRoute = '/interactions/:id/:token/callback';

/** The real answers at the stand-in; what the store would do is only noted. */
export async function start(
  outcome: Outcome | Late,
  whenFinished?: WhenFinished,
  store: Partial<Store> = {},
  place: Place = () => ({}),
) {
  const world = await begin({ officialChecks: true }, whenFinished);
  const { isPrivate = false, ...where } = place(world);
  const { it, call: read } = world.use(where);
  const call = { ...read, reply: { ...read.reply, isPrivate } };
  const marked: object[] = [];
  const canceled: string[] = [];
  const replies = makeReplies(world.rests.webhooks);
  const callback = makeCallback(world.rests.callbacks);
  const { sayPrivately, apologise } = makeSay({ ...replies, callback });
  const stopping = new AbortController();
  const { answerVideo, turnIntoVideo } = makeAnswerVideo({
    ...replies,
    voice,
    log: silent,
    signal: stopping.signal,
    callback,
    sayPrivately,
    async requestVideo() {
      const now = typeof outcome === 'function' ? await outcome(it.callback) : outcome;
      return 'accepted' in now ? { ...now, accepted: { ...now.accepted, reply: call.reply } } : now;
    },
    async markAnswered(id, seen) {
      marked.push({ id, ...seen });
    },
    async cancelUnanswered(id) {
      canceled.push(id);
      return true;
    },
    ...store,
  });
  const answer = (origin?: string) => answerVideo(call, { prompt: 'a fox', settings: {}, images: [] }, origin);
  return { ...world, it, call, answer, turnIntoVideo, apologise, marked, canceled };
}

export type Store = Pick<Parameters<typeof makeAnswerVideo>[0], 'markAnswered' | 'cancelUnanswered' | 'requestVideo'>;
/** Where the command is used, and whether the member asks for privacy. */
type Place = (world: Awaited<ReturnType<typeof begin>>) => Partial<Interact> & { readonly isPrivate?: boolean };
export type Late = (answered: Promise<unknown>) => Promise<Outcome>;

/** Comes only once the member has had an answer. */
export const slow =
  (outcome: Outcome): Late =>
  (answered) =>
    answered.then(() => outcome);
