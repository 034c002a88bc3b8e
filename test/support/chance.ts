/** Choices by chance that are the same for the same seed. */
export type Chance = {
  /** A number from 0 up to, and without, 1. */
  next(): number;
  /** A whole number from 0 to `most`. */
  upTo(most: number): number;
  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number;
  /** True so often, from 0 (never) to 1 (always). */
  happens(share: number): boolean;
  pick<T>(list: readonly T[]): T;
};

/** So many runs by chance that is the same in every run of the tests. */
export function* chances(count: number): Iterable<Chance> {
  for (let seed = 1; seed <= count; seed += 1) yield chanceOf(seed);
}

export function chanceOf(seed: number): Chance {
  const next = generator(seed);
  const upTo = (most: number) => Math.floor(next() * (most + 1));
  return {
    next,
    upTo,
    between: (least, most) => least + upTo(most - least),
    happens: (share) => next() < share,
    pick: <T>(list: readonly T[]) => list[upTo(list.length - 1)] as T,
  };
}

/** mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
