type Closer = { readonly name: string; close(): unknown };
type Stage = { readonly mostMs: number; readonly closers: Closer[] };
type Report = (name: string, error: unknown) => void;

/**
 * What was opened, to be closed stage by stage, the last one first, each part once, whatever the others do. Parts of one
 * stage are closed side by side and have the same time for it: what cannot close must not keep the rest open.
 */
export class Lifetime {
  readonly #stages: Stage[] = [];
  readonly #closing = new AbortController();
  #report: Report | undefined;

  /** What is added from here on is closed before what was added so far. */
  stage(mostMs: number): void {
    this.#stages.push({ mostMs, closers: [] });
  }

  /** A part that comes when all is being closed already is closed at once. */
  add(name: string, close: () => unknown): void {
    const stage = this.#stages.at(-1);
    if (stage === undefined) throw new Error('no stage');
    const closer = { name, close };
    if (this.#report === undefined) stage.closers.push(closer);
    else void end(closer, stage.mostMs, this.#report);
  }

  /** Aborts when closing begins: for whatever only waits. */
  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  get isClosing(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Never throws, and takes no longer than the stages together. Failures are handed to `report`. */
  async close(report: Report): Promise<void> {
    this.#report = report;
    this.#closing.abort();
    for (const { closers, mostMs } of this.#stages.toReversed()) {
      await Promise.all(closers.splice(0).map((closer) => end(closer, mostMs, report)));
    }
  }
}

async function end({ name, close }: Closer, mostMs: number, report: Report): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`still open after ${mostMs} ms`)), mostMs);
  try {
    await Promise.race([close(), late.promise]);
  } catch (error) {
    report(name, error);
  } finally {
    clearTimeout(timer);
  }
}
