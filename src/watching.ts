import { type APIInteractionResponse, InteractionResponseType as Type } from 'discord.js';
import type { Asked, Outcome } from '#src/app/request-video.ts';
import type { Answered } from '#src/discord/callback.ts';
import type { Call } from '#src/discord/calls.ts';
import type { Rung, Status, Task } from '#src/domain/task.ts';
import type { Metrics } from '#src/http/metrics.ts';
import type { openStore } from '#src/store/store.ts';

type Store = ReturnType<typeof openStore>;
type Callback = (call: Call, body: APIInteractionResponse) => Promise<Answered>;

/** How a task can end, for the time being or for good. */
export const closed = ['succeeded', 'failed', 'uncertain', 'canceled'] as const satisfies readonly Status[];

const deferrals: readonly number[] = [Type.DeferredChannelMessageWithSource, Type.DeferredMessageUpdate];

/** What becomes of answers, and how long after their event. `received` is told of each event before it is answered. */
export function watchAnswers(send: Callback, { onAnswer }: Pick<Metrics, 'onAnswer'>) {
  const receivedAt = new WeakMap<Call, number>();

  async function callback(call: Call, body: APIInteractionResponse): Promise<Answered> {
    const from = receivedAt.get(call) ?? performance.now();
    const tell = (outcome: string) => onAnswer(call.kind, outcome, performance.now() - from);
    try {
      const answered = await send(call, body);
      const isDeferred = typeof answered === 'object' && deferrals.includes(body.type);
      tell(isDeferred ? 'deferred' : typeof answered === 'object' ? 'answered' : answered);
      return answered;
    } catch (error) {
      tell('refused');
      throw error;
    }
  }

  return { received: (call: Call) => void receivedAt.set(call, performance.now()), callback };
}

/** What is asked for, and why it is refused. */
export function watchRequests(request: (asked: Asked) => Promise<Outcome>, { onRequest }: Pick<Metrics, 'onRequest'>) {
  return async function requestVideo(asked: Asked): Promise<Outcome> {
    const outcome = await request(asked);
    onRequest('refused' in outcome ? outcome.refused : outcome.isNew ? 'accepted' : 'again');
    return outcome;
  };
}

/** Ends and deliveries, once the row has them, whoever's verb it was. */
export function watchStore(store: Store, { onClosed, onDelivered }: Pick<Metrics, 'onClosed' | 'onDelivered'>): Store {
  const counted =
    <A extends unknown[]>(status: (typeof closed)[number], move: (...args: A) => Promise<boolean>) =>
    async (...args: A): Promise<boolean> => {
      const hasMoved = await move(...args);
      if (hasMoved) onClosed(status);
      return hasMoved;
    };
  return {
    ...store,
    succeed: counted('succeeded', store.succeed),
    fail: counted('failed', store.fail),
    doubt: counted('uncertain', store.doubt),
    cancelWaiting: counted('canceled', store.cancelWaiting),
    cancelUnanswered: counted('canceled', store.cancelUnanswered),
    async markDelivered(taskId: string, rung: Rung, messageId: string | null) {
      await store.markDelivered(taskId, rung, messageId);
      onDelivered(rung);
    },
    async markUndeliverable(task: Task) {
      const isGivenUp = await store.markUndeliverable(task);
      if (isGivenUp) onDelivered(null);
      return isGivenUp;
    },
    async markNoVideo(taskId: string) {
      await store.markNoVideo(taskId);
      onDelivered(null);
    },
  };
}
