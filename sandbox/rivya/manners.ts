import type { IncomingMessage } from 'node:http';
import type { Task } from './tasks.ts';

/** What a good client never does, though the API would let it pass. */
export class Manners {
  readonly violations: string[] = [];
  readonly #notBefore = new Map<string, number>();

  violate(what: string): void {
    this.violations.push(what);
  }

  /** `what` was told to come again in so many seconds. */
  told(what: string, retryAfter: string | undefined): void {
    if (retryAfter !== undefined && /^\d+$/.test(retryAfter))
      this.#notBefore.set(what, Date.now() + Number(retryAfter) * 1000);
  }

  checkReturn(what: string): void {
    const early = (this.#notBefore.get(what) ?? 0) - Date.now();
    // Clocks of two processes on one machine may differ by a few milliseconds.
    if (early > clockSlackMs) this.violate(`${what}: ${early} ms before its Retry-After`);
  }

  checkPlaceOfKey({ url = '', headers, rawHeaders }: IncomingMessage, body: Buffer | undefined, apiKey: string): void {
    if (url.includes(apiKey) || /rvya_sk_/.test(url)) this.violate('the key stands in a URL');
    if (body?.includes(apiKey) === true) this.violate('the key stands in a body');
    const others = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() !== 'authorization');
    if (others.some((value) => value.includes(apiKey)))
      this.violate('the key stands in a header other than Authorization');
    if (headers.cookie !== undefined) this.violate('a cookie was sent');
  }

  /** Counts a status request. After the end, and once its result was asked for, a task may be read again at once. */
  checkPolling(task: Task, minPollMs: number): void {
    const now = Date.now();
    const gap = now - (task.lastReadAt ?? task.createdAt);
    const isOpen = task.doneAt === undefined || (task.lastReadAt ?? 0) < task.doneAt;
    if (isOpen && gap < minPollMs - clockSlackMs)
      this.violate(`${task.id}: status asked ${gap} ms after the last word`);
    task.statusReads += 1;
    task.lastReadAt = now;
  }
}

const clockSlackMs = 20;
