import { randomInt } from 'node:crypto';

const EPOCH_MS = 1_420_070_400_000n;

export type NewId = (at?: number) => string;

/**
 * Ids that sort by creation: milliseconds since 2015 above 22 bits of counter. Worlds side by side begin to count at
 * different points, since Discord gives no id twice and a database may know several of them.
 */
export function makeSnowflakes(): NewId {
  let counter = BigInt(randomInt(2 ** 21));
  return (at = Date.now()) => {
    counter = (counter + 1n) & 0x3f_ffffn;
    return (((BigInt(Math.trunc(at)) - EPOCH_MS) << 22n) | counter).toString();
  };
}

export const createdAt = (id: string): number => Number((BigInt(id) >> 22n) + EPOCH_MS);
