/** A storm that is not over by then hangs somewhere. */
export const longestMs = 300_000;

/** Rejects as soon as the storm's time is over or somebody interrupts it; the work itself is left alone. */
export function unlessOver<T>(work: Promise<T>, over: AbortSignal): Promise<T> {
  const stopped = new Promise<never>((_, reject) => {
    const stop = () => reject(new Error(`not over after ${longestMs / 1000} s, or interrupted`));
    if (over.aborted) stop();
    else over.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([work, stopped]);
}
