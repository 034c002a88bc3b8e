type Waiting<I, O> = { readonly item: I; resolve(outcome: O): void; reject(error: unknown): void };
type Settings = {
  /** Flushes under way at once. */
  readonly inFlight?: number;
  readonly max?: number;
  /** Whether a failure concerns the whole batch (the database is away) rather than one bad row of it. */
  isShared(error: unknown): boolean;
};

/**
 * Natural batching: one call flushes at once when idle; calls that come while flushes are under way share the next.
 * No timer: waiting for company only adds to the answer (measured, postgres.md). A batch that fails through one of its
 * rows is run again row by row.
 */
export function makeBatch<I, O>(
  flush: (items: readonly I[]) => Promise<readonly O[]>,
  { inFlight = 2, max = 200, isShared }: Settings,
): (item: I) => Promise<O> {
  const line: Waiting<I, O>[] = [];
  let running = 0;

  function start(): void {
    while (running < inFlight && line.length > 0) {
      running += 1;
      void run(line.splice(0, max)).finally(() => {
        running -= 1;
        start();
      });
    }
  }

  async function run(batch: readonly Waiting<I, O>[]): Promise<void> {
    try {
      settle(batch, await flush(batch.map(({ item }) => item)));
    } catch (error) {
      const [only] = batch;
      if (batch.length === 1 || isShared(error)) for (const { reject } of batch) reject(error);
      else if (only !== undefined) for (const one of batch) await run([one]);
    }
  }

  return (item) =>
    new Promise<O>((resolve, reject) => {
      line.push({ item, resolve, reject });
      // Events of one read from the socket arrive in one turn of the loop: they share the first flush.
      setImmediate(start);
    });
}

function settle<I, O>(batch: readonly Waiting<I, O>[], outcomes: readonly O[]): void {
  if (outcomes.length !== batch.length) throw new Error(`${batch.length} items gave ${outcomes.length} outcomes`);
  batch.forEach(({ resolve }, index) => {
    resolve(outcomes[index] as O);
  });
}
