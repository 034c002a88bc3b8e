import { describe, expect, test } from 'vitest';
import type { OfferedImage } from '#src/domain/images.ts';
import { kling } from '#src/domain/parameters.ts';
import { parseRequest, type RawRequest } from '#src/domain/request.ts';

const origin = 'https://cdn.discordapp.com';
const image = (more: Partial<OfferedImage> = {}): OfferedImage => ({
  name: 'first.png',
  url: `${origin}/ephemeral-attachments/1/2/first.png?ex=1`,
  size: 1000,
  contentType: 'image/png',
  ...more,
});
const parse = (raw: Partial<RawRequest>) =>
  parseRequest(kling, { prompt: 'a fox', settings: {}, images: [], ...raw }, origin);

test('a wish with all defaults becomes a request, its prompt trimmed', () => {
  expect(parse({ prompt: '  a fox\n' })).toEqual({
    model: 'kling-3-0',
    prompt: 'a fox',
    settings: { mode: 'pro', multi_shots: false, duration: '5', sound: false, aspect_ratio: '16:9' },
    images: [],
  });
});

test('two images stay in their order', () => {
  const images = [image({ name: 'b.png' }), image({ name: 'a.jpg', contentType: 'image/jpeg' })];

  expect(parse({ images })).toMatchObject({ images });
});

test('what no row could store is taken out of a name too', () => {
  expect(parse({ images: [image({ name: 'a\u0000\ud83e.png' })] })).toMatchObject({
    images: [{ name: 'a\ufffd.png' }],
  });
});

describe('the prompt', () => {
  test.each([
    ['x', 'x'],
    ['x'.repeat(2000), 'x'.repeat(2000)],
    [`  ${'x'.repeat(2000)}\n`, 'x'.repeat(2000)],
    ['🦊'.repeat(1000), '🦊'.repeat(1000)],
    // Neither PostgreSQL nor JSON in UTF-8 can carry these.
    ['a\u0000fox', 'afox'],
    ['half a fox \ud83e', 'half a fox \ufffd'],
  ])('%j is taken', (prompt, taken) => {
    expect(parse({ prompt })).toMatchObject({ prompt: taken });
  });

  test.each(['', ' ', '\n\t \u3000\u2028', '\u0000', ' \u0000 ', undefined, null, 5, true, ['a fox'], { a: 'fox' }])(
    '%j is empty',
    (prompt) => {
      expect(parse({ prompt })).toEqual({ refused: 'prompt-empty' });
    },
  );

  test.each([
    ['x'.repeat(2001), 2001],
    ['🦊'.repeat(1001), 2002],
    ['x'.repeat(6000), 6000],
  ])('over 2000 UTF-16 units is too long', (prompt, length) => {
    expect(parse({ prompt })).toEqual({ refused: 'prompt-long', length, maxLength: 2000 });
  });
});

describe('settings', () => {
  test.each<{ settings: Record<string, unknown>; name: string; allowed: readonly string[] }>([
    { settings: { mode: 'ultra' }, name: 'mode', allowed: ['std', 'pro'] },
    { settings: { sound: 'true' }, name: 'sound', allowed: ['true', 'false'] },
    { settings: { multi_shots: null }, name: 'multi_shots', allowed: ['true', 'false'] },
    {
      settings: { duration: 5 },
      name: 'duration',
      allowed: Array.from({ length: 13 }, (_, index) => String(index + 3)),
    },
    { settings: { aspect_ratio: '4:3' }, name: 'aspect_ratio', allowed: ['16:9', '9:16', '1:1'] },
  ])('$settings names the setting and what is allowed', ({ settings, name, allowed }) => {
    expect(parse({ settings })).toEqual({ refused: 'setting', name, allowed });
  });

  test.each(['seed', 'constructor', 'toString', 'Mode', ''])('the option %j does not exist', (name) => {
    expect(parse({ settings: { [name]: 'x' } })).toEqual({ refused: 'unknown-option', name });
  });
});

describe('images', () => {
  test.each<{ more: Partial<OfferedImage>; rule: string }>([
    { more: { url: 'https://evil.example/first.png' }, rule: 'host' },
    { more: { size: 0 }, rule: 'empty' },
    { more: { size: kling.images.maxBytes + 1 }, rule: 'size' },
    { more: { contentType: 'image/gif' }, rule: 'type' },
  ])('$rule is refused, and names the second image if that breaks it', ({ more, rule }) => {
    const bad = image({ name: 'second.png', ...more });

    expect(parse({ images: [image(), bad] })).toEqual({ refused: 'image', image: 'second.png', rule });
  });

  test('three are too many, whatever they are', () => {
    expect(parse({ images: [image(), image(), image({ url: '' })] })).toEqual({
      refused: 'too-many-images',
      maxImages: 2,
    });
  });
});

test('the first rule in the order prompt, settings, images is the one that is told', () => {
  const images = [image({ size: 0 })];

  expect(parse({ prompt: '', settings: { mode: 'x' }, images })).toMatchObject({ refused: 'prompt-empty' });
  expect(parse({ settings: { mode: 'x' }, images })).toMatchObject({ refused: 'setting' });
  expect(parse({ images })).toMatchObject({ refused: 'image' });
});
