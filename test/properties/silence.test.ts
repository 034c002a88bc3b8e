import fc from 'fast-check';
import { expect } from 'vitest';
import { ConfigError, readConfig } from '#src/config.ts';
import { isMediaProxy, liesAt } from '#src/domain/images.ts';
import { describeError } from '#src/log.ts';
import { explainFailedStart } from '#src/start-report.ts';
import { property } from '#test/property.ts';
import { anyJson, anyText } from './arbitraries.ts';

/** No code, word or place of ours. */
const secret = 'Zq7naked';
/** A sentence, an address, a stack or a row that holds it. */
const telling = fc
  .tuple(
    fc.constantFrom(
      '',
      ' ',
      '\n    at ',
      '/',
      'https://a.example/',
      `(${process.cwd()}/`,
      'Failing row contains (',
      '\n',
    ),
    fc.oneof(anyText, fc.constantFrom('', ' fox', '\n    at ')),
    fc.constantFrom('', ' fox', '?sig=1', ':1:1)', '/x.ts:1:1', '\n    at f (node:x:1:1)', '\n'),
  )
  .map(([before, between, behind]) => `${before}${between} ${secret} fox${behind}`);
const field = fc.constantFrom(
  'code',
  'status',
  'method',
  'requestId',
  'constraint_name',
  'table_name',
  'detail',
  'query',
  'parameters',
  'url',
  'stack',
  'name',
  'message',
);
const error = fc
  .tuple(
    telling,
    fc.dictionary(
      field,
      fc.oneof(
        telling,
        telling.map((text) => [text]),
        telling.map((text) => ({ text })),
      ),
      { maxKeys: 4 },
    ),
    fc.nat(3),
  )
  .map(([message, fields, depth]) => {
    let whole: Error = Object.assign(new Error(message), fields);
    for (let level = 0; level < depth; level += 1) whole = new Error(message, { cause: whole });
    return whole;
  });

property('whatever an error says and carries, none of it is logged', [error], (thrown) => {
  expect(JSON.stringify(describeError(thrown))).not.toContain(secret);
  expect(explainFailedStart(thrown)).not.toContain(secret);
});

property('whatever is thrown instead of an error, none of it is logged', [fc.oneof(anyJson, telling)], (thrown) => {
  expect(Object.keys(describeError(thrown))).toEqual(['type']);
  expect(explainFailedStart(thrown)).not.toContain(secret);
});

const variable = fc.constantFrom(
  ...['DISCORD_TOKEN', 'DISCORD_API_URL', 'DISCORD_CDN_URL', 'DISCORD_MEDIA_HOSTS', 'RIVYA_API_KEY', 'RIVYA_API_URL'],
  ...['DATABASE_URL', 'QUOTA_CREDITS', 'QUOTA_PERIOD', 'BUDGET_CREDITS', 'ALLOWED_GUILD_IDS', 'ALLOWED_USER_IDS'],
  ...['MAX_ACTIVE_TASKS', 'MAX_WAITING_TASKS_PER_USER', 'OPERATOR_IDS', 'ROLE', 'HTTP_PORT', 'LOG_LEVEL', 'REHEARSAL'],
);
const value = fc.oneof(
  telling,
  fc.integer().map(String),
  anyText,
  fc.constantFrom('', 'https://x', `postgres://u:${secret}@h/d`),
);

property(
  'whatever the environment is, it is a configuration or a list of names',
  [fc.dictionary(variable, value)],
  (environment) => {
    try {
      readConfig(environment);
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(ConfigError);
      expect(String(thrown)).not.toContain(secret);
    }
  },
);

const cdn = 'https://cdn.discordapp.com';
const media = 'media.discordapp.net';
/** Addresses put together so that it is known what a reader of them would connect to. */
const address = fc.record({
  scheme: fc.constantFrom('https:', 'http:', 'HTTPS:', 'ftp:', 'ws:'),
  user: fc.constantFrom('', '', '', 'u@', 'u:p@', ':@', 'cdn.discordapp.com@'),
  host: fc.constantFrom(
    'cdn.discordapp.com',
    'CDN.DiscordApp.com',
    media,
    'evil.example',
    `${media}.evil.example`,
    'cdn.discordapp.com.',
    'localhost',
    '127.0.0.1',
  ),
  port: fc.constantFrom('', '', ':443', ':80', ':8443', ':4003'),
  rest: fc.oneof(
    fc.constantFrom('', '/', '/a.png?ex=1', `?@${media}`, `#@${media}`, `/@${media}/`, `\\@${media}`),
    anyText.map((text) => `/${text}`),
  ),
});

property(
  'an image is read from the CDN’s exact origin or a media proxy, and from nowhere else',
  [address],
  ({ scheme, user, host, port, rest }) => {
    const url = `${scheme}//${user}${host}${port}${rest}`;
    // `:@` has neither a user nor a password in it.
    const isNobodys = user === '' || user === ':@';
    const isPlain = scheme.toLowerCase() === 'https:' && (port === '' || port === ':443') && isNobodys;

    expect(liesAt(url, cdn)).toBe(isPlain && host.toLowerCase() === 'cdn.discordapp.com');
    expect(isMediaProxy(url, [media])).toBe(isPlain && host === media);
    const isOwn = isNobodys && host === '127.0.0.1' && port === ':4003' && /^https?:$/i.test(scheme);
    expect(isMediaProxy(url, ['127.0.0.1:4003'])).toBe(isOwn);
  },
);

property(
  'any text at all is an address or none',
  [fc.oneof(anyText, fc.webUrl({ withFragments: true, withQueryParameters: true }))],
  (url) => {
    expect(typeof liesAt(url, cdn)).toBe('boolean');
    expect(isMediaProxy(url, [media])).toBe(false);
  },
);
