import { randomUUID } from 'node:crypto';
import type { Act } from '#src/domain/acts.ts';
import type { Limits } from '#src/domain/rules.ts';
import type { Job, Reply, Task } from '#src/domain/task.ts';
import type { Wish } from '#src/domain/wish.ts';
import type { Database } from '#src/store/database.ts';
import { openStore } from '#src/store/store.ts';
import { test as base } from './database.ts';

const inAQuarter = () => new Date(Date.now() + 15 * 60_000);

export const reply: Reply = {
  applicationId: '100000000000000001',
  token: 'token-of-a-test',
  tokenExpiresAt: inAQuarter(),
  guildId: '100000000000000002',
  channelId: '100000000000000003',
  parentId: null,
  context: 'guild',
  messageId: null,
  isPrivate: false,
  sizeLimit: 20 * 2 ** 20,
  hasBot: true,
};

/** A wish of one user; the test says only what matters to it. */
export function newWish(more: Partial<Wish> = {}): Wish {
  const id = randomUUID();
  return {
    id,
    origin: `interaction-${id}`,
    userId: '200000000000000001',
    locale: 'en-US',
    request: { model: 'kling-3-0', prompt: 'a fox', settings: { mode: 'pro', duration: '5' }, images: [] },
    // A fresh token: the module outlives many tests.
    reply: { ...reply, tokenExpiresAt: inAQuarter() },
    baseCredits: 90,
    roles: [],
    hasAllowance: true,
    body: '{"model":"kling-3-0"}',
    ...more,
  };
}

/** An operator's act on somebody, by an interaction of its own. */
export function newAct(action: Act['action'], subject: string, more: Partial<Act> = {}): Act {
  return { source: `interaction-${randomUUID()}`, actor: '900000000000000001', action, subject, reason: null, ...more };
}

export type TestStore = ReturnType<typeof openTestStore>;

/** The store with a queue that only remembers what it was told, each job once its transaction committed or not. */
export function openTestStore(database: Database, limits: Partial<Limits> = {}, slots = { perUser: 3, whole: 20 }) {
  const jobs: Job[] = [];
  const parts = {
    database,
    limits: { quota: 1000, period: 'day' as const, budget: null, guildBudget: null, maxWaiting: 100, ...limits },
    async enqueue(_tx: unknown, list: readonly Job[]) {
      jobs.push(...list);
    },
  };
  const store = openStore({ ...parts, slots });
  const fullHouse = openStore({ ...parts, slots: { perUser: 0, whole: 0 } });

  async function accept(more: Partial<Wish> = {}): Promise<Task> {
    const [outcome] = await store.acceptAll([newWish(more)]);
    if (outcome === undefined || !('accepted' in outcome)) throw new Error(`refused: ${JSON.stringify(outcome)}`);
    return outcome.accepted;
  }

  /** Answered, and waiting in line: no slot is given away by it. */
  async function answer(task: Task): Promise<void> {
    await fullHouse.markAnswered([
      { taskId: task.id, messageId: '300000000000000001', isPrivate: false, shown: 'accepted' },
    ]);
  }

  /** A task at the provider. */
  async function render(more: Partial<Wish> = {}, reserved: number | null = 90): Promise<Task> {
    const task = await accept(more);
    await answer(task);
    await store.fill();
    await store.beginSend(task.id, 60_000, 'key-of-a-test');
    await store.markRendering(task.id, `render-${task.id}`, reserved, 0);
    return found(task.id);
  }

  async function found(taskId: string): Promise<Task> {
    const task = await store.find(taskId);
    if (task === null) throw new Error(`no task ${taskId}`);
    return task;
  }

  return { ...store, jobs, accept, answer, render, found };
}

export async function account(database: Database, owner: string): Promise<{ held: number; spent: number }> {
  const [row] = await database.sql<{ held: number; spent: number }[]>`
    select coalesce(sum(held), 0)::int as held, coalesce(sum(spent), 0)::int as spent from accounts where owner = ${owner}`;
  return row ?? { held: 0, spent: 0 };
}

/** Lets time pass for a task: its moments move back. No timer in memory decides anything. */
export async function age(database: Database, taskId: string, ms: number): Promise<void> {
  const by = database.sql`${ms} * interval '1 ms'`;
  await database.sql`
    update tasks set accepted_at = accepted_at - ${by}, answered_at = answered_at - ${by},
      submitting_at = submitting_at - ${by}, first_sent_at = first_sent_at - ${by}, last_sent_at = last_sent_at - ${by},
      rendering_at = rendering_at - ${by}, uncertain_at = uncertain_at - ${by}, missing_url_at = missing_url_at - ${by},
      closed_at = closed_at - ${by}, rung_at = rung_at - ${by}, pending_at = pending_at - ${by},
      show_at = show_at - ${by}, shown_at = shown_at - ${by}, edit_at = edit_at - ${by}, wake_at = wake_at - ${by},
      next_poll_at = next_poll_at - ${by}, token_expires_at = token_expires_at - ${by}
    where id = ${taskId}`;
}

export const test = base.extend<{ store: TestStore }>({
  store: async ({ database }, use) => {
    await use(openTestStore(database));
  },
});
