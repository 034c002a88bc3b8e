import { describe, expect, test } from 'vitest';
import {
  acceptedText,
  finishedText,
  isAcceptance,
  noticeText,
  pingText,
  progressText,
  refusedPubliclyText,
} from '#src/discord/wording.ts';
import { languages } from '#src/domain/parameters.ts';
import type { Task } from '#src/domain/task.ts';
import { aTask, later, noon } from '../domain/builders.ts';
import { voice } from './begin.ts';

const rehearsal = { ...voice, isRehearsal: true };
const failed = (more: Partial<Task> = {}) =>
  aTask({ status: 'failed', resultUrls: [], errorCode: 'generation_failed', errorMessage: 'Too dark.', ...more });
const nasty = [
  '# big\n-# small\n> quote\n```\nfence',
  '**bold** ||spoiler|| [x](https://evil.example) <@1> @everyone <t:1:R>',
  'x\\',
  '****',
  `${'long '.repeat(400)}`,
  '🦊'.repeat(1000),
  '*'.repeat(2000),
];

describe('the accepted message', () => {
  test('is the prompt and one line of small print', () => {
    expect(acceptedText(aTask(), voice)).toBe(
      '**a fox in the snow**\n-# Pro · 5 s · 16:9 · in line; this message turns into the video',
    );
  });

  test('has its settings in the language of the member', () => {
    expect(acceptedText(aTask({ locale: 'zh-CN' }), voice)).toContain('专业 · 5 秒 · 16:9');
    expect(acceptedText(aTask({ locale: 'pt-BR' }), voice)).toContain('Pro · 5 s');
  });
});

test.each(languages)('an acceptance is known by its text, and the public line of a refusal is none: %s', (language) => {
  for (const prompt of nasty) {
    for (const isPrivate of [true, false]) {
      const task = aTask({ prompt, locale: language, reply: { ...aTask().reply, isPrivate } });
      for (const withPrompt of [true, false]) expect(isAcceptance(acceptedText(task, voice, withPrompt))).toBe(true);
    }
  }
  expect(isAcceptance(refusedPubliclyText(language))).toBe(false);
});

describe('above the video', () => {
  test('stand the prompt, and in small print settings, cost and what is left', () => {
    expect(finishedText(aTask(), 810, true, voice)).toBe(
      '**a fox in the snow**\n-# Pro · 5 s · 16:9 · 90 credits · 810 left',
    );
  });

  test.each<[Partial<Task>, string]>([
    [{ finalCredits: 45 }, '45 credits'],
    [{ finalCredits: 1 }, '1 credit ·'],
    [{ finalCredits: 0 }, '0 credits'],
    [{ finalCredits: null, heldCredits: 270 }, '270 credits'],
    [{ finalCredits: 90, uncertainAt: later(0) }, 'free of charge'],
  ])('the cost of %j', (more, words) => {
    expect(finishedText(aTask(more), 0, true, voice)).toContain(words);
  });

  test('stands no prompt where Discord blocked it', () => {
    expect(finishedText(aTask(), 0, false, voice)).toBe('-# Pro · 5 s · 16:9 · 90 credits · 0 left');
  });

  test.each(nasty)('a prompt like %j fills one line, and breaks out of none', (prompt) => {
    for (const text of [
      finishedText(aTask({ prompt }), 0, true, voice),
      acceptedText(aTask({ prompt }), voice),
      noticeText(failed({ prompt }), true, voice),
    ]) {
      const lines = text.split('\n');
      expect(lines).toHaveLength(2);
      expect(lines[0]).toMatch(/^\*\*.+\*\*$/u);
      expect(lines[0]?.slice(2, -2).replaceAll(/\\./gu, '')).not.toMatch(/[*_~`|<>[\]()#:@\\]/);
      expect(lines[0]?.length).toBeLessThanOrEqual(4 + 2 * 150);
    }
  });

  test('a long prompt is cut near 150 characters, at a word', () => {
    const [line = ''] = finishedText(aTask({ prompt: 'word '.repeat(100) }), 0, true, voice).split('\n');

    expect(line).toMatch(/^\*\*(word )+word…\*\*$/);
    expect(line.length).toBeGreaterThan(140);
    expect(line.length).toBeLessThanOrEqual(154);
  });

  test('a prompt of nothing that can be shown makes no empty marks', () => {
    expect(finishedText(aTask({ prompt: '\u202e\u2066' }), 0, true, voice)).not.toContain('****');
  });
});

describe('a notice', () => {
  test.each<[string, Partial<Task>, readonly string[]]>([
    ['generation_failed', {}, ['could not make', 'Too dark\\.', 'credits are back']],
    ['no words of the provider', { errorMessage: null }, ['could not make this video. Your credits are back']],
    [
      'validation_failed',
      { errorCode: 'validation_failed', errorMessage: 'prompt: bad' },
      ['refused this request', 'prompt\\: bad', 'credits are back'],
    ],
    [
      'a code nobody knows',
      { errorCode: 'brand_new', errorMessage: null },
      ['refused this request', 'credits are back'],
    ],
    ['a code like a part of every object', { errorCode: 'constructor', errorMessage: null }, ['refused this request']],
    [
      'insufficient_credits',
      { errorCode: 'insufficient_credits', errorMessage: 'Balance 0' },
      ['account', 'empty', 'not your fault', 'credits are back'],
    ],
    ['provider_key', { errorCode: 'provider_key' }, ['key', 'not your fault', 'credits are back']],
    ['provider_unreachable', { errorCode: 'provider_unreachable' }, ['could not be reached', 'credits are back']],
    [
      'images that could not be brought',
      { errorCode: 'image_unreadable', errorMessage: null },
      ['images could not', 'credits are back'],
    ],
    [
      'a GIF named .png',
      { errorCode: 'image_type', errorMessage: 'photo.png' },
      ['photo\\.png', 'JPEG, PNG or WebP', 'credits are back'],
    ],
    [
      'a truncated file',
      { errorCode: 'image_truncated', errorMessage: 'a.jpg' },
      ['a\\.jpg', 'cut short', 'credits are back'],
    ],
    ['an empty file', { errorCode: 'image_empty', errorMessage: 'a.jpg' }, ['a\\.jpg', 'is empty', 'credits are back']],
    [
      'an image that is gone',
      { errorCode: 'image_unreadable', errorMessage: 'a.jpg' },
      ['a\\.jpg', 'attach it again', 'credits are back'],
    ],
    [
      "the provider's own code for an image",
      { errorCode: 'image_too_small', errorMessage: 'At least 300 px.' },
      ['refused this request', 'At least 300 px', 'credits are back'],
    ],
  ])('of %s', (_, more, words) => {
    const text = noticeText(failed(more), true, voice);

    for (const word of words) expect(text).toContain(word);
    expect(text).not.toMatch(/undefined|null|\[native/);
    expect(text.split('\n')).toHaveLength(2);
  });

  test('of a doubtful send says that it may have been made, and that credits are back', () => {
    const text = noticeText(failed({ status: 'uncertain', errorCode: 'send_uncertain' }), true, voice);

    expect(text).toMatch(/may or may not have been started.*operators have been told.*credits are back/);
  });

  test('of a render without end says that a late video is free', () => {
    expect(noticeText(failed({ status: 'uncertain', errorCode: 'render_uncertain' }), true, voice)).toMatch(
      /six hours.*for free/,
    );
  });

  test('of a success without a video says so, and promises no credits', () => {
    const text = noticeText(aTask({ resultUrls: [] }), true, voice);

    expect(text).toMatch(/gave no video.*operators/);
    expect(text).not.toContain('credits are back');
  });

  test.each(nasty)('shows the words of the provider (%j) as plain text, cut', (errorMessage) => {
    const [, line = ''] = noticeText(failed({ errorMessage }), true, voice).split('\n');
    const said = /“(?<said>.*)”/u.exec(line)?.groups?.said ?? 'nothing';

    expect(said.replaceAll(/\\./gu, '')).not.toMatch(/[*_~`|<>[\]()#:@\\]/);
    expect(said.length).toBeLessThanOrEqual(600);
  });
});

describe('in Chinese and Dutch', () => {
  test.each<[string, Partial<Task>, string, string]>([
    [
      'a video',
      { finalCredits: 1200 },
      '-# 专业 · 5 秒 · 16:9 · 1,200 积分 · 剩余 45,000',
      '-# Pro · 5 s · 16:9 · 1.200 credits · nog 45.000 over',
    ],
    [
      'a late video',
      { uncertainAt: later(0) },
      '-# 专业 · 5 秒 · 16:9 · 来晚了，免费 · 剩余 45,000',
      '-# Pro · 5 s · 16:9 · te laat, dus gratis · nog 45.000 over',
    ],
  ])('the line above %s', (_, more, chinese, dutch) => {
    expect(finishedText(aTask({ ...more, locale: 'zh-CN' }), 45_000, false, voice)).toBe(chinese);
    expect(finishedText(aTask({ ...more, locale: 'nl' }), 45_000, false, voice)).toBe(dutch);
  });

  test.each<[string, Partial<Task>, string, string]>([
    [
      'with the words of the provider',
      {},
      '❌ 视频服务商没能做出这个视频。对方的说明：“Too dark\\.”。积分已退还给你。',
      '❌ De videodienst kon deze video niet maken. De melding: “Too dark\\.” Je hebt je credits terug.',
    ],
    [
      'of a picture',
      { errorCode: 'image_type', errorMessage: 'a.gif' },
      '❌ **a\\.gif** 不是 JPEG、PNG 或 WebP 图片。积分已退还给你。',
      '❌ **a\\.gif** is geen afbeelding in JPEG, PNG of WebP. Je hebt je credits terug.',
    ],
    [
      'of an uncertain end',
      { status: 'uncertain', errorCode: 'render_uncertain' },
      '⚠️ 过了六个小时，视频服务商还没有做好这个视频。积分已退还给你。如果视频之后还是做好了，会免费发到这里。',
      '⚠️ De videodienst had deze video na zes uur nog niet af. Je hebt je credits terug. Komt de video toch nog, dan krijg je hem hier gratis.',
    ],
  ])('a notice %s', (_, more, chinese, dutch) => {
    expect(noticeText(failed({ ...more, locale: 'zh-CN' }), false, voice)).toBe(chinese);
    expect(noticeText(failed({ ...more, locale: 'nl' }), false, voice)).toBe(dutch);
  });

  test('a rehearsal is marked too', () => {
    expect(acceptedText(aTask({ locale: 'zh-CN' }), rehearsal)).toContain('-# 🎭 演练，不产生费用 · ');
    expect(noticeText(failed({ locale: 'nl' }), false, rehearsal)).toMatch(/^❌ Proefronde: De videodienst/);
  });
});

test('a rehearsal is marked on every message', () => {
  for (const text of [
    acceptedText(aTask(), rehearsal),
    finishedText(aTask(), 0, false, rehearsal),
    noticeText(failed(), false, rehearsal),
    pingText(aTask({ status: 'succeeded' }), rehearsal),
  ]) {
    expect(text).toContain('Rehearsal');
  }
  expect(acceptedText(aTask(), voice)).not.toContain('Rehearsal');
});

test.each([
  [{ key: 'line-1', place: 1 }, 'next in line'],
  [{ key: 'line-4', place: 4 }, 'number 4 in line'],
  [{ key: 'line-15', place: 15 }, 'about number 15 in line'],
  [
    { key: 'rendering-unknown', rendering: { since: noon, expectedAt: null, quarters: 0 } },
    /started <t:\d+:R>, too late to cancel$/,
  ],
  [
    { key: 'rendering-0', rendering: { since: noon, expectedAt: noon, quarters: 0 } },
    /▱▱▱▱ · .* · expected <t:\d+:R>$/,
  ],
  [{ key: 'rendering-3', rendering: { since: noon, expectedAt: noon, quarters: 3 } }, /▰▰▰▱ · /],
  [{ key: 'rendering-4', rendering: { since: noon, expectedAt: noon, quarters: 4 } }, /takes longer than usual$/],
] as const)('progress (%j) is two short lines', (view, words) => {
  const text = progressText(aTask(), view, voice);

  expect(text.split('\n')).toHaveLength(2);
  expect(text).toMatch(words);
});
