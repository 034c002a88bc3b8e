import { InteractionResponseType as Type } from 'discord.js';
import { expect, test } from 'vitest';
import { type Answered, makeCallback } from '#src/discord/callback.ts';
import { watchAnswers } from '#src/watching.ts';
import { begin } from './discord/begin.ts';

const message = { type: Type.ChannelMessageWithSource, data: { content: 'hello' } } as const;

async function start(send?: () => Promise<Answered>) {
  const world = await begin();
  const told: (readonly [kind: string, outcome: string, ms: number])[] = [];
  const callback = makeCallback(world.rests.callbacks);
  const watched = watchAnswers(send ?? callback, { onAnswer: (...one) => void told.push(one) });
  return { ...world, ...watched, told };
}

test('an answer is counted by what became of it: shown, deferred, or given already', async () => {
  const { use, callback, received, told } = await start();
  const [first, second] = [use().call, use().call];
  received(first);

  await callback(first, message);
  await callback(first, message);
  await callback(second, { type: Type.DeferredChannelMessageWithSource });

  expect(told.map(([kind, outcome]) => `${kind} ${outcome}`)).toEqual([
    'command answered',
    'command already',
    'command deferred',
  ]);
});

test('an answer that came too late, or that Discord refuses, is counted as such and goes on as it came', async () => {
  const { use, callback, discord, told } = await start();
  const [late, bad] = [use(), use()];
  const code = {
    method: 'POST',
    route: /\/callback$/,
    status: 404,
    body: { code: 10062, message: 'Unknown interaction' },
  };
  discord.faults.add(code);

  const outcome = await callback(late.call, message);
  discord.faults.add({ ...code, status: 400, body: { code: 50035, message: 'Invalid Form Body' } });
  const refused = await callback(bad.call, message).catch((error: unknown) => error);

  expect(outcome).toBe('gone');
  expect(refused).toMatchObject({ status: 400 });
  expect(told.map(([, how]) => how)).toEqual(['gone', 'refused']);
});

test('the time of an answer runs from its event', async () => {
  const { promise, resolve } = Promise.withResolvers<Answered>();
  const { use, callback, received, told } = await start(() => promise);
  const { call } = use();
  received(call);
  const from = performance.now();
  await new Promise((later) => setTimeout(later, 50));
  const before = performance.now() - from;

  const answering = callback(call, message);
  resolve('unknown');
  await answering;

  expect(told[0]?.[2]).toBeGreaterThanOrEqual(before);
});
