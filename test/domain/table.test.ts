import { describe, expect, expectTypeOf, onTestFinished, test } from 'vitest';
import { kling as command } from '#commands/kling.ts';
import { startDiscord } from '#sandbox/discord/discord.ts';
import { readCommand } from '#src/discord/calls.ts';
import { readOptions, slashOptions } from '#src/discord/options.ts';
import { registerCommands } from '#src/discord/registration.ts';
import { openRests } from '#src/discord/rest.ts';
import { acceptedText } from '#src/discord/wording.ts';
import { createBody } from '#src/domain/create-body.ts';
import { kling, type Model, type SettingsOf } from '#src/domain/parameters.ts';
import { parseRequest } from '#src/domain/request.ts';
import { settingsSchema, summary } from '#src/domain/settings.ts';
import { aTask, taskId } from './builders.ts';

// A row of each kind, added to a copy of the table: nothing else may have to change for any of them.
const words = (en: string, zh: string, nl: string) => ({ en, 'zh-CN': zh, nl });
const text = (name: string, zh: string) => ({
  label: words(name, zh, `${name} NL`),
  description: words(`${name} here`, zh, 'hier'),
});
const rows = {
  seed: { kind: 'number', required: false, min: 0, max: 4_294_967_295, ...text('Seed', '种子') },
  cfg_scale: { kind: 'number', required: false, default: 0.5, min: 0, max: 1, ...text('Guidance', '引导') },
  negative_prompt: { kind: 'text', required: false, maxLength: 500, ...text('Without this', '排除') },
  loop: { kind: 'switch', required: false, default: true, ...text('Loop', '循环') },
  camera: {
    kind: 'choice',
    required: true,
    default: 'still',
    options: ['still', 'pan'],
    words: { pan: words('Pan', '平移', 'Zwenk') },
    ...text('Camera', '镜头'),
  },
} as const;
const model = { ...kling, parameters: { ...kling.parameters, ...rows } } as const satisfies Model;

const chosen = { seed: 7, negative_prompt: 'rain', loop: false, camera: 'pan' };
const settings = settingsSchema(model).parse(chosen);

describe('a row added to the table arrives', () => {
  test('in the type', () => {
    type Settings = SettingsOf<typeof model>;

    expectTypeOf<Settings['camera']>().toEqualTypeOf<'still' | 'pan'>();
    expectTypeOf<Settings['loop']>().toEqualTypeOf<boolean>();
    expectTypeOf<Settings['cfg_scale']>().toEqualTypeOf<number>();
    expectTypeOf<Settings['seed']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Settings['negative_prompt']>().toEqualTypeOf<string | undefined>();
  });

  test('in the schema, with its default and limits', () => {
    const schema = settingsSchema(model);

    expect(schema.parse({ camera: 'still' })).toEqual({
      mode: 'pro',
      multi_shots: false,
      duration: '5',
      sound: false,
      aspect_ratio: '16:9',
      cfg_scale: 0.5,
      loop: true,
      camera: 'still',
    });
    for (const bad of [
      { seed: -1 },
      { seed: 2 ** 32 },
      { seed: '7' },
      { cfg_scale: 1.1 },
      { loop: 'true' },
      { camera: 'tilt' },
      { negative_prompt: 'x'.repeat(501) },
    ]) {
      expect([bad, schema.safeParse({ camera: 'pan', ...bad }).success]).toEqual([bad, false]);
    }
    expect(schema.safeParse({}).success).toBe(false);
  });

  test('in the refusal of a bad value, which says what is allowed', () => {
    const refuse = (bad: object) =>
      parseRequest(
        model,
        { prompt: 'x', settings: { camera: 'pan', ...bad }, images: [] },
        'https://cdn.discordapp.com',
      );

    expect(refuse({ seed: -1 })).toEqual({ refused: 'setting', name: 'seed', allowed: ['0–4294967295'] });
    expect(refuse({ negative_prompt: 5 })).toEqual({ refused: 'setting', name: 'negative_prompt', allowed: ['≤ 500'] });
    expect(refuse({ loop: 1 })).toEqual({ refused: 'setting', name: 'loop', allowed: ['true', 'false'] });
    expect(refuse({ camera: 'tilt' })).toEqual({ refused: 'setting', name: 'camera', allowed: ['still', 'pan'] });
  });

  test('as a slash option of its kind, required ones first', () => {
    const options = slashOptions(model);
    const named = (name: string) => options.find((option) => option.name === name);

    expect(options.map(({ name }) => name)).toEqual([
      ...['prompt', 'camera', 'mode', 'multi_shots', 'duration', 'sound', 'aspect_ratio'],
      ...['seed', 'cfg_scale', 'negative_prompt', 'loop', 'image', 'image_2'],
    ]);
    expect(named('seed')).toEqual({
      name: 'seed',
      type: 10,
      required: false,
      min_value: 0,
      max_value: 4_294_967_295,
      description: 'Seed here',
      name_localizations: { 'zh-CN': '种子', nl: 'seed-nl' },
      description_localizations: { 'zh-CN': '种子', nl: 'hier' },
    });
    expect(named('negative_prompt')).toMatchObject({ type: 3, max_length: 500 });
    expect(named('loop')).toMatchObject({ type: 5, required: false });
    expect(named('camera')).toMatchObject({
      type: 3,
      required: true,
      choices: [
        { name: 'still', value: 'still' },
        { name: 'Pan', value: 'pan', name_localizations: { 'zh-CN': '平移', nl: 'Zwenk' } },
      ],
    });
  });

  test('at Discord, which takes the command and sends the values back', async () => {
    const discord = await startDiscord();
    onTestFinished(() => discord.close());
    const { bot } = openRests(discord.url, discord.botToken);
    const declaration = { ...command.declaration, options: slashOptions(model) };

    await registerCommands(bot, { id: discord.applicationId, installTypes: [0, 1] }, [declaration]);
    const it = discord.interact({ command: 'kling', options: { prompt: 'x', ...chosen } });
    const call = readCommand(it.payload);

    expect(call === null ? null : readOptions(call, model)).toEqual({ prompt: 'x', settings: chosen, images: [] });
    expect(discord.violations).toEqual([]);
  });

  test('in the summary and in the message', () => {
    expect(summary(model, settings, 'en')).toBe('Pro · 5 s · 16:9 · Seed 7 · Pan');
    expect(summary(model, { ...settings, loop: true, cfg_scale: 0.7 }, 'nl')).toBe(
      'Pro · 5 s · 16:9 · Seed NL 7 · Guidance NL 0.7 · Loop NL · Zwenk',
    );
    expect(acceptedText(aTask({ settings: { ...settings, seed: 7 } }), { model, isRehearsal: false })).toContain(
      'Seed 7 · Pan',
    );
  });

  test('in the body for the provider: selects and switches as strings, numbers as numbers', () => {
    const body = JSON.parse(createBody(model, { id: taskId, prompt: 'x', settings: { ...settings, seed: 7 } }));

    expect(body.params).toEqual({
      mode: 'pro',
      multi_shots: 'false',
      duration: '5',
      sound: 'false',
      aspect_ratio: '16:9',
      seed: 7,
      cfg_scale: 0.5,
      negative_prompt: 'rain',
      loop: 'false',
      camera: 'pan',
    });
  });
});
