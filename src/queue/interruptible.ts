/** Work that its worker may be taken away from. What it still does by itself, the rows of its task must bear. */
export class Interruptible {
  readonly #interrupts = new Set<() => void>();
  #isInterrupted = false;

  /** True once the work is done; false as soon as it is interrupted. */
  async run(work: Promise<void>): Promise<boolean> {
    const interrupted = Promise.withResolvers<false>();
    const interrupt = () => interrupted.resolve(false);
    if (this.#isInterrupted) interrupt();
    this.#interrupts.add(interrupt);
    try {
      return await Promise.race([work.then(() => true as const), interrupted.promise]);
    } finally {
      this.#interrupts.delete(interrupt);
    }
  }

  /** All that runs now or later. */
  interrupt(): void {
    this.#isInterrupted = true;
    for (const interrupt of this.#interrupts) interrupt();
  }
}
