import { type APIInteractionResponse, MessageFlags } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { makeCallback } from '#src/discord/callback.ts';
import { openRests } from '#src/discord/rest.ts';
import { deadUrl } from '../rivya/begin.ts';
import { begin, type WhenFinished } from './begin.ts';

const answer = (flags = 0): APIInteractionResponse => ({
  type: 4,
  data: { content: 'Accepted', flags, allowed_mentions: { parse: [] } },
});
const route = '/interactions/:id/:token/callback';

async function start(whenFinished?: WhenFinished) {
  const world = await begin({}, whenFinished);
  const { it, call } = world.use();
  const callback = makeCallback(world.rests.callbacks);
  return { ...world, it, call, callback };
}

test('an answer gives the id of its message, and whether it is private', async () => {
  const { callback, call, it, discord } = await start();

  const answered = await callback(call, answer());

  expect(answered).toEqual({ answered: { messageId: it.reply()?.id, isPrivate: false } });
  expect(it.reply()?.content).toBe('Accepted');
  expect(discord.violations).toEqual([]);
});

test('a private answer is told as private', async () => {
  const { callback, call, it } = await start();

  const answered = await callback(call, answer(MessageFlags.Ephemeral));

  expect(answered).toEqual({ answered: { messageId: it.reply()?.id, isPrivate: true } });
  expect(it.isPrivate()).toBe(true);
});

test('a defer has the id of the message that it will be', async () => {
  const { callback, call, it } = await start();

  expect(await callback(call, { type: 5 })).toEqual({ answered: { messageId: it.reply()?.id, isPrivate: false } });
});

describe.concurrent('a connection that breaks', () => {
  test('before anything arrived: the repeat answers', async ({ expect, onTestFinished }) => {
    const { callback, call, it, discord } = await start(onTestFinished);
    discord.faults.add({ route, drop: true });

    expect(await callback(call, answer())).toHaveProperty('answered.messageId', it.reply()?.id);
    expect(discord.violations).toEqual([]);
  });

  test('after the answer arrived: the repeat learns that it has', async ({ expect, onTestFinished }) => {
    const { callback, call, it, discord } = await start(onTestFinished);
    discord.faults.add({ route, drop: true, when: 'after' });

    expect(await callback(call, answer())).toBe('already');
    expect(it.reply()?.content).toBe('Accepted');
    expect(
      discord.requests.filter(({ route: one }) => one === '/interactions/:interaction/:token/callback'),
    ).toHaveLength(2);
  });

  test('again and again: unknown within the 3 s', async ({ expect, onTestFinished }) => {
    const { call } = await start(onTestFinished);
    const callback = makeCallback(openRests(`${await deadUrl()}/api`, 'x').callbacks);
    const began = performance.now();

    expect(await callback(call, answer())).toBe('unknown');
    expect(performance.now() - began).toBeLessThan(4_000);
  });

  test('each time: the tries are spaced', async ({ expect, onTestFinished }) => {
    const { callback, call, discord } = await start(onTestFinished);
    discord.faults.add({ route, drop: true, times: 10_000 });

    expect(await callback(call, answer())).toBe('unknown');
    expect(discord.requests.filter(({ path }) => path.endsWith('/callback')).length).toBeLessThanOrEqual(20);
  });
});

test('a server error is tried again', async () => {
  const { callback, call, discord } = await start();
  discord.faults.add({ route, status: 500, times: 2 });

  expect(await callback(call, answer())).toHaveProperty('answered');
});

test('an interaction older than 3 s is gone, and is not asked twice', async () => {
  const { callback, use, discord } = await start();
  const { call } = use({ at: Date.now() - 3_100 });

  expect(await callback(call, answer())).toBe('gone');
  expect(discord.requests.filter(({ status }) => status === 404)).toHaveLength(1);
});

test('an interaction that another process answered is already answered', async () => {
  const { callback, call, it } = await start();
  await callback(call, answer());

  expect(await callback(call, { type: 4, data: { content: 'Other' } })).toBe('already');
  expect(it.reply()?.content).toBe('Accepted');
});

test('a body that Discord refuses is a bug and throws', async () => {
  const { callback, call, it } = await start();

  await expect(callback(call, { type: 4, data: { content: 'x'.repeat(2001) } })).rejects.toMatchObject({ code: 50035 });
  expect(it.answer()).toBeUndefined();
});

test('a receipt that does not say whether the answer is private leaves that to be asked', async () => {
  const { callback, call, discord } = await start();
  discord.faults.add({ route, status: 200, body: {}, when: 'after' });

  expect(await callback(call, answer())).toBe('already');
});

test('answers carry no token of the bot', async () => {
  const { callback, call, discord } = await start();
  await callback(call, answer());

  const callbacks = discord.requests.filter(({ path }) => path.endsWith('/callback'));
  expect(callbacks.map(({ authorized }) => authorized)).toEqual([false]);
});
