/** Ends what stands still, and what takes longer than anything may. */
export class Patience {
  readonly #controller = new AbortController();
  readonly #whole: NodeJS.Timeout;
  #step: NodeJS.Timeout | undefined;

  constructor(wholeMs: number) {
    this.#whole = setTimeout(() => this.end(), wholeMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  wait(ms: number): void {
    clearTimeout(this.#step);
    this.#step = setTimeout(() => this.end(), ms);
  }

  end(): void {
    clearTimeout(this.#step);
    clearTimeout(this.#whole);
    this.#controller.abort();
  }
}

/** Tells before each piece whether it is the last: only with that one can a form have arrived. */
export async function* watched(
  bytes: AsyncIterable<Uint8Array>,
  onPiece: (isLast: boolean) => void,
): AsyncIterable<Uint8Array> {
  let held: Uint8Array | undefined;
  for await (const next of bytes) {
    if (held !== undefined) {
      onPiece(false);
      yield held;
    }
    held = next;
  }
  onPiece(true);
  if (held !== undefined) yield held;
}
