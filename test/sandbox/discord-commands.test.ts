import { describe, expect, test } from 'vitest';
import { asker, begin, kling, no, prompt } from './discord-raw.ts';

async function declare() {
  const world = await begin();
  const path = `/applications/${world.discord.applicationId}/commands`;
  const put = (body: unknown) => world.ask('PUT', path, { body });
  const get = (query = '') => world.ask('GET', `${path}${query}`);
  return { ...world, put, get };
}
const option = (more: object = {}) => ({ type: 3, name: 'a', description: 'b', ...more });
const withOptions = (...options: object[]) => [{ ...kling, options }];

describe('declaring commands', () => {
  test('comes back with what Discord adds, and without what it leaves out', async () => {
    const { put, get, discord } = await declare();
    const declared = {
      ...kling,
      type: 1,
      name_localizations: { nl: 'film', 'zh-CN': '视频' },
      contexts: [0, 1, 2],
      integration_types: [0, 1],
      options: [
        prompt,
        option({ required: false, choices: [{ name: 'x', value: 'x', name_localizations: { nl: 'y' } }] }),
      ],
    };

    const { status, body } = await put([declared]);
    const plain = await get();
    const full = await get('?with_localizations=true');

    expect(status).toBe(200);
    expect(full.body).toEqual(body);
    expect(body).toMatchObject([
      {
        application_id: discord.applicationId,
        default_member_permissions: null,
        name_localizations: { nl: 'film', 'zh-CN': '视频' },
        description_localizations: null,
        dm_permission: true,
        contexts: [0, 1, 2],
        integration_types: [0, 1],
        nsfw: false,
        options: [{ required: true }, { choices: [{ name_localizations: { nl: 'y' } }] }],
      },
    ]);
    expect(body).not.toHaveProperty('0.options.1.required');
    expect(plain.body).toMatchObject([{ name_localizations: null }]);
    expect(JSON.stringify(plain.body)).not.toContain('film');
    expect(discord.violations).toEqual([]);
  });

  test('keeps the id of a name it knows, changes the version, forgets what is not listed', async () => {
    const { put } = await declare();
    const first = await put([kling, { ...kling, name: 'history' }]);
    const second = await put([{ ...kling, description: 'Other words' }]);
    const third = await put([{ ...kling, description: 'Other words' }]);

    expect(second.body).toHaveLength(1);
    const [a, b, c] = [first, second, third].map(({ body }) => (Array.isArray(body) ? body[0] : undefined));
    expect([b.id, c.id]).toEqual([a.id, a.id]);
    expect(b.version).not.toBe(a.version);
    expect(c.version).toBe(b.version);
  });

  test('a server has its own', async () => {
    const { ask, discord, guild } = await declare();

    const { body } = await ask('PUT', `/applications/${discord.applicationId}/guilds/${guild.id}/commands`, {
      body: [{ name: 'grant', description: 'Give credits', default_member_permissions: '0' }],
    });

    expect(body).toMatchObject([
      { name: 'grant', guild_id: guild.id, default_member_permissions: '0', contexts: null },
    ]);
    expect(discord.commands.find('grant')).toBeUndefined();
    expect(discord.commands.find('grant', guild.id)?.command.description).toBe('Give credits');
  });

  test.each([
    ['a name in capitals', [{ ...kling, name: 'Kling' }]],
    ['a name with a space', [{ ...kling, name: 'kling video' }]],
    ['no description', [{ name: 'kling' }]],
    ['a description of 101', [{ ...kling, description: 'x'.repeat(101) }]],
    ['an unknown property', [{ ...kling, colour: 1 }]],
    ['an unknown property of an option', withOptions(option({ colour: 1 }))],
    ['an unknown locale', [{ ...kling, name_localizations: { xx: 'film' } }]],
    ['an unknown type of option', withOptions(option({ type: 12 }))],
    ['26 options', withOptions(...Array.from({ length: 26 }, (_, i) => option({ name: `o${i}` })))],
    [
      '26 choices',
      withOptions(option({ choices: Array.from({ length: 26 }, (_, i) => ({ name: `c${i}`, value: `${i}` })) })),
    ],
    ['a required option after an optional one', withOptions(option(), option({ name: 'c', required: true }))],
    ['an option twice', withOptions(option(), option())],
    [
      'an option whose translation is taken',
      withOptions(option(), option({ name: 'c', name_localizations: { nl: 'a' } })),
    ],
    ['choices with autocomplete', withOptions(option({ autocomplete: true, choices: [{ name: 'x', value: 'x' }] }))],
    ['a choice of a wrong type', withOptions(option({ choices: [{ name: 'x', value: 1 }] }))],
    ['a longest text over 6000', withOptions(option({ max_length: 6001 }))],
    [
      'eleven file types',
      withOptions({ ...option({ type: 11 }), file_types: Array.from({ length: 11 }, (_, i) => `.x${i}`) }),
    ],
    ['the same command twice', [kling, kling]],
    ['101 commands', Array.from({ length: 101 }, (_, i) => ({ ...kling, name: `k${i}`, options: [] }))],
    ['permissions as a number', [{ ...kling, default_member_permissions: 8 }]],
    ['a context twice', [{ ...kling, contexts: [0, 0] }]],
    [
      'more than 8000 characters',
      withOptions(
        ...Array.from({ length: 25 }, (_, i) =>
          option({
            name: `o${i}`,
            choices: Array.from({ length: 3 }, (_, j) => ({
              name: `${i}${j}`.padEnd(100, 'n'),
              value: `${j}`.padEnd(10, 'v'),
            })),
          }),
        ),
      ),
    ],
  ])('%s is refused, and nothing changes', async (_, body) => {
    const { put, discord } = await declare();

    expect(await put(body)).toMatchObject(no(400, 50035));
    expect(discord.commands.list().map(({ command }) => command.name)).toEqual(['kling']);
    expect(discord.violations).toHaveLength(1);
  });

  test('the refusal names the place', async () => {
    const { put } = await declare();

    const { body } = await put([kling, { ...kling, name: 'b', options: [prompt, option({ description: '' })] }]);

    expect(body).toMatchObject({
      errors: { 1: { options: { 1: { description: { _errors: [{ code: expect.any(String) }] } } } } },
    });
  });

  test('an install type that is not enabled is refused', async () => {
    const { ask, discord } = await begin({ installTypes: [0] });

    const said = await ask('PUT', `/applications/${discord.applicationId}/commands`, {
      body: [{ ...kling, integration_types: [0, 1] }],
    });

    expect(said).toMatchObject(no(400, 50035));
  });

  test('two hundred new names a day are enough', async () => {
    const { put, discord } = await declare();
    const some = (from: number) => Array.from({ length: 100 }, (_, i) => ({ name: `k${from + i}`, description: 'x' }));

    expect((await put(some(0))).status).toBe(200);
    expect(await put(some(100))).toMatchObject(no(400, 30034));
    expect(discord.violations).toEqual([]);
  });

  test('another application, another token', async () => {
    const { ask, discord } = await declare();

    expect(await ask('GET', '/applications/42/commands')).toMatchObject(no(403, 20012));
    expect(await asker(discord)('GET', '/users/@me', { auth: 'Bot wrong' })).toMatchObject(no(401, 0));
  });
});

describe('using a command', () => {
  test.each([
    ['unknown command', { command: 'nope' }, /no command/],
    ['no prompt', { options: {} }, /prompt is required/],
    ['an unknown option', { options: { prompt: 'x', size: 'big' } }, /size is no option/],
    ['a wrong type', { options: { prompt: 7 } }, /not a string/],
    ['a prompt that is too long', { options: { prompt: 'x'.repeat(2001) } }, /2001 characters/],
    ['a file type that is not offered', { attachments: [{ name: 'a.txt', bytes: Buffer.from('x') }] }, /file type/],
  ])('%s: the client would not send it, unless raw', async (_, wish, why) => {
    const { use } = await begin();

    expect(() => use(wish)).toThrow(why);
    expect(use({ ...wish, raw: true }).payload).toHaveProperty('data.name');
  });

  test('the event tells what Discord tells in a server', async () => {
    const { use, discord, guild, channel } = await begin();
    const user = discord.addUser({ name: 'ada' });

    const it = use({
      userId: user.id,
      locale: 'nl',
      attachmentSizeLimit: 1000,
      attachments: [{ name: 'a.png', bytes: Buffer.from('png') }],
    });

    const { data } = it.payload;
    expect(it.payload).toMatchObject({
      id: it.id,
      application_id: discord.applicationId,
      type: 2,
      token: it.token,
      version: 1,
      context: 0,
      locale: 'nl',
      guild_locale: 'en-US',
      guild_id: guild.id,
      channel_id: channel.id,
      channel: { id: channel.id, type: 0 },
      member: { user: { id: user.id, username: 'ada' } },
      app_permissions: expect.stringMatching(/^\d+$/),
      authorizing_integration_owners: { 0: guild.id },
      attachment_size_limit: 1000,
      entitlements: [],
      data: {
        name: 'kling',
        type: 1,
        options: [
          { name: 'prompt', type: 3, value: 'a red fox' },
          { name: 'image', type: 11 },
        ],
      },
    });
    expect(it.payload).not.toHaveProperty('user');
    expect(Object.values(Object(data).resolved.attachments)).toMatchObject([
      {
        filename: 'a.png',
        size: 3,
        content_type: 'image/png',
        ephemeral: true,
        url: expect.stringContaining(discord.cdnUrl),
      },
    ]);
  });

  test('a member comes with their roles and permissions as they are at that moment', async () => {
    const { use, ask, discord, guild } = await begin();
    const { id: userId } = discord.addUser({ name: 'ada' });
    discord.addMember(guild.id, userId, { roles: ['42'], permissions: 32n });

    const before = use({ userId });
    discord.addMember(guild.id, userId, { roles: [] });
    const after = use({ userId });

    expect(before.payload).toMatchObject({ member: { roles: ['42'], permissions: '32' } });
    expect(after.payload).toMatchObject({ member: { roles: [], permissions: '32' }, channel: { permissions: '32' } });
    discord.addMember(guild.id, userId, { roles: ['43'] });
    expect(await ask('GET', `/guilds/${guild.id}/members/${userId}`)).toMatchObject({ body: { roles: ['43'] } });
  });

  test('is not offered where the place or the way of installing does not fit', async () => {
    const { put, discord, guild } = await declare();
    const send = (where: object) => () => discord.interact({ command: 'kling', options: { prompt: 'x' }, ...where });

    await put([{ ...kling, contexts: [0], integration_types: [0] }]);

    expect(send({ guildId: guild.id })).not.toThrow();
    expect(send({ context: 1 })).toThrow(/not offered in this context/);
    expect(send({ guildId: discord.addGuild({ bot: false }).id })).toThrow(/installs it for themselves/);
  });

  test('waits until the bot has declared it', async () => {
    const { put, discord } = await declare();
    const waiting = discord.commands.waitFor('history', 5000);

    await put([{ ...kling, name: 'history' }]);

    expect((await waiting).command.name).toBe('history');
    expect(discord.commands.writes).toBe(2);
  });

  test('a DM has a user and no server; a private channel only the installer', async () => {
    const { discord } = await begin();
    const send = (context: 1 | 2) => discord.interact({ command: 'kling', context, options: { prompt: 'x' } });
    const [dm, group] = [send(1), send(2)];

    expect(dm.payload).toMatchObject({
      context: 1,
      user: { id: discord.ownerId },
      authorizing_integration_owners: { 0: '0' },
    });
    expect(group.payload).toMatchObject({
      context: 2,
      channel: { type: 3 },
      authorizing_integration_owners: { 1: discord.ownerId },
    });
    for (const { payload } of [dm, group]) expect(payload).not.toHaveProperty('guild_id');
  });
});
