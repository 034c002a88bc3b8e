import { randomBytes } from 'node:crypto';
import { Refusal } from './answer.ts';
import { type Fault, type FaultHandle, Faults } from './faults.ts';
import { Files } from './files.ts';
import { kling } from './kling.ts';
import { Manners } from './manners.ts';
import { Results } from './results.ts';
import { makeRoutes } from './routes.ts';
import { type Call, RivyaServer } from './server.ts';
import { type Task, Tasks } from './tasks.ts';
import type {
  Download,
  FailOutcome,
  FinishOutcome,
  LoggedRequest,
  ResultSetup,
  RivyaFile,
  RivyaTask,
  Settings,
} from './types.ts';

export type RivyaOptions = Partial<Settings> & {
  readonly port?: number;
  readonly apiKey?: string;
  readonly credits?: number;
  /** Origin written into result URLs, if not the stand-in's own. */
  readonly resultHost?: string;
};

/** A local Rivya on 127.0.0.1, as strict as its documentation; see `Settings` for what may be changed while it runs. */
export async function startRivya(options: RivyaOptions = {}): Promise<RivyaStandIn> {
  const standIn = new RivyaStandIn(options);
  await standIn.listen(options.port ?? 0);
  return standIn;
}

export class RivyaStandIn implements AsyncDisposable {
  readonly settings: Settings;
  readonly faults: { add(fault: Fault): FaultHandle; clear(): void };
  readonly #tasks: Tasks;
  readonly #files: Files;
  readonly #results = new Results();
  readonly #manners = new Manners();
  readonly #server: RivyaServer;
  readonly #resultHost: string | undefined;
  readonly #revoked = new Set<string>();
  #url = '';
  #apiKey: string;
  #isOpen = true;

  constructor({ apiKey, credits = 9000, resultHost, port: _, ...settings }: RivyaOptions) {
    this.settings = { ...defaults(), ...settings };
    this.#apiKey = apiKey ?? `rvya_sk_${randomBytes(24).toString('base64url')}`;
    this.#resultHost = resultHost;
    this.#tasks = new Tasks(this.settings, credits);
    this.#files = new Files(this.settings, () => this.#url);
    const faults = new Faults();
    this.faults = faults;
    const routes = makeRoutes({
      tasks: this.#tasks,
      files: this.#files,
      results: this.#results,
      manners: this.#manners,
      settings: this.settings,
      authorize: (call) => this.#authorize(call),
      checkOpen: () => {
        if (!this.#isOpen) throw new Refusal('public_api_disabled', 'The public API is turned off for now.');
      },
      resultUrl: ({ id }) => `${this.#resultHost ?? this.#url}/results/${id}/film.mp4`,
    });
    this.#server = new RivyaServer({ routes, faults, manners: this.#manners, key: () => this.#apiKey });
  }

  async listen(port: number): Promise<void> {
    this.#url = await this.#server.listen(port);
  }

  /** For RIVYA_API_URL. */
  get url(): string {
    return this.#url;
  }

  get apiKey(): string {
    return this.#apiKey;
  }

  get credits(): number {
    return this.#tasks.credits;
  }

  set credits(credits: number) {
    this.#tasks.credits = credits;
  }

  get render(): Settings['render'] {
    return this.settings.render;
  }

  set render(render: Settings['render']) {
    this.settings.render = render;
  }

  get tasks(): readonly RivyaTask[] {
    return this.#tasks.all();
  }

  get files(): readonly RivyaFile[] {
    return this.#files.all;
  }

  get requests(): readonly LoggedRequest[] {
    return this.#server.requests;
  }

  get downloads(): readonly Download[] {
    return this.#results.downloads;
  }

  /** What a good client never does; empty after a good run. A test that provokes some may empty it. */
  get violations(): string[] {
    return this.#manners.violations;
  }

  /** `task`: the provider's id, the Idempotency-Key or the client_request_id. Throws if it is unknown or closed. */
  finish(task: string, outcome?: FinishOutcome): void {
    this.#tasks.finish(this.#task(task), outcome);
  }

  fail(task: string, outcome?: FailOutcome): void {
    this.#tasks.fail(this.#task(task), outcome);
  }

  /** Lays fields over the task's answers, such as a status that no one knows; undefined leaves a field out. `{}` ends it. */
  override(task: string, fields: Readonly<Record<string, unknown>>): void {
    this.#task(task).override = fields;
  }

  /** What result downloads serve from now on, for all tasks or one. `{}` is the film again. */
  setResult(setup: ResultSetup, task?: string): void {
    this.#results.set(setup, task === undefined ? undefined : this.#task(task).id);
  }

  revokeKey(): void {
    this.#revoked.add(this.#apiKey);
  }

  /** The account's new key; the one before it is revoked. */
  setKey(apiKey: string): void {
    this.#revoked.add(this.#apiKey);
    this.#revoked.delete(apiKey);
    this.#apiKey = apiKey;
  }

  disable(): void {
    this.#isOpen = false;
  }

  enable(): void {
    this.#isOpen = true;
  }

  /** Ends every connection, also held ones. */
  close(): Promise<void> {
    return this.#server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #task(id: string): Task {
    const task =
      this.#tasks.find(id) ??
      this.#tasks.byKey(id) ??
      this.#tasks.all().find(({ clientRequestId }) => clientRequestId === id);
    if (task === undefined) throw new Error(`no task ${id}`);
    return task;
  }

  #authorize({ request }: Call): void {
    const key = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (key === undefined) throw new Refusal('api_key_missing', 'A valid Bearer API key is required.');
    if (this.#revoked.has(key)) throw new Refusal('api_key_revoked', 'This API key was revoked.');
    if (key !== this.#apiKey) throw new Refusal('api_key_invalid', 'This API key is not valid.');
  }
}

const defaults = (): Settings => ({
  renderMs: 1500,
  render: 'auto',
  reserve: kling.baseCredits,
  finalCredits: 'reserved',
  minPollMs: 1500,
  createStatus: 200,
  uploadStatus: 200,
  uploadShape: 'top',
  durationToken: undefined,
  maxImageBytes: kling.maxImageBytes,
});
