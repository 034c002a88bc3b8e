import { randomBytes } from 'node:crypto';
import { Refusal } from './answer.ts';
import type { CreateBody, FailOutcome, FinishOutcome, RivyaTask, Settings, TaskStatus } from './types.ts';

type Result = { readonly urls: readonly string[] | null | undefined };
/** A task as the stand-in keeps it. */
export type Task = Omit<RivyaTask, 'status' | 'doneAt' | 'charged' | 'statusReads'> & {
  status: TaskStatus;
  startsAt: number;
  endsAt: number;
  updatedAt: number;
  doneAt: number | undefined;
  charged: number | undefined;
  /** Shown as `final_credits`; undefined leaves the field out. */
  finalCredits: number | undefined;
  result: Result | undefined;
  error: { code: string; message: string } | undefined;
  statusReads: number;
  lastReadAt: number | undefined;
  /** Laid over every status answer. */
  override: Readonly<Record<string, unknown>>;
};
export type NewTask = Pick<Task, 'idempotencyKey' | 'clientRequestId' | 'body' | 'rawBody' | 'files'>;

/** The account: its wallet and its tasks. Time passes when someone looks: there is no timer to leave behind. */
export class Tasks {
  readonly #byId = new Map<string, Task>();
  readonly #byKey = new Map<string, Task>();
  readonly #settings: Settings;
  #credits: number;

  constructor(settings: Settings, credits: number) {
    this.#settings = settings;
    this.#credits = credits;
  }

  get credits(): number {
    this.all();
    return this.#credits;
  }

  set credits(credits: number) {
    this.all();
    this.#credits = credits;
  }

  /** Every task, as of now. */
  all(): Task[] {
    return [...this.#byId.values()].map((task) => this.#advance(task));
  }

  find(id: string): Task | undefined {
    const task = this.#byId.get(id);
    return task && this.#advance(task);
  }

  byKey(key: string): Task | undefined {
    const task = this.#byKey.get(key);
    return task && this.#advance(task);
  }

  create(wish: NewTask): Task {
    const reserved = given(this.#settings.reserve, wish.body);
    if (this.credits < reserved) throw new Refusal('insufficient_credits', 'Not enough credits.');
    this.#credits -= reserved;

    const now = Date.now();
    const renderMs =
      this.#settings.render === 'manual' ? Number.POSITIVE_INFINITY : given(this.#settings.renderMs, wish.body);
    const task: Task = {
      ...wish,
      id: `task_${randomBytes(12).toString('base64url')}`,
      reserved,
      status: 'queued',
      createdAt: now,
      startsAt: now + Math.min(renderMs / 4, 2_000),
      endsAt: now + renderMs,
      updatedAt: now,
      doneAt: undefined,
      charged: undefined,
      finalCredits: 0,
      result: undefined,
      error: undefined,
      statusReads: 0,
      lastReadAt: undefined,
      override: {},
    };
    this.#byId.set(task.id, task);
    if (wish.idempotencyKey !== undefined) this.#byKey.set(wish.idempotencyKey, task);
    return task;
  }

  finish(task: Task, outcome: FinishOutcome = {}, at = Date.now()): void {
    assertOpen(task);
    const final = 'finalCredits' in outcome ? outcome.finalCredits : this.#finalCredits(task);
    close(task, 'succeeded', at);
    task.result = { urls: outcome.urls };
    this.#settle(task, final, final ?? task.reserved);
  }

  fail(task: Task, { code, message, finalCredits = 0 }: FailOutcome = {}): void {
    assertOpen(task);
    close(task, 'failed', Date.now());
    task.error = { code: code ?? 'generation_failed', message: message ?? 'The generation failed.' };
    this.#settle(task, finalCredits, finalCredits);
  }

  #advance(task: Task): Task {
    if (task.status === 'succeeded' || task.status === 'failed') return task;
    const now = Date.now();
    if (now >= task.endsAt) this.finish(task, {}, task.endsAt);
    else if (task.status === 'queued' && now >= task.startsAt) {
      task.status = 'processing';
      task.updatedAt = task.startsAt;
    }
    return task;
  }

  #finalCredits(task: Task): number | undefined {
    const { finalCredits } = this.#settings;
    if (finalCredits === 'reserved') return task.reserved;
    return typeof finalCredits === 'function' ? finalCredits(task) : finalCredits;
  }

  #settle(task: Task, shown: number | undefined, charged: number): void {
    task.finalCredits = shown;
    task.charged = charged;
    this.#credits += task.reserved - charged;
  }
}

const given = (value: number | ((body: CreateBody) => number), body: CreateBody) =>
  typeof value === 'function' ? value(body) : value;

function assertOpen(task: Task): void {
  if (task.status === 'succeeded' || task.status === 'failed') throw new Error(`${task.id} has already ${task.status}`);
}

function close(task: Task, status: 'succeeded' | 'failed', at: number): void {
  task.status = status;
  task.doneAt = at;
  task.updatedAt = at;
}
