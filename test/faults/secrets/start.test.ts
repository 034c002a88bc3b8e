import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { startWorld, type World } from '#test/bot.ts';
import { spawnBot } from '#test/bot-process.ts';
import { eventually } from '#test/eventually.ts';
import { makeSecrets } from './search.ts';
import { unguessable } from './world.ts';

describe.concurrent('a start that fails', () => {
  const secrets = makeSecrets();
  const secret = () => {
    const value = unguessable('v');
    secrets.add('a variable', value);
    return value;
  };
  async function failedStart(environment: Readonly<Record<string, string>>): Promise<string> {
    const bot = spawnBot({ LOG_LEVEL: 'trace', ...environment });
    try {
      expect(await bot.exited).toBe(1);
      await eventually(() => bot.output() !== '', 'its reason');
      return bot.output();
    } finally {
      await bot.kill('SIGKILL');
    }
  }

  test('over its environment names what is bad and repeats none of it', async () => {
    const text = await readFile('.env.example', 'utf8');
    const names = [...text.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name = '']) => name);

    const said = await failedStart(Object.fromEntries(names.map((name) => [name, `${secret()} é`])));

    expect(names.length).toBeGreaterThan(20);
    // Any text is a file, a folder or a host; whether there is one shows later.
    const later = ['DATA_DIR', 'BLOCKLIST_FILE', 'HTTP_HOST'];
    for (const name of names) if (!later.includes(name)) expect(said).toContain(name);
    expect(secrets.findIn(said)).toEqual([]);
  });

  test.each<[string, (world: World) => Readonly<Record<string, string>>]>([
    ['a token that Discord refuses', () => ({ DISCORD_TOKEN: secret() })],
    ['a key that the provider refuses', () => ({ RIVYA_API_KEY: secret() })],
    ['a database that nobody reaches', () => ({ DATABASE_URL: `postgres://bot:${secret()}@127.0.0.1:1/bot` })],
    ['a database that is not there', ({ databaseUrl }) => ({ DATABASE_URL: elsewhere(databaseUrl, secret()) })],
    ['an address that is none', () => ({ DATABASE_URL: `postgres://bot:${secret()}@[::1/bot` })],
    ['a password that is not escaped', () => ({ DATABASE_URL: `postgres://bot:${secret()}%zz@127.0.0.1:1/bot` })],
    ['a folder that cannot be made', () => ({ DATABASE_URL: '', DATA_DIR: `package.json/${secret()}` })],
    ['a host that nobody knows', () => ({ HTTP_PORT: '65001', HTTP_HOST: `${secret()}.invalid` })],
    [
      'a Discord that says something else',
      ({ discord }) => {
        discord.faults.add({ route: '/applications/@me', status: 200, body: { id: [secret()], name: secret() } });
        return {};
      },
    ],
    [
      'a Discord that refuses everything',
      ({ discord }) => {
        discord.faults.add({ route: '/applications/@me', status: 403, body: { message: secret(), code: 0 } });
        return {};
      },
    ],
    [
      'a gateway that refuses the bot',
      ({ discord }) => {
        discord.gateway.fault({ closeOnIdentify: 4004, times: 9 });
        return {};
      },
    ],
  ])('over %s tells why without it', async (_, prepare) => {
    await using world = await startWorld({ start: false });
    secrets.add('the bot’s token', world.discord.botToken);
    secrets.add('the provider’s key', world.rivya.apiKey);

    const said = await failedStart({ ...world.environment, ...prepare(world) });

    expect(said).toMatch(/^[A-Z].*\.$/m);
    expect(secrets.findIn(said)).toEqual([]);
  });
});

function elsewhere(databaseUrl: string, name: string): string {
  const url = new URL(databaseUrl);
  url.pathname = name;
  return url.href;
}
