import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, envelope, isCode, statusOfCode } from './answer.ts';

/** What goes wrong, `times` times (default 1), on requests that match. Without status, code, body or drop it only delays. */
export type Fault = {
  readonly method?: string;
  /** The path without query: a RegExp, or a pattern such as `/api/v1/generations/:id`. Results are `/results/:task/:name`. */
  readonly route: RegExp | string;
  readonly times?: number;
  /** `before` (default): instead of the effect. `after`: it took effect, but its answer is lost, replaced or late (not for results). */
  readonly when?: 'before' | 'after';
  readonly status?: number;
  /** Answers with the documented envelope, and its status unless `status` says another. */
  readonly code?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly delayMs?: number;
  /** Ends the connection without an answer. */
  readonly drop?: boolean;
  /** Takes so many bytes of an upload first; for one that gets no further (`before`, with `drop`, `status` or `code`). */
  readonly afterBytes?: number;
  /** Keeps it waiting. A function is called once the request has come so far. */
  readonly hold?: Promise<void> | (() => Promise<void>);
};
export type FaultHandle = { readonly hits: number; remove(): void };

type Entry = { readonly fault: Fault; left: number; hits: number };
const longestDelayMs = 60_000;

export class Faults {
  readonly #entries: Entry[] = [];

  add(fault: Fault): FaultHandle {
    if ((fault.delayMs ?? 0) > longestDelayMs) throw new Error(`a fault delays ${longestDelayMs} ms at most`);
    const isLast = fault.when !== 'after' && (fault.drop === true || forced(fault) !== undefined);
    if (fault.afterBytes !== undefined && !isLast) throw new Error('a request whose body was taken goes no further');
    const entry: Entry = { fault, left: fault.times ?? 1, hits: 0 };
    this.#entries.push(entry);
    return {
      get hits() {
        return entry.hits;
      },
      remove() {
        entry.left = 0;
      },
    };
  }

  clear(): void {
    for (const entry of this.#entries) entry.left = 0;
  }

  /** The first fault that fits this request, counted as a hit. */
  meet(method: string, path: string): Fault | undefined {
    const entry = this.#entries.find(({ fault, left }) => left > 0 && fits(fault, method, path));
    if (entry === undefined) return undefined;
    entry.left -= 1;
    entry.hits += 1;
    return entry.fault;
  }
}

/** The answer it forces, or undefined if it forces none. */
export function forced({ status, code, body, headers }: Fault): Answer | undefined {
  if (status === undefined && code === undefined && body === undefined) return undefined;
  const known = code !== undefined && isCode(code) ? statusOfCode[code] : 500;
  const said = body ?? (code === undefined ? '<html><body>upstream error</body></html>' : envelope(code, `${code}.`));
  return { status: status ?? known, body: said, ...(headers && { headers }) };
}

/** Waits as the fault says, at most until the stand-in closes. */
export async function linger({ delayMs, hold }: Fault, closing: AbortSignal): Promise<void> {
  const closed = Promise.withResolvers<void>();
  const close = () => closed.resolve();
  closing.addEventListener('abort', close, { once: true });
  try {
    if (delayMs !== undefined) await delay(delayMs, undefined, { signal: closing }).catch(close);
    if (hold !== undefined) await Promise.race([typeof hold === 'function' ? hold() : hold, closed.promise]);
  } finally {
    closing.removeEventListener('abort', close);
  }
}

function fits({ method, route }: Fault, actualMethod: string, path: string): boolean {
  if (method !== undefined && method !== actualMethod) return false;
  if (route instanceof RegExp) return path.search(route) !== -1;
  return fitsPattern(route, path);
}

/** `:name` and `*` stand for one part of the path. */
export function fitsPattern(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const parts = path.split('/');
  return (
    wanted.length === parts.length && wanted.every((one, i) => one === '*' || one.startsWith(':') || one === parts[i])
  );
}
