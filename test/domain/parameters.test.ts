import { describe, expect, expectTypeOf, test } from 'vitest';
import { createBody } from '#src/domain/create-body.ts';
import { type KlingSettings, kling, languages } from '#src/domain/parameters.ts';
import { providerParams, settingsSchema, summary, valueText } from '#src/domain/settings.ts';
import { taskId } from './builders.ts';

// rivya-api.md §3.1 and §3.3, written out by hand: the table must say just this.
const facts = {
  mode: { default: 'pro', options: ['std', 'pro'] },
  multi_shots: { default: 'false', options: ['false', 'true'] },
  duration: { default: '5', options: ['3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13', '14', '15'] },
  sound: { default: 'false', options: ['false', 'true'] },
  aspect_ratio: { default: '16:9', options: ['16:9', '9:16', '1:1'] },
};
const labels = {
  mode: ['Generation mode', '生成模式', 'Generatiemodus'],
  multi_shots: ['Shot mode', '镜头模式', 'Shotmodus'],
  duration: ['Duration', '视频时长', 'Duur'],
  sound: ['Generate audio', '生成音频', 'Audio genereren'],
  aspect_ratio: ['Aspect ratio', '宽高比', 'Beeldverhouding'],
};
const defaults = { mode: 'pro', multi_shots: false, duration: '5', sound: false, aspect_ratio: '16:9' };

describe('kling-3-0', () => {
  test('is what its page says', () => {
    expect(kling.id).toBe('kling-3-0');
    expect(kling.baseCredits).toBe(90);
    expect(kling.prompt.maxLength).toBe(2000);
    expect(kling.images.slots).toHaveLength(2);
    expect(kling.images.maxBytes).toBe(10_485_760);
    expect(kling.images.types.map(({ mimeType }) => mimeType).toSorted()).toEqual([
      'image/jpeg',
      'image/png',
      'image/webp',
    ]);
    expect(Object.keys(kling.parameters)).toEqual(Object.keys(facts));
  });

  test('defaults go to the provider as the strings of its page', () => {
    const settings = settingsSchema(kling).parse({});

    expect(settings).toEqual(defaults);
    expect(providerParams(kling, settings)).toEqual({
      mode: 'pro',
      multi_shots: 'false',
      duration: '5',
      sound: 'false',
      aspect_ratio: '16:9',
    });
  });

  test.each(Object.entries(facts).flatMap(([key, { options }]) => options.map((option) => [key, option] as const)))(
    '%s takes %s and sends just that string',
    (key, option) => {
      const parameter = Object.entries(kling.parameters).find(([name]) => name === key)?.[1];
      const given = parameter?.kind === 'switch' ? option === 'true' : option;

      const settings = settingsSchema(kling).parse({ [key]: given });

      expect(settings).toEqual({ ...defaults, [key]: given });
      expect(providerParams(kling, settings)[key]).toBe(option);
    },
  );

  test.each<{ settings: Record<string, unknown> }>([
    { settings: { mode: 'PRO' } },
    { settings: { mode: '' } },
    { settings: { mode: null } },
    { settings: { multi_shots: 'true' } },
    { settings: { multi_shots: 1 } },
    { settings: { duration: 5 } },
    { settings: { duration: '2' } },
    { settings: { duration: '16' } },
    { settings: { duration: '05' } },
    { settings: { duration: ' 5' } },
    { settings: { sound: 'false' } },
    { settings: { aspect_ratio: '4:3' } },
    { settings: { aspect_ratio: ['16:9'] } },
    { settings: { negative_prompt: 'rain' } },
    { settings: { cfg_scale: 0.5 } },
    { settings: { referenceMediaItems: [] } },
    { settings: { constructor: 'x' } },
    { settings: { Mode: 'pro' } },
  ])('$settings is refused', ({ settings }) => {
    expect(settingsSchema(kling).safeParse(settings).success).toBe(false);
  });

  test('labels are the ones of the site', () => {
    for (const [key, parameter] of Object.entries(kling.parameters)) {
      expect([key, languages.map((language) => parameter.label[language])]).toEqual([
        key,
        Object.entries(labels).find(([name]) => name === key)?.[1],
      ]);
    }
  });

  test('the type of its settings comes from the table', () => {
    expectTypeOf<KlingSettings['mode']>().toEqualTypeOf<'std' | 'pro'>();
    expectTypeOf<KlingSettings['sound']>().toEqualTypeOf<boolean>();
    expectTypeOf<KlingSettings['aspect_ratio']>().toEqualTypeOf<'16:9' | '9:16' | '1:1'>();
    expectTypeOf<keyof KlingSettings>().toEqualTypeOf<'mode' | 'multi_shots' | 'duration' | 'sound' | 'aspect_ratio'>();
  });
});

describe('the summary', () => {
  const loud = { mode: 'std', multi_shots: true, duration: '10', sound: true, aspect_ratio: '9:16' };

  test.each([
    ['en', defaults, 'Pro · 5 s · 16:9'],
    ['zh-CN', defaults, '专业 · 5 秒 · 16:9'],
    ['nl', defaults, 'Pro · 5 s · 16:9'],
    ['en', loud, 'Standard · Shot mode · 10 s · Generate audio · 9:16'],
    ['zh-CN', loud, '标准 · 镜头模式 · 10 秒 · 生成音频 · 9:16'],
    ['nl', loud, 'Standaard · Shotmodus · 10 s · Audio genereren · 9:16'],
    ['en', {}, ''],
  ] as const)('in %s of %j', (language, settings, expected) => {
    expect(summary(kling, settings, language)).toBe(expected);
  });

  test('words for a value: its own, its unit, or itself', () => {
    expect(valueText(kling.parameters.mode, 'std', 'nl')).toBe('Standaard');
    expect(valueText(kling.parameters.duration, '7', 'zh-CN')).toBe('7 秒');
    expect(valueText(kling.parameters.aspect_ratio, '1:1', 'en')).toBe('1:1');
    expect(valueText(kling.parameters.sound, true, 'en')).toBe('true');
  });
});

describe('the create body', () => {
  const wanted = { id: taskId, prompt: 'a "fox"\n雪', settings: defaults };

  test('of text alone', () => {
    expect(JSON.parse(createBody(kling, wanted))).toEqual({
      model: 'kling-3-0',
      prompt: 'a "fox"\n雪',
      params: { mode: 'pro', multi_shots: 'false', duration: '5', sound: 'false', aspect_ratio: '16:9' },
      client_request_id: taskId,
    });
  });

  test('carries images in the order given, and a duration token only where there is one', () => {
    const body = createBody(kling, wanted, [
      { name: 'b.png', url: 'https://files.example/b', mimeType: 'image/png' },
      { name: 'a.jpg', url: 'https://files.example/a', mimeType: 'image/jpeg', durationToken: 'token-1' },
    ]);

    expect(JSON.parse(body).params.referenceMediaItems).toEqual([
      { url: 'https://files.example/b', kind: 'image', name: 'b.png', mimeType: 'image/png' },
      {
        url: 'https://files.example/a',
        kind: 'image',
        name: 'a.jpg',
        mimeType: 'image/jpeg',
        durationToken: 'token-1',
      },
    ]);
  });

  test('is the same bytes each time', () => {
    expect(createBody(kling, wanted)).toBe(createBody(kling, { ...wanted, settings: { ...defaults } }));
  });
});
