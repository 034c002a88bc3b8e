import { describe, expect, test } from 'vitest';
import { cut, plain, relative } from '#src/discord/text.ts';

/** What Discord shows of text whose every mark is escaped: the text without its backslashes. */
const shown = (escaped: string) => escaped.replaceAll(/\\(.)/gu, '$1');
/** Marks that no backslash stands before. */
const bare = (escaped: string) => escaped.replaceAll(/\\./gu, '').match(/[*_~`|<>[\]()#:@.+!\\-]/gu) ?? [];

describe('a prompt as plain text', () => {
  test.each([
    '**bold** *it* __under__ ~~gone~~ ||spoiler||',
    '***`x`***',
    '`code` ```js\nfence\n``` ``a`b``',
    '[free nitro](https://evil.example)',
    '[x](<https://evil.example> "title")',
    'https://evil.example/a_b_c?d=*e*',
    '<https://evil.example>',
    'steam://run/1 discord.gg/invite',
    '<@123456789012345678> <@!123456789012345678> <@&123456789012345678>',
    '<#123456789012345678> <id:customize> </kling:123456789012345678>',
    '@everyone @here',
    '<t:1790000000:R> <t:1790000000>',
    '<:fox:123456789012345678> <a:fox:123456789012345678> :fox:',
    '# heading',
    'x\n# heading\n## two\n### three',
    '-# small print',
    'x\n-# small print',
    '> quote',
    '>>> all of it',
    '- list\n* list\n1. list\n+ list',
    '\\*not escaped\\*',
    'ends with a backslash \\',
    '\\\\',
    '** || ** ||',
    '_x_*y*__z__',
  ])('%j shows just its own characters', (prompt) => {
    const escaped = plain(prompt);

    expect(shown(escaped)).toBe(prompt.replaceAll(/\s+/gu, ' '));
    expect(bare(escaped)).toEqual([]);
    expect(escaped).not.toMatch(/[\n\r]/);
  });

  test.each([
    ['a\nb', 'a b'],
    ['a\r\n\r\n  b', 'a b'],
    ['a\u2028b\u2029c', 'a b c'],
    ['a\u0085b', 'a b'],
    ['a\vb\fc\td', 'a b c d'],
    ['a\u0000b\u001b[31mc', 'a b \\[31mc'],
    ['  a  ', 'a'],
    ['\u00a0\u3000a', 'a'],
  ])('%j stays on one line', (prompt, line) => {
    expect(plain(prompt)).toBe(line);
  });

  test.each(['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'])(
    'the direction mark %j cannot turn what follows',
    (mark) => {
      expect(plain(`a${mark}b`)).toBe('ab');
    },
  );

  test('letters of every script, emoji and joined emoji stay', () => {
    const text = '雪の狐 🦊 👩‍👩‍👧 العربية ไทย é';

    expect(plain(text)).toBe(text);
  });
});

describe('cut', () => {
  test.each([
    ['short', 10, 'short'],
    ['exactly 10', 10, 'exactly 10'],
    ['a long line of words', 13, 'a long line…'],
    ['a averyveryverylongword', 10, 'a averyve…'],
    ['🦊🦊🦊🦊', 4, '🦊…'],
    ['🦊🦊🦊🦊', 8, '🦊🦊🦊🦊'],
    ['🦊🦊🦊🦊', 5, '🦊🦊…'],
    ['', 5, ''],
  ])('%j at %i: %j', (text, length, expected) => {
    expect(cut(text, length)).toBe(expected);
  });

  test('is never longer than asked, and never ends in half a character', () => {
    const text = 'ab 🦊c d🦊🦊 efghij 雪🦊 klm'.repeat(20);
    for (let length = 2; length < text.length + 2; length += 1) {
      const kept = cut(text, length);
      expect([length, kept.length <= length, kept.isWellFormed()]).toEqual([length, true, true]);
    }
  });
});

test('a moment is worded by the client of each reader, never before it is true', () => {
  expect(relative(new Date('2026-11-23T00:00:00.000Z'))).toBe('<t:1795392000:R>');
  expect(relative(new Date('2026-11-23T00:00:00.001Z'))).toBe('<t:1795392001:R>');
});
