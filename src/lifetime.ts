type Closer = { readonly name: string; close(): unknown };

/** What was opened, to be closed in reverse order, each part once, whatever the others do. */
export class Lifetime {
  readonly #closers: Closer[] = [];
  readonly #closing = new AbortController();
  #report: ((name: string, error: unknown) => void) | undefined;

  /** A part that comes when all is being closed already is closed at once. */
  add(name: string, close: () => unknown): void {
    const closer = { name, close };
    if (this.#report === undefined) this.#closers.push(closer);
    else void this.#end(closer, this.#report);
  }

  /** Aborts when closing begins: for whatever only waits. */
  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  get isClosing(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Never throws: a part that cannot close must not keep the rest open. Failures are handed to `report`. */
  async close(report: (name: string, error: unknown) => void): Promise<void> {
    this.#report = report;
    this.#closing.abort();
    for (const closer of this.#closers.splice(0).reverse()) await this.#end(closer, report);
  }

  async #end({ name, close }: Closer, report: (name: string, error: unknown) => void): Promise<void> {
    try {
      await close();
    } catch (error) {
      report(name, error);
    }
  }
}
