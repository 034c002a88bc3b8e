import { describe, expect, test } from 'vitest';
import { makeBatch } from '#src/app/batch.ts';

/** A flush whose batches are seen and ended by hand. */
function begin({
  isShared = () => false,
  ...settings
}: {
  inFlight?: number;
  max?: number;
  isShared?: (error: unknown) => boolean;
} = {}) {
  const batches: { readonly items: readonly string[]; end(): void; fail(error: unknown): void }[] = [];
  const add = makeBatch(
    (items: readonly string[]) =>
      new Promise<readonly string[]>((resolve, reject) => {
        batches.push({ items, end: () => resolve(items.map((item) => `${item}!`)), fail: reject });
      }),
    { ...settings, isShared },
  );
  return { add, batches, seen: () => batches.map(({ items }) => items.join('')) };
}

const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));

describe('a batch', () => {
  test('of one goes at once when idle, and everyone gets their own outcome', async () => {
    const { add, batches, seen } = begin();

    const one = add('a');
    await turn();

    expect(seen()).toEqual(['a']);
    batches[0]?.end();
    expect(await one).toBe('a!');
  });

  test('holds all that came in one turn of the loop', async () => {
    const { add, batches, seen } = begin();

    const all = Promise.all(['a', 'b', 'c'].map(add));
    await turn();

    expect(seen()).toEqual(['abc']);
    batches[0]?.end();
    expect(await all).toEqual(['a!', 'b!', 'c!']);
  });

  test('waits while two are under way, and takes all that came meanwhile', async () => {
    const { add, batches, seen } = begin();
    const all: Promise<string>[] = [];

    for (const item of ['a', 'b', 'c', 'd', 'e']) {
      all.push(add(item));
      await turn();
    }
    expect(seen()).toEqual(['a', 'b']);

    batches[1]?.end();
    await turn();
    expect(seen()).toEqual(['a', 'b', 'cde']);

    batches[0]?.end();
    batches[2]?.end();
    expect(await Promise.all(all)).toEqual(['a!', 'b!', 'c!', 'd!', 'e!']);
  });

  test('is never larger than its limit, and nobody is left behind', async () => {
    const { add, batches, seen } = begin({ inFlight: 1, max: 2 });

    const all = Promise.all(['a', 'b', 'c', 'd', 'e'].map(add));
    for (let index = 0; index < 3; index += 1) {
      await turn();
      batches[index]?.end();
    }

    expect(await all).toHaveLength(5);
    expect(seen()).toEqual(['ab', 'cd', 'e']);
  });
});

describe('a failure', () => {
  const outcomes = (all: Promise<string>[]) =>
    Promise.allSettled(all).then((list) =>
      list.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason))),
    );

  test('through one bad row is that row’s alone: the others are run again by themselves', async () => {
    const runs: string[] = [];
    const add = makeBatch(
      async (items: readonly string[]) => {
        runs.push(items.join(''));
        if (items.includes('bad')) throw new Error('a bad row');
        return items;
      },
      { isShared: () => false },
    );

    expect(await outcomes(['a', 'bad', 'c'].map(add))).toEqual(['a', 'Error: a bad row', 'c']);
    expect(runs).toEqual(['abadc', 'a', 'bad', 'c']);
  });

  test('of the connection is everybody’s, and is not run again', async () => {
    let runs = 0;
    const add = makeBatch(
      async (): Promise<readonly string[]> => {
        runs += 1;
        throw new Error('away');
      },
      { isShared: () => true },
    );

    expect(await outcomes(['a', 'b'].map(add))).toEqual(['Error: away', 'Error: away']);
    expect(runs).toBe(1);
  });

  test('frees its place for the next', async () => {
    const { add, batches } = begin({ inFlight: 1, isShared: () => true });
    const first = add('a');
    await turn();
    batches[0]?.fail(new Error('away'));
    await expect(first).rejects.toThrow('away');

    const second = add('b');
    await turn();
    batches[1]?.end();

    expect(await second).toBe('b!');
  });

  test('to give an outcome for each is no outcome for anyone', async () => {
    const add = makeBatch(async () => ['only one'], { isShared: () => true });

    expect(await outcomes(['a', 'b'].map(add))).toEqual([
      'Error: 2 items gave 1 outcomes',
      'Error: 2 items gave 1 outcomes',
    ]);
  });
});
