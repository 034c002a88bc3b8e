import { describe, expect, test } from 'vitest';
import { kling } from '#commands/kling.ts';
import type { Command } from '#src/discord/command.ts';
import { makeDispatch } from '#src/discord/dispatch.ts';
import type { RawRequest } from '#src/domain/request.ts';
import { begin, silent } from './begin.ts';

type Line = { readonly fields: object; readonly message: string };

async function start(run: Command['run'] = kling.run) {
  const world = await begin();
  const asked: RawRequest[] = [];
  const errors: Line[] = [];
  const apologies: string[] = [];
  const dispatcher = makeDispatch({
    commands: [{ ...kling, run }],
    hands: {
      async answerVideo(_call, raw) {
        asked.push(raw);
      },
    },
    log: {
      ...silent,
      error: (fields, message) => errors.push({ fields, message }),
      warn: (fields, message) => errors.push({ fields, message }),
    },
    async apologise({ id }) {
      apologies.push(id);
    },
  });
  return { ...world, ...dispatcher, asked, errors, apologies };
}

test('a command reaches its run with what the member chose', async () => {
  const { dispatch, drain, use, asked, errors } = await start();

  dispatch(use({ options: { prompt: 'a fox', sound: true } }).it.payload);
  await drain();

  expect(asked).toEqual([{ prompt: 'a fox', settings: { sound: true }, images: [] }]);
  expect(errors).toEqual([]);
});

test.each([undefined, null, {}, { type: 2 }, { type: 2, data: { type: 1, name: 'kling' } }])(
  'a payload like %j is logged and nothing else',
  async (payload) => {
    const { dispatch, drain, asked, errors, apologies } = await start();

    dispatch(payload);
    await drain();

    expect([asked, apologies]).toEqual([[], []]);
    expect(errors).toHaveLength(1);
  },
);

test('a command that nobody has is logged', async () => {
  const { dispatch, drain, use, asked, errors } = await start();

  dispatch({ ...use().it.payload, data: { type: 1, name: 'other' } });
  await drain();

  expect(asked).toEqual([]);
  expect(errors).toMatchObject([{ message: 'unknown command' }]);
});

describe('a command that fails', () => {
  const broken = async () => {
    throw new Error('broken');
  };

  test('is logged by its interaction, and the member hears of it once', async () => {
    const { dispatch, drain, use, errors, apologies } = await start(broken);
    const { it } = use();

    dispatch(it.payload);
    await drain();

    expect(errors).toMatchObject([{ fields: { command: 'kling', origin: it.id }, message: 'command failed' }]);
    expect(apologies).toEqual([it.id]);
  });

  test('keeps no other command from running', async () => {
    let runs = 0;
    const { dispatch, drain, use } = await start(async () => {
      runs += 1;
      throw new Error('broken');
    });

    for (let index = 0; index < 3; index += 1) dispatch(use().it.payload);
    await drain();

    expect(runs).toBe(3);
  });
});

test('drain waits for what is running', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isDone = false;
  const { dispatch, drain, use } = await start(async () => {
    await promise;
    isDone = true;
  });

  dispatch(use().it.payload);
  const drained = drain();
  resolve();
  await drained;

  expect(isDone).toBe(true);
});
