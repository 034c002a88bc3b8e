/** What was opened, to be closed in reverse order, each part once, whatever the others do. */
export class Lifetime {
  readonly #closers: { readonly name: string; close(): unknown }[] = [];

  add(name: string, close: () => unknown): void {
    this.#closers.push({ name, close });
  }

  /** Never throws: a part that cannot close must not keep the rest open. Failures are handed to `report`. */
  async close(report: (name: string, error: unknown) => void): Promise<void> {
    for (const { name, close } of this.#closers.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        report(name, error);
      }
    }
  }
}
