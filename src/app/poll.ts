import type { Log } from '#src/domain/log.ts';
import { ProviderError, type Render, reactionTo } from '#src/domain/provider.ts';
import { limits, pollDelay, since } from '#src/domain/schedule.ts';
import type { Task } from '#src/domain/task.ts';

type NextPoll = { readonly taskId: string; readonly attempt: number; readonly afterMs: number | null };
type Ports = {
  readonly log: Log;
  claimDue(count: number, leaseMs: number): Promise<readonly Task[]>;
  schedule(list: readonly NextPoll[]): Promise<void>;
  usualMs(taskIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  markMissingUrl(taskId: string): Promise<void>;
  read(providerId: string): Promise<Render>;
  isKeyRefused(): boolean;
  holdOff(forMs: number): Promise<void>;
  succeed(taskId: string, finalCredits: number | null, urls: readonly string[]): Promise<boolean>;
  fail(
    taskId: string,
    words: { readonly code: string; readonly message: string | null },
    charged: number,
  ): Promise<boolean>;
  doubt(taskId: string, words: { readonly code: string; readonly message: string | null }): Promise<boolean>;
};

const room = 64;
/** Longer than a read may take (15 s); a worker that dies in the middle of one delays its render by no more than this. */
const leaseMs = 20_000;
const writeEveryMs = 20;
const slowDownMs = 15_000;
const tryKeyEveryMs = 10_000;

/**
 * Asks the provider for the renders that are due. `step` claims as many as there is room for and does not wait for their
 * answers, so that one slow answer delays no other; next times are written back together.
 */
export function makePoll(ports: Ports) {
  const { log } = ports;
  const polling = new Map<string, Task>();
  let next: NextPoll[] = [];
  let isAnswering = true;
  let keyTriedAt = 0;

  const usual = new Map<string, { readonly ms: number | null; readonly until: number }>();

  /** What renders usually take changes slowly: asked for once a minute per kind, not at each claim. */
  async function refreshUsual(due: readonly Task[]): Promise<void> {
    const now = Date.now();
    const kinds = new Map(due.map((task) => [kindOf(task), task.id]));
    const stale = [...kinds].filter(([kind]) => (usual.get(kind)?.until ?? 0) < now);
    if (stale.length === 0) return;
    if (usual.size > 1_000) usual.clear();
    const found = await ports.usualMs(stale.map(([, id]) => id));
    for (const [kind, id] of stale) usual.set(kind, { ms: found.get(id) ?? null, until: now + 60_000 });
  }

  async function step(): Promise<{ again: boolean }> {
    const free = Math.min(room - polling.size, allowed());
    if (free <= 0) return { again: false };
    const due = await ports.claimDue(free, leaseMs);
    if (due.length === 0) return { again: false };
    if (ports.isKeyRefused()) keyTriedAt = Date.now();
    await refreshUsual(due);
    for (const task of due) {
      polling.set(task.id, task);
      void poll(task, usual.get(kindOf(task))?.ms ?? null)
        .catch((error: unknown) => log.warn({ err: error, task: task.id }, 'poll failed'))
        .finally(() => polling.delete(task.id));
    }
    return { again: due.length === free && !ports.isKeyRefused() };
  }

  /** While the key is refused, one render is asked for now and then to find out; another worker's key may be good. */
  function allowed(): number {
    if (!ports.isKeyRefused()) return room;
    return Date.now() - keyTriedAt < tryKeyEveryMs ? 0 : 1;
  }

  async function poll(task: Task, usualMs: number | null): Promise<void> {
    if (task.providerId === null) return;
    const answer = await ask(task.providerId);
    if (answer instanceof ProviderError) return afterFailure(task, answer, usualMs);
    if (!isAnswering) log.info({ task: task.id }, 'polls are answered again');
    isAnswering = true;
    if (answer.state === 'going') await stillGoing(task, usualMs);
    else if (answer.state === 'failed') await ports.fail(task.id, wordsOf(answer), answer.finalCredits ?? 0);
    else await succeeded(task, answer);
  }

  function ask(providerId: string): Promise<Render | ProviderError> {
    return ports.read(providerId).catch((error: unknown) => {
      if (error instanceof ProviderError) return error;
      throw error;
    });
  }

  /** A poll that fails never ends a render, but a 404 is a fresh answer too. */
  async function afterFailure(task: Task, error: ProviderError, usualMs: number | null): Promise<void> {
    // One line for an outage, however many renders are in flight.
    if (isAnswering) log.warn({ err: error, task: task.id }, 'polls are not answered');
    else log.debug({ code: error.code, status: error.status, task: task.id }, 'poll not answered');
    isAnswering = false;
    if (reactionTo(error) === 'slow-down') await ports.holdOff(error.retryAfterMs ?? slowDownMs);
    if (error.status === 404) return stillGoing(task, usualMs);
    const afterMs = pollDelay(ageOf(task), usualMs, Math.random());
    schedule({ taskId: task.id, attempt: task.attempt, afterMs: Math.max(afterMs, error.retryAfterMs ?? 0) });
  }

  async function stillGoing(task: Task, usualMs: number | null): Promise<void> {
    if (task.status === 'uncertain') {
      const isOver = since(task.uncertainAt ?? task.now, task.now) > limits.uncertainMs;
      schedule({ taskId: task.id, attempt: task.attempt, afterMs: isOver ? null : limits.uncertainEveryMs });
      return;
    }
    if (ageOf(task) > limits.renderMs) {
      log.error({ task: task.id, provider: task.providerId }, 'uncertain: no end after the deadline');
      await ports.doubt(task.id, { code: 'render_uncertain', message: null });
      return;
    }
    schedule({ taskId: task.id, attempt: task.attempt, afterMs: pollDelay(ageOf(task), usualMs, Math.random()) });
  }

  async function succeeded(task: Task, render: Render): Promise<void> {
    const waitedMs = since(task.missingUrlAt ?? task.now, task.now);
    if (render.urls.length === 0 && waitedMs < limits.missingUrlMs) {
      await ports.markMissingUrl(task.id);
      schedule({ taskId: task.id, attempt: task.attempt, afterMs: 20_000 });
      return;
    }
    if (render.urls.length === 0) log.error({ task: task.id, provider: render.id }, 'succeeded without a video');
    await ports.succeed(task.id, render.finalCredits, render.urls);
  }

  function schedule(one: NextPoll): void {
    next.push(one);
    if (next.length === 1) setTimeout(() => void write(), writeEveryMs);
  }

  async function write(): Promise<void> {
    const list = next;
    next = [];
    // Lost times are no loss: the lease ends and the render is asked for again.
    await ports
      .schedule(list)
      .catch((error: unknown) =>
        log.warn({ err: error, tasks: list.map(({ taskId }) => taskId) }, 'poll times not written'),
      );
  }

  /** For a stop: what was claimed and is not answered is due at once, for whichever process is there. */
  async function handBack(): Promise<void> {
    const claims = [...polling.values()].map(({ id, attempt }) => ({ taskId: id, attempt, afterMs: 0 }));
    await ports.schedule([...claims, ...next]);
  }

  return { step, handBack };
}

const kindOf = ({ model, settings }: Task) => `${model} ${JSON.stringify(settings)}`;

function ageOf(task: Task): number {
  return since(task.renderingAt ?? task.acceptedAt, task.now);
}

function wordsOf({ errorCode, errorMessage }: Render) {
  return { code: errorCode ?? 'generation_failed', message: errorMessage };
}
