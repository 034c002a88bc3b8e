import fc from 'fast-check';
import { expect } from 'vitest';
import { createBody } from '#src/domain/create-body.ts';
import { kling } from '#src/domain/parameters.ts';
import { parseRequest, type Request } from '#src/domain/request.ts';
import { storable } from '#src/domain/storable.ts';
import { property } from '#test/property.ts';
import { anyJson, anyText, markedText, nearly } from './arbitraries.ts';

const cdn = 'https://cdn.discordapp.com';

/** The pages' table once more, in its own words (rivya-api.md §3.1): the parser must agree with it, not with itself. */
const table: { readonly [key: string]: { readonly values: readonly unknown[]; readonly fallback: unknown } } = {
  mode: { values: ['std', 'pro'], fallback: 'pro' },
  multi_shots: { values: [true, false], fallback: false },
  duration: { values: Array.from({ length: 13 }, (_, index) => String(index + 3)), fallback: '5' },
  sound: { values: [true, false], fallback: false },
  aspect_ratio: { values: ['16:9', '9:16', '1:1'], fallback: '16:9' },
};
const isAllowed = (settings: object) =>
  Object.entries(settings).every(([key, value]) => Object.hasOwn(table, key) && table[key]?.values.includes(value));

const settings = fc.record(
  {
    mode: fc.constantFrom('std', 'pro'),
    multi_shots: fc.boolean(),
    duration: fc.integer({ min: 3, max: 15 }).map(String),
    sound: fc.boolean(),
    aspect_ratio: fc.constantFrom('16:9', '9:16', '1:1'),
  },
  { requiredKeys: [] },
);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const prompt = fc.oneof(anyText, markedText, fc.string({ minLength: 1990, maxLength: 2010 }));

property('settings are accepted if and only if the table has them all', [nearly(settings)], (changed) => {
  const given = isObject(changed) ? changed : {};

  const parsed = parseRequest(kling, { prompt: 'a fox', settings: given, images: [] }, cdn);

  expect('settings' in parsed).toBe(isAllowed(given));
});

property('accepted settings are what was chosen, and the table’s defaults for the rest', [settings], (chosen) => {
  const parsed = parseRequest(kling, { prompt: 'a fox', settings: chosen, images: [] }, cdn);

  const defaults = Object.fromEntries(Object.entries(table).map(([key, { fallback }]) => [key, fallback]));
  expect(parsed).toMatchObject({ settings: { ...defaults, ...chosen } });
});

property('a prompt is accepted by its length alone, and is then as it was written', [prompt], (text) => {
  const words = storable(text).trim();

  const parsed = parseRequest(kling, { prompt: text, settings: {}, images: [] }, cdn);

  if (words === '') expect(parsed).toEqual({ refused: 'prompt-empty' });
  else if (words.length > 2000) expect(parsed).toMatchObject({ refused: 'prompt-long', length: words.length });
  else expect(parsed).toMatchObject({ prompt: words });
});

const image = fc.record({ name: anyText, url: anyText, size: fc.integer(), contentType: anyText });
const raw = fc.record({ prompt: anyJson, settings: fc.dictionary(anyText, anyJson), images: fc.array(image) });

property('whatever is sent is a request or a refusal, and all of a request can be stored', [raw], (sent) => {
  const parsed = parseRequest(kling, sent, cdn);

  if ('refused' in parsed) return;
  expect(storable(parsed.prompt)).toBe(parsed.prompt);
  const texts = parsed.images.flatMap((one) => ('uploaded' in one ? [] : [one.name, one.url]));
  expect(texts.map(storable)).toEqual(texts);
});

const attached = fc.record({
  name: fc.constant('a.png'),
  url: fc.oneof(
    fc.webUrl(),
    fc
      .tuple(fc.constantFrom(cdn, `${cdn}.evil.example`, `${cdn}@evil.example`, 'http://cdn.discordapp.com'), anyText)
      .map(([origin, path]) => `${origin}/${path}`),
  ),
  size: fc.integer({ min: -1, max: 11 * 2 ** 20 }),
  contentType: fc.constantFrom('image/png', 'image/jpeg', 'image/webp', 'image/gif', undefined),
});

property('images are at most two, of the attachments’ origin, 1 byte to 10 MB', [fc.array(attached)], (images) => {
  const parsed = parseRequest(kling, { prompt: 'a fox', settings: {}, images }, cdn);

  if ('refused' in parsed) return;
  expect(parsed.images.length).toBeLessThanOrEqual(2);
  for (const one of parsed.images) {
    const url = 'uploaded' in one ? expect.unreachable('none was used before') : one.url;
    expect(new URL(url).origin).toBe(cdn);
    expect(storable(url)).toBe(url);
    const { size } = one;
    expect(size !== null && size > 0 && size <= 10 * 2 ** 20).toBe(true);
  }
});

const uploaded = fc.record({ name: anyText, url: fc.webUrl(), mimeType: fc.constant('image/png') });

property(
  'the create says just what was asked for, in the provider’s words',
  [prompt, settings, fc.array(uploaded, { maxLength: 2 })],
  (text, chosen, images) => {
    const parsed = parseRequest(kling, { prompt: text, settings: chosen, images: [] }, cdn);
    fc.pre(!('refused' in parsed));
    const request = parsed as Request;

    const { params, ...rest } = JSON.parse(createBody(kling, { id: 'task', ...request }, images));

    expect(rest).toEqual({ model: 'kling-3-0', prompt: request.prompt, client_request_id: 'task' });
    const { referenceMediaItems = [], ...values } = params;
    expect(values).toEqual(
      Object.fromEntries(Object.entries(request.settings).map(([key, value]) => [key, String(value)])),
    );
    expect(referenceMediaItems.map(({ url }: { url: string }) => url)).toEqual(images.map(({ url }) => url));
  },
);
