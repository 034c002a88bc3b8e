import { describe, expect, test } from 'vitest';
import { type Blocklist, readBlocklist } from '#src/domain/blocklist.ts';

function listOf(...lines: string[]): Blocklist {
  const list = readBlocklist(lines.join('\n'));
  if ('fault' in list) throw new Error(list.fault.problem);
  return list;
}

describe('a word', () => {
  test.each([
    ['nude', 'a NUDE fox'],
    ['nude', 'nude'],
    ['nude', 'a (nude), running'],
    ['nude', 'so_nude_so'],
    ['nude', 'ｎｕｄｅ fox'],
    ['nude', 'nu\u200Bde fox'],
    ['nude', 'nûdé fox'],
    ['nude', '画nude女'],
    ['nude', 'denude nude'],
    ['café', 'a CAFE'],
    ['cafe', 'a cafe\u0301'],
    ['straße', 'STRASSE'],
    ['very bad', 'very \n bad'],
    ['裸体', '一张裸体照片'],
    ['100%', 'at 100%!'],
    ['***', 'a *** b'],
    ['a.c', 'a.c'],
    ['слово', 'СЛОВО!'],
    ['हिन्दी', 'a हिन्दी b'],
  ])('%s is found in "%s"', (word, prompt) => {
    expect(listOf(word).forbids(prompt)).toBe(true);
  });

  test.each([
    ['nude', 'nudes denuded'],
    ['nude', 'n u d e'],
    ['nude', 'nude2'],
    ['very bad', 'very good, bad'],
    ['a.c', 'abc'],
    ['裸体', '裸 的体'],
    ['हिन्द', 'हिन्दी'],
    ['100%', '2100%'],
    ['𝒳', 'Y'],
  ])('%s is not found in "%s"', (word, prompt) => {
    expect(listOf(word).forbids(prompt)).toBe(false);
  });
});

describe('a pattern', () => {
  test.each([
    ['/n[u0]+des?/', 'a N00DES fox', true],
    ['/n[u0]+des?/', 'a nood fox', false],
    ['/^fox$/', 'fox', true],
    ['/^fox$/', 'a fox', false],
    ['/é/', 'CAFÉ', true],
    ['/cafe/', 'CAFÉ', true],
    ['/very bad/', 'very\n\nbad', true],
    ['/a/b/', 'a/b', true],
    ['/\\p{Han}{3}/', '一张裸体', true],
  ])('%s on "%s": %s', (pattern, prompt, isFound) => {
    expect(listOf(pattern).forbids(prompt)).toBe(isFound);
  });

  test.each(['/(a+)+$/', '/(a|aa)+$/', '/(.*)(.*)(.*)(.*)(.*)x/', '/(a?){80}a{80}$/', '/(?:a.{0,90}b){2}$/'])(
    '%s ends on a hostile prompt',
    (pattern) => {
      expect(listOf(pattern).forbids(`${'a'.repeat(1_999)}!`)).toBe(false);
    },
  );
});

test('comments, empty lines, either line end and a mark of order are no entries', () => {
  const list = listOf('\uFEFF# words', '', '  nude  \r', '#fox', ' # fox', 'bad\r');

  expect(list.size).toBe(2);
  expect(['nude', 'bad', 'fox', '#fox', ''].map(list.forbids)).toEqual([true, true, false, false, false]);
});

test.each([
  ['a group that never closes', '/(a/', /missing closing/],
  ['a class that never closes', '/[/', /\[/],
  ['a look ahead', '/(?=a)b/', /\(\?=/],
  ['a reference back', '/(a)\\1/', /\\1/],
  ['no end', '/abc', /begins and ends/],
  ['nothing in it', '//', /begins and ends/],
  ['a match for everything', '/a*/', /every prompt/],
  ['too much repetition', '/((a{0,1000}){1000})/', /too large/],
  ['a little too much repetition', '/.{0,1000}z/', /too large/],
  ['only what cannot be seen', '\u200B', /seen/],
  ['a line without an end', 'x'.repeat(1_001), /1000/],
])('%s is a fault that names its line', (_, entry, problem) => {
  const list = readBlocklist(`# head\nfine\n${entry}\n/(/`);

  expect(list).toEqual({ fault: { line: 3, problem: expect.stringMatching(problem) } });
});

test('patterns that are too large together are a fault of the line where they become so', () => {
  const list = readBlocklist(Array.from({ length: 20 }, () => '/a{450}/').join('\n'));

  expect(list).toEqual({ fault: { line: 9, problem: expect.stringMatching(/together/) } });
});
