import { describe, expect, test } from 'vitest';
import type { VideoFile } from '#src/app/video.ts';
import { acceptedBody, outcomeBody, textBody } from '#src/discord/messages.ts';
import { aTask } from '../domain/builders.ts';
import { voice } from './begin.ts';

const url = 'https://media.example/film.mp4';
const longUrl = (length: number) => `https://media.example/${'a'.repeat(length - 22)}`;
const file = { name: 'kling-0b1f6d0e.mp4', length: 5 } as VideoFile;
const show = (more: Partial<Parameters<typeof outcomeBody>[1]> = {}) => ({
  file: null,
  withPrompt: true,
  creditsLeft: 0,
  ...more,
});
const body = (urls: readonly string[], more: Parameters<typeof show>[0] = {}) =>
  outcomeBody(aTask({ resultUrls: urls }), show(more), voice);
type Button = { readonly style: number; readonly custom_id?: string; readonly url?: string; readonly label: string };
const rows = ({ components }: { components: readonly object[] }) =>
  components.map((row) => ('components' in row ? (row.components as Button[]) : []));
const buttons = (of: { components: readonly object[] }) =>
  rows(of)
    .flat()
    .filter(({ style }) => style === 5);
const actions = (of: { components: readonly object[] }) =>
  rows(of)
    .flat()
    .map(({ custom_id }) => custom_id?.split(':')[0]);

test('nothing that the bot says pings, unfolds links or uses components of the second kind', () => {
  for (const one of [textBody('x'), acceptedBody(aTask(), voice), body([url]), body([url], { file })]) {
    expect(one.allowed_mentions).toEqual({ parse: [] });
    expect(one.flags).toBe(4);
  }
});

describe('with the video', () => {
  test('the file is a plain attachment, described by its prompt, and without a link', () => {
    const shown = body([url], { file });

    expect(shown.attachments).toEqual([
      { id: '0', filename: 'kling-0b1f6d0e.mp4', description: 'Video: a fox in the snow' },
    ]);
    expect(buttons(shown)).toEqual([]);
    expect(actions(shown)).toEqual(['again', 'edit', 'delete']);
    expect(shown.content.split('\n')).toHaveLength(2);
  });

  test('a description stays within what Discord takes', () => {
    const shown = outcomeBody(aTask({ prompt: 'x'.repeat(2000) }), show({ file }), voice);

    expect(JSON.stringify(shown.attachments).length).toBeLessThan(1024 + 60);
  });

  test('where the prompt was blocked it stands nowhere', () => {
    expect(JSON.stringify(body([url], { file, withPrompt: false }))).not.toContain('fox');
  });

  test('further results are links', () => {
    expect(buttons(body([url, `${url}?2`, `${url}?3`], { file }))).toEqual([
      { type: 2, style: 5, label: 'Video 2', url: `${url}?2` },
      { type: 2, style: 5, label: 'Video 3', url: `${url}?3` },
    ]);
  });
});

describe('without the file', () => {
  test('the link is a button, a line says why, and old attachments go', () => {
    const shown = body([url]);

    expect(buttons(shown)).toEqual([{ type: 2, style: 5, label: 'Open the video', url }]);
    expect(shown.content).toContain('-# ');
    expect(shown.attachments).toEqual([]);
  });

  test.each([
    [512, true],
    [513, false],
  ])('a link of %i characters is a button: %s', (length, isButton) => {
    const long = longUrl(length);
    const shown = body([long]);

    expect(long).toHaveLength(length);
    expect(buttons(shown)).toHaveLength(isButton ? 1 : 0);
    expect(shown.content.includes(`<${long}>`)).toBe(!isButton);
  });

  test('its buttons are one row, the link first, as long as a row takes them', () => {
    const [one, three] = [1, 3].map((length) => body(Array.from({ length }, (_, index) => `${url}?${index}`)));

    expect(rows(one ?? textBody('')).map((row) => row.map(({ label }) => label))).toEqual([
      ['Open the video', 'Again', 'Edit', 'Delete'],
    ]);
    expect(rows(three ?? textBody('')).map((row) => row.map(({ label }) => label))).toEqual([
      ['Open the video', 'Video 2', 'Video 3'],
      ['Again', 'Edit', 'Delete'],
    ]);
  });

  test('more links than a row takes: the first five', () => {
    const urls = Array.from({ length: 9 }, (_, index) => `${url}?${index}`);

    expect(buttons(body(urls)).map((button) => button.url)).toEqual(urls.slice(0, 5));
  });

  test('a long link never makes the message too long, nor too long to be marked', () => {
    for (let length = 513; length < 2100; length += 1) {
      const resultUrls = [longUrl(length), longUrl(600)];
      const { content } = outcomeBody(aTask({ prompt: '*'.repeat(2000), resultUrls }), show(), voice);

      // A new message carries its task's mark behind the text: " · `0b1f6d0e`".
      expect([length, content.length <= 2000 - 13]).toEqual([length, true]);
      expect(content.includes(resultUrls[0] ?? '')).toBe(length <= 1550 || content.includes(`<${resultUrls[0]}>`));
    }
  });

  test.each([
    'javascript:alert(1)',
    'ftp://a.example/f',
    'https://a.example/\n# big',
    'https://a.example/a b',
    'https://a.example/>x<@1>',
    'not a url',
    'https://',
    '',
  ])('what is no link (%j) is not shown, since Discord would refuse the whole message', (bad) => {
    const shown = body([bad, url]);

    expect(buttons(shown).map((button) => button.url)).toEqual([url]);
    expect(shown.content).toBe(body([url]).content);
  });
});

test('a failure has its notice, no link and no attachment', () => {
  const task = aTask({ status: 'failed', errorCode: 'generation_failed', resultUrls: [] });

  const shown = outcomeBody(task, show({ file: null }), voice);

  expect(shown).toMatchObject({ attachments: [] });
  expect(buttons(shown)).toEqual([]);
});

test.each([
  ['accepted', ['cancel']],
  ['submitting', []],
  ['rendering', []],
] as const)('while it is %s, a reply offers %j', (status, offered) => {
  expect(actions(acceptedBody(aTask({ status }), voice))).toEqual(offered);
});

test.each([
  ['failed', ['retry', 'edit', 'delete']],
  ['canceled', ['again', 'edit', 'delete']],
  ['uncertain', ['show']],
  ['succeeded', ['show']],
] as const)('%s without a video, a reply offers %j', (status, offered) => {
  const shown = outcomeBody(aTask({ status, resultUrls: [] }), show(), voice);

  expect(actions(shown)).toEqual(offered);
  expect(rows(shown)).toHaveLength(1);
});

test('every button names the task, and is labeled in its language', () => {
  const task = aTask({ locale: 'nl' });
  const [row] = rows(outcomeBody(task, show({ file }), voice));

  expect(row).toMatchObject([
    { label: 'Nog eens', custom_id: `again:${task.id}` },
    { label: 'Bewerken', custom_id: `edit:${task.id}` },
    { label: 'Verwijderen', custom_id: `delete:${task.id}` },
  ]);
});
