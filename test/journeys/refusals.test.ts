import { expect, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { gif, largestImage, png } from '#test/images.ts';
import { expectGoodEnd, privateAnswer, taskRows } from '#test/outcome.ts';

test('bad input is refused privately and exactly; nothing is charged and the provider is not called', async () => {
  await using world = await startWorld();
  const raw = { raw: true };
  const string = (name: string, value: unknown) => ({ name, type: 3, value });
  const prompt = string('prompt', 'a fox');
  const picture = { name: 'a.png', bytes: png() };

  const cases: [string, ReturnType<typeof world.kling>, RegExp][] = [
    [
      'a prompt over the limit',
      world.discord.interact({ ...place(), ...raw, options: [string('prompt', 'x'.repeat(2001))] }),
      /2,001 characters; at most 2,000/,
    ],
    [
      'a prompt of nothing but space',
      world.discord.interact({ ...place(), ...raw, options: [string('prompt', ' \n ')] }),
      /prompt is empty.*1 to 2,000/,
    ],
    ['no prompt at all', world.discord.interact({ ...place(), ...raw, options: [] }), /prompt is empty/],
    [
      'a choice that does not exist',
      world.discord.interact({ ...place(), ...raw, options: [prompt, string('duration', '99')] }),
      /`duration` can be 3 s, 4 s, .* or 15 s\./,
    ],
    [
      'a value of the wrong type',
      world.discord.interact({ ...place(), ...raw, options: [prompt, string('sound', 'true')] }),
      /`sound` can be true or false\./,
    ],
    [
      'an option that does not exist',
      world.discord.interact({ ...place(), ...raw, options: [prompt, string('seed`*', '1')] }),
      /no option `seed\*`/,
    ],
    [
      'three images',
      world.kling({}, { ...raw, attachments: [picture, picture, { ...picture, option: 'image_3' }] }),
      /At most 2 images/,
    ],
    [
      'a GIF',
      world.kling({}, { ...raw, attachments: [{ name: 'a.gif', bytes: gif() }] }),
      /a\\\.gif.*not a JPEG, PNG or WebP/,
    ],
    [
      'a picture of 11 MB',
      world.kling({}, { attachments: [{ name: 'big.png', bytes: png(largestImage + 2 ** 20) }] }),
      /big\\\.png.*larger than 10 MB/,
    ],
    [
      'an empty file',
      world.kling({}, { attachments: [{ name: 'none.png', bytes: new Uint8Array() }] }),
      /none\\\.png.*is empty/,
    ],
    [
      'a file on another host',
      world.kling({}, { attachments: [{ ...picture, overrides: { url: 'https://evil.example/a.png' } }] }),
      /a\\\.png.*not an attachment uploaded to Discord/,
    ],
  ];

  for (const [what, interaction, words] of cases) {
    const text = await privateAnswer(interaction);
    expect(text, what).toMatch(words);
    expect(text, what).toMatch(/Nothing was charged/);
  }
  expect(await taskRows(world)).toEqual([]);
  expect(world.rivya.tasks).toEqual([]);
  expect(world.rivya.files).toEqual([]);
  await expectGoodEnd(world);

  function place() {
    return { command: 'kling', userId: world.user.id, guildId: world.guild.id, channelId: world.channel.id };
  }
});

test('over the quota: what it costs, what is left and when it renews; the next period is not touched', async () => {
  await using world = await startWorld({ env: { QUOTA_CREDITS: '100', QUOTA_PERIOD: 'week' } });

  await world.kling().waitFor(({ attachments }) => attachments.length === 1);
  const text = await privateAnswer(world.kling());

  expect(text).toMatch(/costs 90 credits and you have 10 left of 100\. Your allowance renews <t:\d+:R>\./);
  const monday = new Date(Number(/<t:(\d+):R>/.exec(text)?.[1]) * 1000);
  expect(monday.getTime()).toBeGreaterThan(Date.now());
  expect([monday.getUTCDay(), monday.getUTCHours(), monday.getUTCMinutes()]).toEqual([1, 0, 0]);
  expect(world.rivya.tasks).toHaveLength(1);
  await expectGoodEnd(world);
});

test('over the budget, and with a full line: which rule and when it changes', async () => {
  await using world = await startWorld({
    env: { BUDGET_CREDITS: '270', MAX_WAITING_TASKS_PER_USER: '1', MAX_ACTIVE_TASKS_PER_USER: '1' },
    rivya: { render: 'manual' },
  });
  const { discord, guild, channel } = world;

  world.kling();
  await eventually(() => world.rivya.tasks.length === 1, '1 tasks at the provider');
  const second = world.kling();
  await second.callback;
  const full = await privateAnswer(world.kling());
  const other = discord.addUser({ name: 'bob' });
  discord.addMember(guild.id, other.id);
  const place = { command: 'kling', userId: other.id, guildId: guild.id, channelId: channel.id };
  await discord.interact({ ...place, options: { prompt: 'third' } }).callback;
  const over = await privateAnswer(discord.interact({ ...place, userId: discord.ownerId, options: { prompt: 'x' } }));

  expect(full).toMatch(/You have 1 videos? waiting/);
  expect(over).toMatch(/community has 0 credits left.*renews <t:\d+:R>/);
  expect((await taskRows(world)).map(({ status }) => status)).toHaveLength(3);
  expect(discord.violations).toEqual([]);
});

test('strangers are told so; members of an allowed server may ask from anywhere', async () => {
  await using outside = await startWorld({ env: { ALLOWED_GUILD_IDS: '100000000000000009' } });
  const refused = await privateAnswer(outside.kling());
  const operator = outside.discord.interact({
    command: 'kling',
    options: { prompt: 'mine' },
    userId: outside.discord.ownerId,
    context: 1,
  });
  await operator.waitFor(({ attachments }) => attachments.length === 1);

  expect(refused).toMatch(/for members of the servers that run it/);
  expect(await taskRows(outside)).toHaveLength(1);

  const bot = await outside.boot({ ALLOWED_GUILD_IDS: outside.guild.id });
  await outside.bot?.kill('SIGKILL');
  const fromDm = outside.discord.interact({
    command: 'kling',
    options: { prompt: 'from a DM' },
    userId: outside.user.id,
    context: 1,
  });
  await fromDm.waitFor(({ attachments }) => attachments.length === 1);
  const stranger = outside.discord.addUser({ name: 'eve' });
  const no = await privateAnswer(
    outside.discord.interact({ command: 'kling', options: { prompt: 'x' }, userId: stranger.id, context: 1 }),
  );
  expect(no).toMatch(/for members of the servers/);
  const asked = outside.discord.requests.filter(({ path }) => /\/members\//.test(path));
  expect(asked.length).toBeGreaterThanOrEqual(2);
  await bot.kill('SIGTERM');
});
