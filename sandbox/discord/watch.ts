type Waiter = () => void;

/** Lets tests wait for a condition: whoever changes state notifies, whoever waits looks again. */
export class Watch {
  readonly #waiters = new Set<Waiter>();

  notify(): void {
    for (const look of [...this.#waiters]) look();
  }

  /** Resolves with the first value that is not undefined; rejects after `timeoutMs`, saying what was awaited. */
  until<T>(look: () => T | undefined, timeoutMs: number, what: string): Promise<T> {
    const now = look();
    if (now !== undefined) return Promise.resolve(now);
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiters.delete(again);
      };
      const again = () => {
        try {
          const value = look();
          if (value === undefined) return;
          done();
          resolve(value);
        } catch (error) {
          done();
          reject(error);
        }
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`waited ${timeoutMs} ms for ${what}`));
      }, timeoutMs);
      // A stand-in that listens keeps the process alive; a forgotten wait must not.
      timer.unref();
      this.#waiters.add(again);
    });
  }
}
