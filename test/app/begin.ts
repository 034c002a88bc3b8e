import { onTestFinished } from 'vitest';
import { type RivyaOptions, startRivya } from '#sandbox/rivya/start.ts';
import { makePoll } from '#src/app/poll.ts';
import { makeSubmit } from '#src/app/submit.ts';
import { createBody } from '#src/domain/create-body.ts';
import { kling } from '#src/domain/parameters.ts';
import type { Task } from '#src/domain/task.ts';
import { type RivyaOptions as ClientOptions, openRivya } from '#src/rivya/client.ts';
import type { Database } from '#src/store/database.ts';
import { eventually } from '#test/eventually.ts';
import { age, newWish, openTestStore } from '#test/store.ts';
import { silent } from '../discord/begin.ts';

const settings = { mode: 'pro', multi_shots: false, duration: '5', sound: false, aspect_ratio: '16:9' };

/**
 * What a worker does between an answer and the end of a render, on real rows and against a provider of the test's own;
 * only the queue is left out. Renders stay open until they are finished.
 */
export async function begin(database: Database, options: RivyaOptions & Pick<ClientOptions, 'timeouts'> = {}) {
  const { timeouts, ...more } = options;
  const provider = await startRivya({ render: 'manual', minPollMs: 0, ...more });
  onTestFinished(() => provider.close());
  const store = openTestStore(database);

  /** A process with a key, the account's own if no other is given. */
  function worker(apiKey = provider.apiKey) {
    const rivya = openRivya({ url: provider.url, apiKey, ...(timeouts && { timeouts }) });
    onTestFinished(() => rivya.close());
    const submit = makeSubmit({
      ...store,
      log: silent,
      model: kling,
      create: rivya.create,
      keyName: rivya.keyName,
      uploadImages: () => Promise.reject(new Error('there are none')),
      lookUpReply: () => Promise.reject(new Error('it was answered')),
      markAnswered: () => Promise.reject(new Error('it was answered')),
    });
    const poll = makePoll({ ...store, log: silent, read: rivya.read, isKeyRefused: rivya.isKeyRefused });
    return { submit, poll: poll.step, rivya };
  }

  /** Answered, in line, and ready to be sent. */
  async function inLine(userId?: string): Promise<Task> {
    const wish = newWish(userId === undefined ? {} : { userId });
    const body = createBody(kling, { id: wish.id, ...wish.request, settings }, []);
    const task = await store.accept({ ...wish, body });
    await store.answer(task);
    return task;
  }

  /** At the provider. */
  async function rendering({ submit } = worker()): Promise<Task> {
    const task = await inLine();
    await submit(task.id);
    return store.found(task.id);
  }

  /** One poll of whatever renders there are, until its outcome is stored. */
  async function pollOnce({ poll } = worker()): Promise<void> {
    await database.sql`update tasks set next_poll_at = now() - interval '1 second' where next_poll_at is not null`;
    const reads = () =>
      provider.requests.filter(({ method, status }) => method === 'GET' && status !== undefined).length;
    const before = reads();
    await poll();
    await eventually(() => reads() > before, 'a poll');
    // The claim moved the next time by a lease; the outcome moves it again, or ends the render.
    await eventually(async () => {
      const leased = await database.sql`
        select from tasks where status in ('rendering', 'uncertain')
          and next_poll_at between now() + interval '16 seconds' and now() + interval '20 seconds'`;
      return leased.length === 0;
    }, 'the outcome of a poll');
  }

  /** Time passes for everybody: also what the provider asked to be waited for. */
  async function pass(taskId: string, ms: number): Promise<void> {
    await age(database, taskId, ms);
    await database.sql`update pacing set hold_off_until = hold_off_until - ${ms} * interval '1 ms'`;
  }

  const creates = () => provider.requests.filter(({ method }) => method === 'POST');
  return { provider, store, worker, inLine, rendering, pollOnce, pass, creates };
}
