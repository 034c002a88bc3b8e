import { describe, expect, test } from 'vitest';
import { imageText, type Refusal, refusalText } from '#src/discord/refusals.ts';
import { isAcceptance } from '#src/discord/wording.ts';
import { kling, languages } from '#src/domain/parameters.ts';
import type { ImageRuleBroken } from '#src/domain/request.ts';

const renewsAt = new Date('2026-11-23T00:00:00Z');
const renews = '<t:1795392000:R>';

// Every refusal there is: what it must name of rule, figure and renewal, and whether it may say that nothing was charged.
const rows: readonly [Refusal, readonly string[]][] = [
  [{ refused: 'prompt-empty' }, ['prompt', 'empty', '2,000', 'Nothing was charged']],
  [{ refused: 'prompt-long', length: 2345, maxLength: 2000 }, ['prompt', '2,345', '2,000', 'Nothing was charged']],
  [{ refused: 'setting', name: 'mode', allowed: ['std', 'pro'] }, ['`mode`', 'Standard or Pro', 'Nothing was charged']],
  [{ refused: 'unknown-option', name: 'seed' }, ['`seed`', 'Nothing was charged']],
  [{ refused: 'too-many-images', maxImages: 2 }, ['2 images', 'Nothing was charged']],
  [{ refused: 'image', image: 'a.gif', rule: 'type' }, ['a\\.gif', 'JPEG, PNG or WebP', 'Nothing was charged']],
  [{ refused: 'quota', cost: 90, left: 10, quota: 100, renewsAt }, ['90 credits', '10 left', 'of 100', renews]],
  [
    { refused: 'budget', cost: 90, left: 80, most: 900, renewsAt },
    ['80 credits', 'costs 90', renews, 'Nothing was charged'],
  ],
  [{ refused: 'quota', cost: 90, left: 10, quota: 0, renewsAt }, ['90 credits', '10 left', 'no allowance']],
  [
    { refused: 'guild-budget', cost: 90, left: 80, most: 900, renewsAt },
    ['This server', '80 credits', 'costs 90', renews, 'Nothing was charged'],
  ],
  [
    { refused: 'guild-cap', cost: 90, left: 45, most: 180, renewsAt },
    ['managers', '90 credits', '180', '45', renews, 'Nothing was charged'],
  ],
  [{ refused: 'paused', message: null }, ['paused', 'still arrive', 'Nothing was charged']],
  [{ refused: 'paused', message: 'Terug om 12:00.' }, ['paused', 'Terug om 12:00.', 'Nothing was charged']],
  [{ refused: 'blocked', who: 'user' }, ['operators', 'blocked you', 'Nothing was charged']],
  [{ refused: 'blocked', who: 'server' }, ['operators', 'blocked this server', 'Nothing was charged']],
  [{ refused: 'blocked', who: 'member' }, ['managers of this server', 'blocked you', 'Nothing was charged']],
  [
    { refused: 'line-full', maxWaiting: 10 },
    ['10 videos waiting', 'as soon as one of them starts', 'Nothing was charged'],
  ],
  [{ refused: 'forbidden-prompt' }, ['operators', 'do not allow', 'Nothing was charged']],
  [{ refused: 'not-age-restricted' }, ['operators', 'age-restricted channels', 'Nothing was charged']],
  [{ refused: 'stranger' }, ['members of the servers', 'Nothing was charged']],
  [{ refused: 'membership-unknown' }, ['try again', 'Nothing was charged']],
  [{ refused: 'away' }, ['try again', 'accepted nothing', 'Nothing was charged']],
];

test.each(rows)('$refused names rule, figures and what to do', (refusal, words) => {
  const text = refusalText(refusal, kling, 'en');

  for (const word of words) expect(text).toContain(word);
  expect(text.length).toBeLessThanOrEqual(2000);
  expect(text).not.toMatch(/undefined|NaN|\[object|\n/);
});

describe.each(languages.filter((language) => language !== 'en'))('in %s', (language) => {
  test.each(rows)('$refused keeps every figure and moment of the English, and none of its words', (refusal) => {
    const english = refusalText(refusal, kling, 'en');
    const text = refusalText(refusal, kling, language);

    expect(figuresOf(text)).toEqual(figuresOf(english));
    expect(text).not.toMatch(/\b(?:the|you|was|nothing)\b/i);
  });

  test('an option and its choices are named as Discord shows them', () => {
    const refusal = { refused: 'setting', name: 'mode', allowed: ['std', 'pro'] } as const;
    const shown = { 'zh-CN': '`生成模式` 可以是标准或专业。', nl: '`generatiemodus` kan Standaard of Pro zijn.' };

    expect(refusalText(refusal, kling, language)).toContain(shown[language]);
  });
});

/** "2,000" and "2.000" are one figure; the name of an option may have one too. */
function figuresOf(text: string): string[] {
  return [...text.matchAll(/<t:\d+:R>|\d+(?:[.,]\d{3})*/g)]
    .map(([figure]) => figure.replaceAll(/[.,]/g, ''))
    .toSorted();
}

test.each<[ImageRuleBroken, string]>([
  ['type', 'JPEG, PNG or WebP'],
  ['size', '10 MB'],
  ['empty', 'empty'],
  ['host', 'not an attachment'],
  ['truncated', 'cut short'],
  ['unreadable', 'attach it again'],
])('an image that breaks %s is named with its rule', (rule, words) => {
  const text = imageText('my photo.png', rule, kling, 'en');

  expect(text).toContain('my photo\\.png');
  expect(text).toContain(words);
});

describe('what a raw payload puts into a refusal', () => {
  const nasty = '`] [x](https://evil.example) <@1> @everyone\n# big';

  test('stays inside its code marks as an option’s name', () => {
    for (const refusal of [
      { refused: 'unknown-option', name: nasty },
      { refused: 'setting', name: nasty, allowed: ['a'] },
    ] as const) {
      const text = refusalText(refusal, kling, 'en');
      expect(text.match(/`/g)).toHaveLength(2);
      expect(text).not.toContain('\n');
    }
  });

  test('is escaped as a file’s name, and cut', () => {
    const text = imageText(`${nasty}${'x'.repeat(5000)}`, 'type', kling, 'en');

    expect(text).not.toMatch(/(?<!\\)[`<@#[]/);
    expect(text).not.toContain('\n');
    expect(text.length).toBeLessThan(300);
  });

  test('an empty name leaves no broken marks', () => {
    expect(refusalText({ refused: 'unknown-option', name: '' }, kling, 'en')).not.toContain('``');
  });
});

test.each(languages)('no refusal passes for an acceptance: %s', (language) => {
  for (const [refusal] of rows) expect(isAcceptance(refusalText(refusal, kling, language))).toBe(false);
});
