import type { JsonObject } from './json.ts';

const dayMs = 86_400_000;

/** How many sessions may still be started, and when there are all of them again (Discord: Session Start Limit Object). */
export class StartLimit {
  readonly #total: number;
  #used = 0;
  #resetsAt: number;

  constructor(total: number) {
    this.#total = total;
    this.#resetsAt = Date.now() + dayMs;
  }

  set({ remaining, resetAfterMs }: { remaining: number; resetAfterMs: number }): void {
    this.#used = this.#total - remaining;
    this.#resetsAt = Date.now() + resetAfterMs;
  }

  get remaining(): number {
    if (Date.now() >= this.#resetsAt) this.set({ remaining: this.#total, resetAfterMs: dayMs });
    return Math.max(0, this.#total - this.#used);
  }

  /** Uses one up; false if there was none left. */
  take(): boolean {
    const isLeft = this.remaining > 0;
    this.#used += 1;
    return isLeft;
  }

  json(): JsonObject {
    const { remaining } = this;
    return { total: this.#total, remaining, reset_after: Math.max(0, this.#resetsAt - Date.now()), max_concurrency: 1 };
  }
}
