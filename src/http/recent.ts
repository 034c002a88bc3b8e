const freshMs = 5_000;
const patienceMs = 1_500;

/**
 * What `read` gave in the last seconds, however many ask. One read at a time, waited for briefly and never repeated while
 * it hangs; null while there is nothing fresh.
 */
export function makeRecent<T>(read: () => Promise<T>, now: () => number = () => performance.now()) {
  let last: { readonly value: T; readonly at: number } | null = null;
  let reading: Promise<void> | null = null;

  const fresh = () => (last !== null && now() - last.at < freshMs ? last.value : null);

  async function readOnce(): Promise<void> {
    try {
      last = { value: await read(), at: now() };
    } catch {
      // Whatever the reason, the database's own watch tells of it.
      last = null;
    } finally {
      reading = null;
    }
  }

  return async function recent(): Promise<T | null> {
    const known = fresh();
    if (known !== null) return known;
    reading ??= readOnce();
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, patienceMs);
    await Promise.race([reading, over]);
    clearTimeout(timer);
    return fresh();
  };
}
