import { describe, expect, test } from 'vitest';
import { makeAccept } from '#src/app/accept.ts';
import type { Wish, WishOutcome } from '#src/domain/wish.ts';
import { aReply, aTask, taskId } from '../domain/builders.ts';

const wish: Wish = {
  id: taskId,
  origin: '500000000000000001',
  userId: '600000000000000001',
  locale: 'en-US',
  request: { model: 'kling-3-0', prompt: 'a fox', settings: {}, images: [] },
  reply: aReply(),
  baseCredits: 90,
  roles: [],
  hasAllowance: true,
  body: '{}',
};
const accepted: WishOutcome = { accepted: aTask(), isNew: true };
const soon = () => new Date(Date.now() + 5_000);

class ConnectionLost extends Error {}
class NeverBegun extends ConnectionLost {}

/** A store that answers each try by the next of these; the last one again and again. */
function begin(tries: readonly (WishOutcome | Error)[], { isAway = false, isStopping = false } = {}) {
  let seen = 0;
  const accept = makeAccept({
    async acceptAll(wishes) {
      const outcome = tries[Math.min(seen, tries.length - 1)] ?? accepted;
      seen += 1;
      if (outcome instanceof Error) throw outcome;
      return wishes.map(() => outcome);
    },
    isAway: () => isAway,
    isConnectionFault: (error) => error instanceof ConnectionLost,
    isNotBegun: (error) => error instanceof NeverBegun,
    isStopping: () => isStopping,
  });
  return { accept, tries: () => seen };
}

test('a wish is accepted or refused as the store says', async () => {
  const refused = { refused: 'line-full', maxWaiting: 10 } as const;

  expect(await begin([accepted]).accept(wish, soon())).toEqual(accepted);
  expect(await begin([refused]).accept(wish, soon())).toEqual(refused);
});

describe('a database that is away', () => {
  test('is not asked', async () => {
    const { accept, tries } = begin([accepted], { isAway: true });

    expect(await accept(wish, soon())).toEqual({ refused: 'away' });
    expect(tries()).toBe(0);
  });

  test('before anything was sent is told at once', async () => {
    const { accept, tries } = begin([new NeverBegun('no connection')]);

    expect(await accept(wish, soon())).toEqual({ refused: 'away' });
    expect(tries()).toBe(1);
  });

  test('after something was sent is asked by the same origin until it says what became of it', async () => {
    const { accept, tries } = begin([new ConnectionLost('mid-way'), new NeverBegun('still away'), accepted]);

    expect(await accept(wish, soon())).toEqual(accepted);
    expect(tries()).toBe(3);
  });

  test('until the reply can no longer be edited is a fault, and never a refusal', async () => {
    const { accept } = begin([new ConnectionLost('mid-way'), new NeverBegun('still away')]);

    await expect(accept(wish, new Date(Date.now() + 300))).rejects.toBeInstanceOf(ConnectionLost);
  });
});

test('a process that ends waits no longer for what it does not know', async () => {
  const { accept, tries } = begin([new ConnectionLost('mid-way')], { isStopping: true });

  await expect(accept(wish, soon())).rejects.toBeInstanceOf(ConnectionLost);
  expect(tries()).toBe(1);
});

test('a database that never says what became of it is a fault once the reply can no longer be edited', async () => {
  const accept = makeAccept({
    acceptAll: () => new Promise(() => {}),
    isAway: () => false,
    isConnectionFault: () => false,
    isNotBegun: () => false,
    isStopping: () => false,
  });

  await expect(accept(wish, new Date(Date.now() + 100))).rejects.toThrow('has not said');
});

test('a fault of the wish itself is thrown at once', async () => {
  const { accept, tries } = begin([new TypeError('bad row')]);

  await expect(accept(wish, soon())).rejects.toThrow('bad row');
  expect(tries()).toBe(1);
});
