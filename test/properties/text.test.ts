import fc from 'fast-check';
import { expect } from 'vitest';
import { customId, readCustomId } from '#src/discord/custom-id.ts';
import { afterFailedPost, problemsOf } from '#src/discord/failures.ts';
import { outcomeBody } from '#src/discord/messages.ts';
import { imageText, refusalText } from '#src/discord/refusals.ts';
import { cut, plain } from '#src/discord/text.ts';
import { acceptedText } from '#src/discord/wording.ts';
import { nonceOf } from '#src/domain/delivery.ts';
import { kling, languages } from '#src/domain/parameters.ts';
import { property } from '#test/property.ts';
import { aTask } from '../domain/builders.ts';
import { anyJson, anyText, markedText } from './arbitraries.ts';

/** Marks that no backslash stands before. */
const bare = (escaped: string) => escaped.replaceAll(/\\./gu, '').match(/[*_~`|<>[\]()#:@.+!\\-]/gu) ?? [];
const parameter = fc.constantFrom(...Object.keys(kling.parameters));
const language = fc.constantFrom(...languages);
const voice = fc.record({ model: fc.constant(kling), isRehearsal: fc.boolean() });
const settings = fc.constantFrom(aTask().settings, { ...aTask().settings, multi_shots: true, sound: true });
const shown = fc.record({ prompt: markedText, errorMessage: fc.option(markedText), settings, locale: language });

property('plain text has no mark that Discord would read, on one line', [markedText], (text) => {
  const escaped = plain(text);

  expect(bare(escaped)).toEqual([]);
  expect(escaped).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
  expect(escaped.length).toBeLessThanOrEqual(2 * text.length);
});

property('plain text is just the words of the text', [markedText], (text) => {
  const words = text.replaceAll(/[\u202a-\u202e\u2066-\u2069]/gu, '').replaceAll(/[\s\p{Cc}]+/gu, ' ');

  expect(plain(text).replaceAll(/\\(.)/gu, '$1')).toBe(words.trim());
});

property('plain text of whole characters has whole characters', [markedText, fc.nat(400)], (text, length) => {
  expect(plain(cut(text.toWellFormed(), length + 1)).isWellFormed()).toBe(true);
});

property('a cut is never longer than asked, and the text’s own beginning', [anyText, fc.nat(300)], (text, most) => {
  const kept = cut(text, most + 1);

  expect(kept.length).toBeLessThanOrEqual(most + 1);
  expect(kept === text || text.startsWith(kept.replace(/…$/u, ''))).toBe(true);
  expect(text.isWellFormed() && !kept.isWellFormed()).toBe(false);
});

// A prompt as the parser lets it pass is storable, so whole characters.
property('an accepted message fits, and shows a prompt as its words alone', [shown, voice], (task, spoken) => {
  const [first = '', ...rest] = acceptedText(aTask({ ...task, prompt: task.prompt.toWellFormed() }), spoken).split(
    '\n',
  );

  expect(first.length + rest.join('\n').length).toBeLessThan(1980);
  expect(bare(first.replace(/^\*\*/, '').replace(/\*\*$/, ''))).toEqual([]);
  expect(rest).toHaveLength(1);
  expect(rest.join()).not.toContain('<');
});

property(
  'an outcome fits and pings nobody, whatever was asked for, said and made',
  [
    shown,
    voice,
    fc.constantFrom('succeeded', 'failed', 'uncertain'),
    fc.array(fc.oneof(anyText, fc.webUrl())),
    anyText,
  ],
  (asked, spoken, status, resultUrls, errorCode) => {
    const task = aTask({ ...asked, status, resultUrls, errorCode });

    const body = outcomeBody(task, { file: null, withPrompt: true, creditsLeft: 10 }, spoken);

    expect(body.content.length).toBeLessThanOrEqual(1980);
    expect(body.allowed_mentions).toEqual({ parse: [] });
    expect(body.content.replaceAll(/\\./gu, '').replaceAll(/<https?:[^\s<>]*>/g, '')).not.toMatch(/[<@]|\]\(/);
  },
);

property(
  'a refusal fits, and shows what was sent as words alone',
  [anyText, parameter, language],
  (name, known, words) => {
    const texts = [
      refusalText({ refused: 'setting', name: known, allowed: ['true', '16:9', '5'] }, kling, words),
      refusalText({ refused: 'unknown-option', name }, kling, words),
      imageText(name, 'type', kling, words),
    ];

    for (const text of texts) {
      expect(text.length).toBeLessThanOrEqual(2000);
      expect(text.replaceAll(/\\./gu, '').replaceAll(/`[^`]*`/g, '')).not.toMatch(/[<@`]|\]\(/);
    }
  },
);

property(
  'a custom id is read as it was made',
  [fc.array(fc.stringMatching(/^[^:]{0,20}$/), { maxLength: 4 })],
  (args) => {
    expect(readCustomId(customId('again', ...args))).toEqual({ action: 'again', args });
  },
);

property('any custom id is read to its last character', [fc.oneof(anyText, markedText)], (text) => {
  const { action, args } = readCustomId(text);

  expect([action, ...args].join(':')).toBe(text);
});

property(
  'no custom id is made that Discord would refuse or that reads otherwise',
  [anyText, fc.array(anyText)],
  (action, args) => {
    try {
      const id = customId(action, ...args);
      expect(id.length).toBeLessThanOrEqual(100);
      if (!action.includes(':')) expect(readCustomId(id)).toEqual({ action, args });
    } catch (error) {
      expect(String(error)).toContain('no custom id');
    }
  },
);

property('whatever Discord’s tree of errors is, only names and codes of it are told', [anyJson], (errors) => {
  const problems = problemsOf(errors);

  expect(problems.length).toBeLessThanOrEqual(20);
  for (const problem of problems) expect(problem).toMatch(/^[\w.?]{0,500} (?:[A-Z0-9_]{1,80}|\?)$/);
});

property(
  'a failed post goes on, and waits no longer than an hour',
  [
    fc.option(fc.nat(600)),
    fc.option(fc.nat(500_000)),
    fc.option(fc.double({ min: 0, noNaN: true }), { nil: undefined }),
    fc.constantFrom('bot', 'token'),
  ],
  (status, code, retryAfterMs, authority) => {
    const next = afterFailedPost({ status, code, ...(retryAfterMs !== undefined && { retryAfterMs }) }, authority);

    if ('later' in next) expect(next.later >= 0 && next.later <= 3_600_000).toBe(true);
    else expect(['closed', 'token-dead', 'message-gone', 'too-large', 'blocked']).toContain(next.refused);
  },
);

property('a nonce is short enough and names one task alone', [fc.uuid()], (id) => {
  expect(nonceOf(id).length).toBeLessThanOrEqual(25);
  expect(Buffer.from(nonceOf(id), 'base64url').toString('hex')).toBe(id.replaceAll('-', ''));
});
