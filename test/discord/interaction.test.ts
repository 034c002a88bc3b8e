import { describe, expect, test } from 'vitest';
import { readCall, readCommand } from '#src/discord/calls.ts';
import { createdAt } from '#src/discord/interaction.ts';
import { readOptions, withPrivacy } from '#src/discord/options.ts';
import { kling } from '#src/domain/parameters.ts';
import { parseRequest } from '#src/domain/request.ts';
import { jpeg, png } from '#test/images.ts';
import { begin, mustRead } from './begin.ts';

/** The parts of a payload that a test changes. */
type Payload = Record<string, unknown> & { data: Record<string, unknown> };
const copy = (payload: object) => structuredClone(payload) as Payload;

describe('where a command comes from', () => {
  test('a server', async () => {
    const { discord, guild, channel, user, use } = await begin();
    const at = Date.now();

    const { it, call } = use({ at, attachmentSizeLimit: 50 * 2 ** 20, locale: 'nl' });

    expect(call).toMatchObject({ id: it.id, token: it.token, name: 'kling', userId: user.id, locale: 'nl' });
    expect(call.reply).toEqual({
      applicationId: discord.applicationId,
      token: it.token,
      tokenExpiresAt: new Date(at + 15 * 60_000),
      guildId: guild.id,
      channelId: channel.id,
      context: 'guild',
      messageId: null,
      parentId: null,
      isPrivate: false,
      sizeLimit: 50 * 2 ** 20,
      hasBot: true,
    });
  });

  test('a server that has only the member’s own install', async () => {
    const { discord, use } = await begin();
    const other = discord.addGuild({ bot: false });

    const { call } = use({ guildId: other.id, channelId: discord.addChannel({ guildId: other.id }).id });

    expect(call.reply).toMatchObject({ context: 'guild', guildId: other.id, hasBot: false });
  });

  test('a server with the bot, where the member has it installed too', async () => {
    const { use } = await begin();

    expect(use({ userInstall: true }).call.reply).toMatchObject({ context: 'guild', hasBot: true });
  });

  test('the DM with the bot', async () => {
    const { use, user } = await begin();

    const { call } = use({ context: 1 });

    expect(call).toMatchObject({ userId: user.id, reply: { context: 'bot-dm', guildId: null, hasBot: true } });
  });

  test('a group DM', async () => {
    const { use, user } = await begin();

    const { call } = use({ context: 2 });

    expect(call).toMatchObject({
      userId: user.id,
      reply: { context: 'private-channel', guildId: null, hasBot: false },
    });
  });

  test('a payload with only what is certain gets Discord’s defaults', async () => {
    const { it } = (await begin()).use({ context: 1 });
    const payload = copy(it.payload);
    for (const field of ['context', 'attachment_size_limit', 'locale', 'channel', 'authorizing_integration_owners'])
      delete payload[field];

    expect(readCommand(payload)).toMatchObject({
      locale: 'en-US',
      reply: { context: 'bot-dm', sizeLimit: 20 * 2 ** 20, hasBot: false, channelId: payload.channel_id },
    });
  });
});

test('a snowflake tells when it was made', () => {
  // Discord's own example (developers/reference, Snowflakes).
  expect(createdAt('175928847299117063')).toEqual(new Date('2016-04-30T11:18:25.796Z'));
});

describe('what the bot does not have', () => {
  test.each([
    ['a ping', { type: 1 }],
    ['an autocomplete', { type: 4 }],
    ['a kind of tomorrow', { type: 99, anything: [] }],
    ['a user command', { type: 2, data: { type: 2 } }],
  ])('%s is nothing to read', (_, payload) => {
    expect(readCall(payload)).toBeNull();
  });

  test.each([
    undefined,
    null,
    5,
    'x',
    [],
    {},
    { type: '2' },
    { type: 2 },
    { type: 2, data: null },
    { type: 2, data: { type: 1 } },
    { type: 3 },
    { type: 3, data: { custom_id: '' } },
    { type: 5, data: { custom_id: 'x', components: 'none' } },
  ])('%j throws', (payload) => {
    expect(() => readCall(payload)).toThrow();
  });

  test.each<[string, (payload: Payload) => void]>([
    ['no id', (payload) => delete payload.id],
    ['an id that is none', (payload) => Object.assign(payload, { id: '1; drop table' })],
    ['a number for an id', (payload) => Object.assign(payload, { id: 17592884729911 })],
    ['no token', (payload) => delete payload.token],
    ['an empty token', (payload) => Object.assign(payload, { token: '' })],
    ['neither member nor user', (payload) => delete payload.member],
    ['no channel', (payload) => ['channel', 'channel_id'].map((field) => delete payload[field])],
    ['a context nobody knows', (payload) => Object.assign(payload, { context: 3 })],
    ['options that are no list', (payload) => Object.assign(payload.data, { options: {} })],
    ['an option without name', (payload) => Object.assign(payload.data, { options: [{ type: 3, value: 'x' }] })],
    ['files that are none', (payload) => Object.assign(payload.data, { resolved: { attachments: { 1: { url: 5 } } } })],
    ['a size limit of nothing', (payload) => Object.assign(payload, { attachment_size_limit: 0 })],
  ])('a payload with %s throws', async (_, change) => {
    const payload = copy((await begin()).use().it.payload);
    change(payload);

    expect(() => readCommand(payload)).toThrow();
  });
});

describe('options', () => {
  const file = (name: string, bytes: Buffer, option?: string) => ({
    name,
    bytes,
    ...(option !== undefined && { option }),
  });

  test('of every kind arrive, the images in the order of their slots', async () => {
    const { use } = await begin();
    const options = {
      prompt: 'a fox',
      mode: 'std',
      multi_shots: true,
      duration: '10',
      sound: false,
      aspect_ratio: '1:1',
    };

    const { it, call } = use({
      options,
      attachments: [file('z.png', png(), 'image_2'), file('a.jpg', jpeg(), 'image')],
    });
    const { prompt, settings, images } = readOptions(call, kling);
    const offered = images.flatMap((image) => ('uploaded' in image ? [] : [image]));

    expect({ prompt, ...settings }).toEqual(options);
    expect(offered.map(({ name, contentType }) => [name, contentType])).toEqual([
      ['a.jpg', 'image/jpeg'],
      ['z.png', 'image/png'],
    ]);
    expect(offered[0]).toMatchObject({ size: jpeg().length });
    expect(JSON.stringify(it.payload)).toContain(offered[0]?.url);
  });

  const raw = async (
    options: readonly { name: string; type: number; value?: unknown }[],
    attachments: ReturnType<typeof file>[] = [],
  ) => {
    const { discord, use } = await begin();
    const { call } = use({ raw: true, options, attachments });
    return parseRequest(kling, readOptions(withPrivacy(call), kling), discord.cdnUrl);
  };
  const prompt = { name: 'prompt', type: 3, value: 'a fox' };

  test.each<[string, Parameters<typeof raw>[0], object]>([
    ['no options', [], { refused: 'prompt-empty' }],
    ['a prompt that is a number', [{ name: 'prompt', type: 4, value: 5 }], { refused: 'prompt-empty' }],
    [
      'a prompt that is a file',
      [{ name: 'prompt', type: 11, value: '175928847299117063' }],
      { refused: 'prompt-empty' },
    ],
    [
      'an option nobody declared',
      [prompt, { name: 'seed', type: 4, value: 5 }],
      { refused: 'unknown-option', name: 'seed' },
    ],
    [
      'an option called like a part of every object',
      [prompt, { name: '__proto__', type: 3, value: 'x' }],
      { refused: 'unknown-option', name: '__proto__' },
    ],
    [
      'the same, with an object',
      [prompt, { name: '__proto__', type: 3, value: { mode: 'std' } }],
      { refused: 'unknown-option', name: '__proto__' },
    ],
    ['a subcommand', [prompt, { name: 'sub', type: 1 }], { refused: 'unknown-option', name: 'sub' }],
    ['an unknown choice', [prompt, { name: 'mode', type: 3, value: 'ultra' }], { refused: 'setting', name: 'mode' }],
    [
      'a number for a choice',
      [prompt, { name: 'duration', type: 4, value: 5 }],
      { refused: 'setting', name: 'duration' },
    ],
    ['a text for private', [prompt, { name: 'private', type: 3, value: 'true' }], { refused: 'unknown-option' }],
    ['a text for a switch', [prompt, { name: 'sound', type: 3, value: 'true' }], { refused: 'setting', name: 'sound' }],
    [
      'an image that was not sent',
      [prompt, { name: 'image', type: 11, value: '175928847299117063' }],
      { refused: 'image', image: 'image', rule: 'host' },
    ],
    [
      'an image that is a text',
      [prompt, { name: 'image', type: 3, value: 'https://evil.example/a.png' }],
      { refused: 'image', rule: 'host' },
    ],
  ])('%s, as no client sends it', async (_, options, refusal) => {
    expect(await raw(options)).toMatchObject(refusal);
  });

  test.each([
    [true, true],
    [false, false],
    [undefined, false],
  ])('private %j is no wish of the model, and says who sees the answer', async (value, isPrivate) => {
    const { use } = await begin();
    const options = { prompt: 'a fox', ...(value !== undefined && { private: value }) };

    const call = withPrivacy(use({ options }).call);

    expect(call.reply.isPrivate).toBe(isPrivate);
    expect(readOptions(call, kling)).toEqual({ prompt: 'a fox', settings: {}, images: [] });
  });

  test('three files are too many', async () => {
    const files = ['image', 'image_2', 'image_3'].map((option) => file('a.png', png(), option));

    expect(await raw([prompt], files)).toEqual({ refused: 'too-many-images', maxImages: 2 });
  });

  test('a file under another name than a slot’s is an option nobody declared', async () => {
    expect(await raw([prompt], [file('a.png', png(), 'photo')])).toEqual({ refused: 'unknown-option', name: 'photo' });
  });

  test('a file from elsewhere is refused by its host', async () => {
    const { discord, use } = await begin();
    const lie = {
      ...file('a.png', png(), 'image'),
      overrides: { url: 'https://cdn.discordapp.com.evil.example/a.png' },
    };
    const call = mustRead(use({ attachments: [lie] }).it.payload);

    expect(parseRequest(kling, readOptions(call, kling), discord.cdnUrl)).toMatchObject({
      refused: 'image',
      image: 'a.png',
      rule: 'host',
    });
  });
});
