import { describe, expect, onTestFinished, test } from 'vitest';
import { commands, declarations } from '#commands/index.ts';
import { kling as command } from '#commands/kling.ts';
import { klingAdmin } from '#commands/kling-admin.ts';
import { klingSettings } from '#commands/kling-settings.ts';
import { type DiscordOptions, startDiscord } from '#sandbox/discord/discord.ts';
import type { Command, Declaration } from '#src/discord/command.ts';
import { isSame, registerCommands, withheld } from '#src/discord/registration.ts';
import { openRests } from '#src/discord/rest.ts';
import { kling } from '#src/domain/parameters.ts';

async function begin(options: DiscordOptions = {}) {
  const discord = await startDiscord(options);
  onTestFinished(() => discord.close());
  const { bot } = openRests(discord.url, discord.botToken);
  const register = (
    declared: readonly Declaration[] = [command.declaration],
    installTypes: readonly number[] = options.installTypes ?? [0, 1],
    guildId: string | null = null,
  ) => registerCommands(bot, { id: discord.applicationId, installTypes }, declared, guildId);
  const puts = () => discord.requests.filter(({ method }) => method === 'PUT').length;
  return { discord, register, puts };
}

describe('/kling as declared', () => {
  const { declaration } = command;
  const options = declaration.options ?? [];

  test('stays within what Discord allows', () => {
    const texts = [declaration, ...options].flatMap(({ name, description, ...rest }) => [
      ...[name, description],
      ...('choices' in rest ? (rest.choices ?? []) : []).flatMap((choice) => [choice.name, String(choice.value)]),
    ]);

    expect(commands).toContain(command);
    expect(options.length).toBeLessThanOrEqual(25);
    expect(texts.join('').length).toBeLessThan(8000);
    for (const { name, description, name_localizations, description_localizations } of options) {
      for (const one of [name, ...Object.values(name_localizations ?? {})]) {
        expect(one).toMatch(/^[-_'\p{L}\p{N}]{1,32}$/u);
        expect(one).toBe(one?.toLowerCase());
      }
      for (const one of [description, ...Object.values(description_localizations ?? {})]) {
        expect([one, (one?.length ?? 0) >= 1 && (one?.length ?? 0) <= 100]).toEqual([one, true]);
      }
    }
  });

  test('its description names the cost in every language', () => {
    const all = [declaration.description, ...Object.values(declaration.description_localizations ?? {})];

    expect(all).toHaveLength(3);
    for (const one of all) {
      expect(one).toContain('90');
      expect(one?.length).toBeLessThanOrEqual(100);
    }
  });

  test('is offered in servers, in the DM with the bot and in private channels', () => {
    expect(declaration.contexts).toEqual([0, 1, 2]);
  });

  test('takes prompt, five parameters, two images, and whether the answer is private', () => {
    const named = (name: string) => options.find((option) => option.name === name);

    expect(options.map(({ name, type }) => [name, type])).toEqual([
      ...[
        ['prompt', 3],
        ['mode', 3],
        ['multi_shots', 5],
        ['duration', 3],
        ['sound', 5],
      ],
      ...[
        ['aspect_ratio', 3],
        ['image', 11],
        ['image_2', 11],
        ['private', 5],
      ],
    ]);
    expect(named('prompt')).toMatchObject({ required: true, min_length: 1, max_length: 2000 });
    expect(named('image')).toMatchObject({ required: false, file_types: ['.jpg', '.jpeg', '.png', '.webp'] });
    expect(named('duration')).toMatchObject({ name_localizations: { 'zh-CN': '视频时长', nl: 'duur' } });
    const choices = Object.entries(kling.parameters).flatMap(([name, parameter]) =>
      parameter.kind === 'choice' ? [[name, parameter.options] as const] : [],
    );
    for (const [name, values] of choices) {
      expect(named(name)).toMatchObject({ choices: values.map((value) => ({ value })) });
    }
  });
});

describe('a start', () => {
  test('finds all that the bot has where it wrote it, commands of menus too', async () => {
    const { register, puts } = await begin();

    expect(await register(declarations)).toBe(true);
    expect(await register(declarations)).toBe(false);
    expect(puts()).toBe(1);
  });

  test('writes the commands once; the next ones find them and write nothing', async () => {
    const { discord, register, puts } = await begin();

    expect(await register()).toBe(true);
    expect(await register()).toBe(false);
    expect(await register()).toBe(false);

    expect(puts()).toBe(1);
    expect(discord.commands.find('kling')?.command).toMatchObject({ contexts: [0, 1, 2], integration_types: [0, 1] });
    expect(discord.violations).toEqual([]);
  });

  const changed = (change: (options: Record<string, unknown>[]) => void): Declaration => {
    const declaration = structuredClone(command.declaration) as Command['declaration'];
    change(declaration.options as unknown as Record<string, unknown>[]);
    return declaration;
  };
  const at = (options: Record<string, unknown>[], index: number) => options[index] ?? {};

  test.each<[string, Declaration]>([
    ['its description', { ...command.declaration, description: 'Other' }],
    ['a translation', { ...command.declaration, description_localizations: { nl: 'Anders' } }],
    // "id" is a field that Discord adds to a command, and the key of Indonesian.
    [
      'an added language',
      {
        ...command.declaration,
        description_localizations: { ...command.declaration.description_localizations, id: 'Ubah' },
      },
    ],
    ['where it is offered', { ...command.declaration, contexts: [0, 1] }],
    ['who may see it', { ...command.declaration, default_member_permissions: '0' }],
    ['the order of its options', changed((options) => options.splice(2, 0, ...options.splice(1, 1)))],
    ['a limit', changed((options) => Object.assign(at(options, 0), { max_length: 1999 }))],
    ['one choice fewer', changed((options) => (at(options, 3).choices as unknown[]).pop())],
    [
      "a choice's name",
      changed((options) => Object.assign((at(options, 1).choices as object[])[0] ?? {}, { name: 'Std' })),
    ],
    ['an option fewer', changed((options) => options.pop())],
    ['file types', changed((options) => Object.assign(at(options, 6), { file_types: ['.png'] }))],
  ])('that changes %s writes once', async (_, declaration) => {
    const { discord, register, puts } = await begin();
    await register();

    expect(await register([declaration])).toBe(true);
    expect(await register([declaration])).toBe(false);
    expect(puts()).toBe(2);
    expect(discord.violations).toEqual([]);
  });

  test('that lost a command, or has one more, writes', async () => {
    const { discord, register } = await begin();
    const other = { ...command.declaration, name: 'other' };

    expect(await register([command.declaration, other])).toBe(true);
    expect(await register([other, command.declaration])).toBe(false);
    expect(await register()).toBe(true);
    expect(discord.commands.list().map((one) => one.command.name)).toEqual(['kling']);
  });

  test.each([[[0]], [[1]], [[0, 1]]] as const)(
    'of an application installed by %j declares just that',
    async (installTypes) => {
      const { discord, register } = await begin({ installTypes });

      expect(await register()).toBe(true);
      expect(await register()).toBe(false);
      expect(discord.commands.find('kling')?.command.integration_types).toEqual(installTypes);
      expect(discord.violations).toEqual([]);
    },
  );

  test('that Discord refuses fails, and what Discord has stays', async () => {
    const { discord, register } = await begin();
    await register();
    const refused = { ...command.declaration, description: 'x'.repeat(101) };

    await expect(register([refused])).rejects.toMatchObject({ status: 400, code: 50035 });
    expect(discord.commands.find('kling')?.command).toMatchObject({ description: command.declaration.description });
  });
});

describe('the commands of operators', () => {
  const declared = [klingAdmin.declaration];

  test('are written once into their own server, and into no other list', async () => {
    const { discord, register, puts } = await begin();
    const { id } = discord.addGuild({ name: 'Operators' });

    expect(await register(declared, [0, 1], id)).toBe(true);
    expect(await register(declared, [0, 1], id)).toBe(false);
    expect(await register([{ ...klingAdmin.declaration, description: 'Other' }], [0, 1], id)).toBe(true);

    expect(puts()).toBe(2);
    expect(discord.commands.list(id).map((one) => one.command.name)).toEqual(['kling-admin']);
    expect(discord.commands.list()).toEqual([]);
    expect(discord.violations).toEqual([]);
  });

  test('without a server of their own are offered to administrators alone', async () => {
    const { discord, register } = await begin();

    expect(await register([withheld(klingAdmin.declaration)])).toBe(true);
    expect(await register([withheld(klingAdmin.declaration)])).toBe(false);

    const registered = discord.commands.find('kling-admin')?.command;
    expect(registered).toMatchObject({ default_member_permissions: '0', contexts: [0, 1] });
    expect(discord.violations).toEqual([]);
  });

  test('in a server that the bot has left fail, and leave the other commands as they are', async () => {
    const { discord, register } = await begin();
    const { id } = discord.addGuild({ bot: false });
    await register();

    await expect(register(declared, [0, 1], id)).rejects.toMatchObject({ status: 403, code: 50001 });
    expect(discord.commands.find('kling')).toBeDefined();
  });

  test('that cannot be installed in any enabled way are left out, and the rest is written', async () => {
    const { discord, register } = await begin({ installTypes: [1] });

    expect(await register([command.declaration, klingSettings.declaration])).toBe(true);
    expect(await register([command.declaration, klingSettings.declaration])).toBe(false);
    expect(discord.commands.list().map((one) => one.command.name)).toEqual(['kling']);
  });
});

test('what Discord adds, leaves out or sorts its own way is no difference', () => {
  const declared = [
    {
      name: 'a',
      description: 'A',
      contexts: [0, 1],
      integration_types: [0],
      options: [{ name: 'o', description: 'O', type: 3, required: false, name_localizations: { nl: 'x' } }],
    },
  ];
  const present = [
    {
      ...{ id: '1', application_id: '2', version: '3', type: 1, nsfw: false, dm_permission: true },
      ...{ default_member_permissions: null, name_localizations: null, description_localizations: {} },
      ...{ name: 'a', description: 'A', contexts: [1, 0], integration_types: [0] },
      options: [
        {
          type: 3,
          name: 'o',
          name_localizations: { nl: 'x' },
          description: 'O',
          description_localizations: null,
          choices: [],
        },
      ],
    },
  ];

  expect(isSame(declared, present)).toBe(true);
  expect(isSame(declared, [])).toBe(false);
  expect(isSame([], present)).toBe(false);
  expect(isSame([{ ...declared[0], nsfw: true }], present)).toBe(false);
  expect(isSame([{ ...declared[0], contexts: [0] }], present)).toBe(false);
});
