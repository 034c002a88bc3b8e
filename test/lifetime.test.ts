import { expect, test } from 'vitest';
import { Lifetime } from '../src/lifetime.ts';

function start(mostMs = 5_000) {
  const lifetime = new Lifetime();
  const closed: string[] = [];
  const reported: string[] = [];
  lifetime.stage(mostMs);
  return {
    lifetime,
    closed,
    reported,
    add: (name: string, until: Promise<void> = Promise.resolve()) =>
      lifetime.add(name, () => until.then(() => void closed.push(name))),
    close: () => lifetime.close((name) => reported.push(name)),
  };
}

test('stages are closed one after the other, the last one first; those of one stage side by side', async () => {
  const { lifetime, add, close, closed } = start();
  const { promise, resolve } = Promise.withResolvers<void>();
  add('database');
  lifetime.stage(5_000);
  add('slow', promise);
  lifetime.add('quick', () => {
    closed.push('quick');
    resolve();
  });

  await close();

  expect(closed).toEqual(['quick', 'slow', 'database']);
});

test('a part that fails, and one that does not end, keep nothing else open', async () => {
  const { lifetime, add, close, closed, reported } = start();
  add('database');
  lifetime.stage(50);
  lifetime.add('broken', () => {
    throw new Error('broken');
  });
  add('stuck', new Promise(() => {}));
  add('work');

  await close();

  expect(closed).toEqual(['work', 'database']);
  expect(reported.toSorted()).toEqual(['broken', 'stuck']);
});

test('whatever waits hears of it at once, and what comes late is closed at once', async () => {
  const { lifetime, add, close, closed } = start();
  let heard = false;
  lifetime.signal.addEventListener('abort', () => {
    heard = true;
  });

  const closing = close();
  expect([heard, lifetime.isClosing]).toEqual([true, true]);
  await closing;
  add('late');
  await Promise.resolve();

  expect(closed).toEqual(['late']);
});
