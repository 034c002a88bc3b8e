export type Chance = {
  /** A whole number from 0 to `most`. */
  upTo(most: number): number;
  pick<T>(list: readonly T[]): T;
};

/** So many runs by chance that is the same in every run of the tests (mulberry32). */
export function* chances(count: number): Iterable<Chance> {
  for (let seed = 1; seed <= count; seed += 1) {
    const next = generator(seed);
    const upTo = (most: number) => Math.floor(next() * (most + 1));
    yield { upTo, pick: <T>(list: readonly T[]) => list[upTo(list.length - 1)] as T };
  }
}

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
