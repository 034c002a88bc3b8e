/** What goes wrong, once or `times` times, on requests that match. Without status, drop or cut it only delays. */
export type Fault = {
  method?: string;
  /** RegExp on the path without `/api/v10` and query; or a pattern such as `/webhooks/:app/:token/messages/@original`. */
  route: RegExp | string;
  times?: number;
  /** `before`: instead of the effect. `after`: the effect took place, its answer is lost or replaced. */
  when?: 'before' | 'after';
  status?: number;
  /** Answers before the request's body was read, as a proxy in front would; default: for 413 and 429. */
  early?: boolean;
  body?: unknown;
  headers?: Record<string, string>;
  delayMs?: number;
  /** Closes the connection without an answer. */
  drop?: boolean;
  /** Sends only the first bytes of the answer's body, then closes the connection (CDN). */
  cutAfterBytes?: number;
  /** Takes so many bytes of the request's body first; for one that gets no further (`before`, with `drop` or `status`). */
  afterBytes?: number;
  /** Keeps it waiting. A function is called once the request has come so far. */
  hold?: Promise<void> | (() => Promise<void>);
};

export type FaultHandle = { readonly hits: number; remove(): void };

const MAX_DELAY_MS = 60_000;

export class Faults {
  readonly #active: { readonly fault: Fault; left: number; hits: number }[] = [];

  add(fault: Fault): FaultHandle {
    if ((fault.delayMs ?? 0) > MAX_DELAY_MS) throw new Error(`a fault may delay ${MAX_DELAY_MS} ms at most`);
    const isLast = fault.when !== 'after' && (fault.drop === true || fault.status !== undefined);
    if (fault.afterBytes !== undefined && !isLast) throw new Error('a request whose body was taken goes no further');
    const entry = { fault, left: fault.times ?? 1, hits: 0 };
    this.#active.push(entry);
    return {
      get hits() {
        return entry.hits;
      },
      remove: () => {
        entry.left = 0;
      },
    };
  }

  /** 429 as Discord sends it: `retry_after` in seconds, in body and headers. */
  rateLimit({ retryAfter = 1, global = false, scope = 'user', ...fault }: RateLimitFault): FaultHandle {
    return this.add({
      ...fault,
      status: 429,
      body: { message: 'You are being rate limited.', retry_after: retryAfter, global },
      headers: {
        'retry-after': String(Math.ceil(retryAfter)),
        'x-ratelimit-scope': global ? 'global' : scope,
        ...(global ? { 'x-ratelimit-global': 'true' } : bucket(retryAfter)),
      },
    });
  }

  clear(): void {
    this.#active.length = 0;
  }

  /** The fault that this request meets, counted as a hit. */
  meet(method: string, path: string): Fault | undefined {
    const entry = this.#active.find(
      ({ fault, left }) => left > 0 && isMethod(fault, method) && matches(fault.route, path),
    );
    if (entry === undefined) return undefined;
    entry.left -= 1;
    entry.hits += 1;
    return entry.fault;
  }
}

export type RateLimitFault = Pick<Fault, 'method' | 'route' | 'times' | 'when'> & {
  retryAfter?: number;
  global?: boolean;
  scope?: 'user' | 'shared';
};

const bucket = (retryAfter: number) => ({
  'x-ratelimit-limit': '5',
  'x-ratelimit-remaining': '0',
  'x-ratelimit-reset': String(Date.now() / 1000 + retryAfter),
  'x-ratelimit-reset-after': String(retryAfter),
  'x-ratelimit-bucket': 'sandbox',
});

const isMethod = (fault: Fault, method: string) => fault.method === undefined || fault.method === method;

function matches(route: RegExp | string, path: string): boolean {
  if (route instanceof RegExp) return new RegExp(route.source, route.flags.replace(/[gy]/g, '')).test(path);
  const wanted = route.split('/');
  const parts = path.split('/');
  return (
    wanted.length === parts.length &&
    wanted.every((part, i) => part.startsWith(':') || part === '*' || part === parts[i])
  );
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());

/** Whether the answer comes before the body of the request. */
export const isEarly = ({ early, status = 0 }: Fault): boolean => early ?? [413, 429].includes(status);

/** Waits as the fault says before anything is answered. */
export async function linger({ delayMs = 0, hold }: Fault): Promise<void> {
  if (delayMs > 0) await pause(delayMs);
  if (hold === undefined) return;
  await Promise.race([typeof hold === 'function' ? hold() : hold, pause(MAX_DELAY_MS)]);
}
