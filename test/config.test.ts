import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '#src/config.ts';

const required = { DISCORD_TOKEN: 'token', RIVYA_API_KEY: 'rvya_sk_x' };

function complaint(environment: Record<string, string | undefined>): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('it was accepted');
}

test('with token and key alone, all the rest is as the design’s table has it', () => {
  expect(readConfig(required)).toEqual({
    discord: {
      token: 'token',
      apiUrl: 'https://discord.com/api',
      cdnUrl: 'https://cdn.discordapp.com',
      mediaHosts: ['media.discordapp.net', 'images-ext-1.discordapp.net', 'images-ext-2.discordapp.net'],
    },
    rivya: { url: 'https://rivya.ai', apiKey: 'rvya_sk_x' },
    database: { url: undefined, dataDir: './data' },
    limits: { quota: 90, period: 'day', budget: 900, guildBudget: null, maxWaiting: 10 },
    slots: { whole: 20, perUser: 3 },
    access: { guildIds: [], userIds: [] },
    operatorIds: [],
    operatorGuildId: null,
    operatorChannelId: null,
    blocklistFile: null,
    ageRestrictedOnly: false,
    balanceAlarm: 180,
    retentionDays: 90,
    role: 'all',
    http: null,
    logLevel: 'info',
    isRehearsal: false,
  });
});

test('everything can be set', () => {
  expect(
    readConfig({
      ...required,
      DISCORD_API_URL: 'http://127.0.0.1:4000/api/',
      DISCORD_CDN_URL: 'http://127.0.0.1:4001',
      DISCORD_MEDIA_HOSTS: '127.0.0.1:4003, Media.discordapp.net',
      RIVYA_API_URL: 'http://127.0.0.1:4002/',
      DATABASE_URL: 'postgres://u:p@127.0.0.1/kling',
      DATA_DIR: '/var/kling',
      QUOTA_CREDITS: '0',
      QUOTA_PERIOD: 'week',
      BUDGET_CREDITS: '1800',
      BUDGET_CREDITS_PER_GUILD: '450',
      ALLOWED_GUILD_IDS: '200000000000000001, 200000000000000002',
      ALLOWED_USER_IDS: '600000000000000001',
      MAX_ACTIVE_TASKS: '5',
      MAX_ACTIVE_TASKS_PER_USER: '1',
      MAX_WAITING_TASKS_PER_USER: '2',
      OPERATOR_IDS: '600000000000000001\n600000000000000002',
      OPERATOR_GUILD_ID: '200000000000000001',
      OPERATOR_CHANNEL_ID: ' 300000000000000001 ',
      BLOCKLIST_FILE: ' /etc/kling/words ',
      NSFW_CHANNELS_ONLY: 'true',
      BALANCE_ALARM_CREDITS: '900',
      RETENTION_DAYS: '30',
      ROLE: 'worker',
      HTTP_PORT: '8080',
      HTTP_HOST: '0.0.0.0',
      LOG_LEVEL: 'debug',
      REHEARSAL: 'true',
    }),
  ).toEqual({
    discord: {
      token: 'token',
      apiUrl: 'http://127.0.0.1:4000/api',
      cdnUrl: 'http://127.0.0.1:4001',
      mediaHosts: ['127.0.0.1:4003', 'media.discordapp.net'],
    },
    rivya: { url: 'http://127.0.0.1:4002', apiKey: 'rvya_sk_x' },
    database: { url: 'postgres://u:p@127.0.0.1/kling', dataDir: '/var/kling' },
    limits: { quota: 0, period: 'week', budget: 1800, guildBudget: 450, maxWaiting: 2 },
    slots: { whole: 5, perUser: 1 },
    access: { guildIds: ['200000000000000001', '200000000000000002'], userIds: ['600000000000000001'] },
    operatorIds: ['600000000000000001', '600000000000000002'],
    operatorGuildId: '200000000000000001',
    operatorChannelId: '300000000000000001',
    blocklistFile: '/etc/kling/words',
    ageRestrictedOnly: true,
    balanceAlarm: 900,
    retentionDays: 30,
    role: 'worker',
    http: { port: 8080, host: '0.0.0.0' },
    logLevel: 'debug',
    isRehearsal: true,
  });
});

describe('a value that is empty', () => {
  test.each(['', '  '])('(%j) is as if it were not there', (empty) => {
    const names = [
      'DISCORD_API_URL',
      'DATABASE_URL',
      'QUOTA_CREDITS',
      'BUDGET_CREDITS_PER_GUILD',
      'BLOCKLIST_FILE',
      'NSFW_CHANNELS_ONLY',
      'RETENTION_DAYS',
      'ROLE',
      'HTTP_PORT',
      'LOG_LEVEL',
      'ALLOWED_GUILD_IDS',
      'REHEARSAL',
    ];

    expect(readConfig({ ...required, ...Object.fromEntries(names.map((name) => [name, empty])) })).toEqual(
      readConfig(required),
    );
  });

  test.each(['', '  '])('(%j) of the budget means no cap', (empty) => {
    expect(readConfig({ ...required, BUDGET_CREDITS: empty }).limits.budget).toBeNull();
  });

  test('of what is required is told as missing', () => {
    expect(complaint({ DISCORD_TOKEN: '', RIVYA_API_KEY: ' ' })).toMatch(
      /DISCORD_TOKEN is .*Bot > Reset Token[\s\S]*RIVYA_API_KEY is .*API keys/,
    );
  });
});

// Each bad value, and words by which a person knows what it should be.
const bad: Record<string, readonly [string, RegExp]> = {
  DISCORD_API_URL: ['discord.com', /http:\/\/ or https:\/\//],
  DISCORD_CDN_URL: ['ftp://cdn', /http:\/\/ or https:\/\//],
  DISCORD_MEDIA_HOSTS: ['https://media.discordapp.net', /host:port/],
  RIVYA_API_URL: ['javascript:1', /http:\/\/ or https:\/\//],
  DATABASE_URL: ['mysql://u:hunter2@h/d', /postgres:\/\//],
  QUOTA_CREDITS: ['-1', /whole number of at least 0/],
  QUOTA_PERIOD: ['year', /day, week, month/],
  BUDGET_CREDITS_PER_GUILD: ['-5', /whole number.*empty/],
  BUDGET_CREDITS: ['lots', /whole number.*empty/],
  ALLOWED_GUILD_IDS: ['200000000000000001,home', /Discord id/],
  ALLOWED_USER_IDS: ['me', /Discord id/],
  OPERATOR_IDS: ['123', /Discord id/],
  MAX_ACTIVE_TASKS: ['0', /at least 1|>=1/],
  MAX_ACTIVE_TASKS_PER_USER: ['1.5', /whole number of at least 1/],
  MAX_WAITING_TASKS_PER_USER: ['1e3', /whole number of at least 1/],
  NSFW_CHANNELS_ONLY: ['maybe', /./],
  RETENTION_DAYS: ['0', /at least 1|>=1/],
  ROLE: ['boss', /all, gateway or worker/],
  HTTP_PORT: ['70000', /65535/],
  LOG_LEVEL: ['loud', /info/],
  REHEARSAL: ['maybe', /./],
};

describe('a bad value', () => {
  test.each(Object.entries(bad))('of %s is named with what it should be', (name, [value, words]) => {
    const lines = complaint({ ...required, [name]: value }).split('\n');
    const line = lines.find((one) => one.includes(name)) ?? '';

    expect(line).toMatch(words);
    expect(line).not.toMatch(/Invalid input$/);
    expect(lines).toHaveLength(2);
  });

  test('among many: one message names every one', () => {
    const message = complaint(Object.fromEntries(Object.entries(bad).map(([name, [value]]) => [name, value])));

    for (const name of ['DISCORD_TOKEN', 'RIVYA_API_KEY', ...Object.keys(bad)]) expect(message).toContain(name);
  });

  test.each([
    '*.discordapp.net',
    'media.discordapp.net/x',
    'media.discordapp.net:443',
    'me@media.discordapp.net',
    'медиа.example',
    'a\\b',
    'a,b c d:e',
  ])('of DISCORD_MEDIA_HOSTS is what no URL has for a host (%s)', (value) => {
    expect(complaint({ ...required, DISCORD_MEDIA_HOSTS: value })).toMatch(/DISCORD_MEDIA_HOSTS.*host:port/);
  });

  test.each(['to ken', 'tok\nen', 'tökен', 'token\u0000'])('of a token or key fits into no header (%j)', (value) => {
    const message = complaint({ DISCORD_TOKEN: value, RIVYA_API_KEY: value });

    expect(message).toMatch(/DISCORD_TOKEN.*Reset Token[\s\S]*RIVYA_API_KEY.*API keys/);
    expect(message).not.toContain(value);
  });

  test('is never repeated, since it may be a secret in the wrong place', () => {
    const message = complaint({
      ...required,
      DATABASE_URL: 'mysql://u:hunter2@h/d',
      QUOTA_CREDITS: 'rvya_sk_secret',
      ROLE: 'hunter2',
    });

    expect(message).not.toMatch(/hunter2|rvya_sk/);
  });
});

describe('a role other than all', () => {
  test.each(['gateway', 'worker'])('(%s) wants a database that processes can share', (ROLE) => {
    expect(complaint({ ...required, ROLE })).toMatch(/DATABASE_URL is missing/);
    expect(readConfig({ ...required, ROLE, DATABASE_URL: 'postgres://h/d' }).role).toBe(ROLE);
  });

  test('is told together with whatever else is bad', () => {
    expect(complaint({ ROLE: 'worker', QUOTA_CREDITS: 'x' })).toMatch(/DISCORD_TOKEN[\s\S]*DATABASE_URL is missing/);
  });
});

test('without a token the sandbox is pointed to; with one it is not', () => {
  expect(complaint({})).toContain('npm run sandbox');
  expect(complaint({ DISCORD_TOKEN: 'x' })).not.toContain('npm run sandbox');
});
