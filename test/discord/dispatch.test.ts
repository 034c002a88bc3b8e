import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { kling } from '#commands/kling.ts';
import type { Command } from '#src/discord/command.ts';
import { makeDispatch } from '#src/discord/dispatch.ts';
import type { RawRequest } from '#src/domain/request.ts';
import { begin, noHands, silent } from './begin.ts';

type Line = { readonly fields: object; readonly message: string };

async function start(run: Command['run'] = kling.run, more: Partial<Parameters<typeof makeDispatch>[0]> = {}) {
  const world = await begin();
  const asked: RawRequest[] = [];
  const pressed: unknown[] = [];
  const sent: unknown[] = [];
  const errors: Line[] = [];
  const apologies: string[] = [];
  const said: string[] = [];
  const seen: string[] = [];
  const dispatcher = makeDispatch({
    commands: [{ ...kling, run }],
    messageCommands: [],
    buttons: [{ action: 'echo', run: async (press, args) => void pressed.push([press.userId, press.values, args]) }],
    modals: [{ action: 'fill', run: async (form, args) => void sent.push([form.fields, form.attachments.size, args]) }],
    hands: {
      ...noHands,
      async answerVideo(_call, raw) {
        asked.push(raw);
      },
      async showVideo(press, taskId) {
        pressed.push([press.userId, taskId]);
      },
      draft: { async change() {}, async cancel() {}, async generate() {} },
    },
    log: {
      ...silent,
      error: (fields, message) => errors.push({ fields, message }),
      warn: (fields, message) => errors.push({ fields, message }),
    },
    async sayPrivately(_call, text) {
      said.push(text);
    },
    async apologise({ id }) {
      apologies.push(id);
    },
    async remember({ locale }) {
      seen.push(locale);
    },
    ...more,
  });
  return { ...world, ...dispatcher, asked, pressed, sent, said, seen, errors, apologies };
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

test.each([
  ['command', { type: 2, data: { type: 1, name: 'other' } }],
  ['press', { type: 3, data: { component_type: 2, custom_id: 'old:1' } }],
  ['form', { type: 5, data: { custom_id: 'old', components: [] } }],
])('a %s that this version does not have is logged, and the member hears so', async (kind, data) => {
  const { dispatch, drain, use, asked, said, errors } = await start();

  dispatch({ ...use().it.payload, ...data });
  await drain();

  expect(asked).toEqual([]);
  expect(errors).toMatchObject([{ message: `unknown ${kind}` }]);
  expect(said).toEqual([expect.stringContaining('another version')]);
});

test('the name of something unknown is not logged as it came', async () => {
  const { dispatch, drain, use, errors } = await start();

  dispatch({ ...use().it.payload, type: 3, data: { component_type: 2, custom_id: 'secret words here' } });
  await drain();

  expect(errors).toMatchObject([{ fields: { name: '?' } }]);
});

test('a button reaches its run with who pressed it, what was chosen and the arguments of its id', async () => {
  const { dispatch, drain, use, user, pressed } = await start();

  dispatch({
    ...use().it.payload,
    type: 3,
    data: { component_type: 3, custom_id: 'echo:a:b', values: ['x'] },
    message: { id: '900000000000000001', flags: 64 },
  });
  await drain();

  expect(pressed).toEqual([[user.id, ['x'], ['a', 'b']]]);
});

test('a modal reaches its run with what was filled in', async () => {
  const { dispatch, drain, use, sent } = await start();
  const label = (component: object) => ({ type: 18, id: 1, component });

  dispatch({
    ...use().it.payload,
    type: 5,
    data: {
      custom_id: 'fill:a',
      components: [
        { type: 10, id: 1 },
        label({ type: 4, id: 2, custom_id: 'words', value: 'a fox' }),
        label({ type: 3, id: 3, custom_id: 'mode', values: ['pro'] }),
        label({ type: 21, id: 4, custom_id: 'shape', value: null }),
        label({ type: 23, id: 5, custom_id: 'sure', value: true }),
      ],
    },
  });
  await drain();

  const fields = new Map<string, unknown>([
    ['words', 'a fox'],
    ['mode', ['pro']],
    ['sure', true],
  ]);
  expect(sent).toEqual([[fields, 0, ['a']]]);
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

    expect(errors).toMatchObject([{ fields: { name: 'kling', origin: it.id }, message: 'command failed' }]);
    expect(apologies).toEqual([it.id]);
  });

  test('is logged with the task that its button is about', async () => {
    const { dispatch, drain, use, errors } = await start(kling.run, {
      buttons: [{ action: 'echo', run: () => Promise.reject(new Error('broken')) }],
    });
    const task = randomUUID();

    dispatch({
      ...use().it.payload,
      type: 3,
      data: { component_type: 2, custom_id: `echo:${randomUUID()}:${task}` },
      message: { id: '900000000000000001', flags: 64 },
    });
    await drain();

    expect(errors).toMatchObject([{ fields: { name: 'echo', task }, message: 'press failed' }]);
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

describe('the locale of whoever did something', () => {
  test('is kept once the answer was given', async () => {
    const order: string[] = [];
    const { dispatch, drain, use } = await start(async () => void order.push('answered'), {
      remember: async ({ locale }) => void order.push(locale),
    });

    dispatch(use({ locale: 'nl' }).it.payload);
    await drain();

    expect(order).toEqual(['answered', 'nl']);
  });

  test('that cannot be kept is no fault of the command', async () => {
    const { dispatch, drain, use, errors, apologies } = await start(kling.run, {
      remember: () => Promise.reject(new Error('the database is away')),
    });

    dispatch(use().it.payload);
    await drain();

    expect(errors).toMatchObject([{ message: 'a locale was not kept' }]);
    expect(apologies).toEqual([]);
  });
});
