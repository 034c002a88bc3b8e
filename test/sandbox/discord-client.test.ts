import { type APIInteraction, Client, GatewayDispatchEvents, GatewayIntentBits, REST, Routes } from 'discord.js';
import { expect, onTestFinished, test } from 'vitest';
import { type DiscordStandIn, startDiscord } from '#sandbox/discord/discord.ts';
import { ownAgent } from '#src/discord/rest.ts';

// The real library against the stand-in: what it needs in order to log in, answer, upload and come back.

const declaration = {
  name: 'kling',
  description: 'Make a video',
  contexts: [0, 1, 2],
  integration_types: [0, 1],
  options: [
    { type: 3, name: 'prompt', description: 'What to show', required: true, max_length: 2000 },
    { type: 11, name: 'image', description: 'Where it starts', file_types: ['image'] },
  ],
};

async function begin() {
  const discord = await startDiscord();
  onTestFinished(() => discord.close());
  const guild = discord.addGuild({ name: 'Home' });
  discord.addChannel({ guildId: guild.id });
  const rest = new REST({ api: discord.url, version: '10', agent: ownAgent() }).setToken(discord.botToken);
  await rest.put(Routes.applicationCommands(discord.applicationId), { body: [declaration] });
  return { discord, guild, rest };
}

async function login(discord: DiscordStandIn, seen: APIInteraction[]) {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    rest: { api: discord.url, version: '10', agent: ownAgent() },
  });
  onTestFinished(() => client.destroy());
  client.ws.on(GatewayDispatchEvents.InteractionCreate, (event: APIInteraction) => seen.push(event));
  const ready = new Promise<void>((resolve) => client.once('clientReady', () => resolve()));
  await client.login(discord.botToken);
  await ready;
  return client;
}

test('a discord.js client logs in, sees its servers and gets an interaction', async () => {
  const { discord, guild } = await begin();
  const seen: APIInteraction[] = [];

  const client = await login(discord, seen);
  const interaction = discord.interact({ command: 'kling', guildId: guild.id, options: { prompt: 'a red fox' } });

  await expect.poll(() => seen.length).toBe(1);
  expect(client.user?.id).toBe(discord.botUserId);
  expect(client.guilds.cache.get(guild.id)?.name).toBe('Home');
  expect(seen[0]).toMatchObject({ id: interaction.id, guild_id: guild.id, context: 0, data: { name: 'kling' } });
  expect(discord.violations).toEqual([]);
});

test('an answer and an upload through discord.js REST become the reply', async () => {
  const { discord, guild, rest } = await begin();
  const it = discord.interact({ command: 'kling', guildId: guild.id, options: { prompt: 'a red fox' } });

  const said = await rest.post(Routes.interactionCallback(it.id, it.token), {
    auth: false,
    query: new URLSearchParams({ with_response: 'true' }),
    body: { type: 4, data: { content: 'Accepted', allowed_mentions: { parse: [] } } },
  });
  await rest.patch(Routes.webhookMessage(discord.applicationId, it.token), {
    auth: false,
    body: { content: 'Done', allowed_mentions: { parse: [] } },
    files: [{ name: 'video.mp4', data: Buffer.from('not really a video') }],
  });

  expect(said).toMatchObject({ interaction: { id: it.id, response_message_ephemeral: false }, resource: { type: 4 } });
  expect((await it.callback).type).toBe(4);
  expect(it.states.map(({ message }) => message.content)).toEqual(['Accepted', 'Done']);
  expect(it.reply()?.attachments[0]).toMatchObject({ filename: 'video.mp4', content_type: 'video/mp4', size: 18 });
  expect(it.uploads()[0]?.bytes?.toString()).toBe('not really a video');
  expect(discord.violations).toEqual([]);
});

test('a client that was cut off resumes and gets what it missed, once', async () => {
  const { discord, guild } = await begin();
  const seen: APIInteraction[] = [];
  await login(discord, seen);

  discord.gateway.drop();
  await discord.gateway.waitFor(() => discord.gateway.connected() === 0, 5000, 'the drop');
  const it = discord.interact({ command: 'kling', guildId: guild.id, options: { prompt: 'missed' } });

  await expect.poll(() => seen.map(({ id }) => id), { timeout: 10_000 }).toEqual([it.id]);
  expect(discord.gateway.resumes).toBe(1);
  expect(discord.gateway.identifies).toBe(1);
});

test('after an invalid session the client identifies anew', async () => {
  const { discord } = await begin();
  const client = await login(discord, []);
  const back = new Promise<void>((resolve) => client.once('shardReady', () => resolve()));

  discord.gateway.invalidate();
  await back;

  expect(discord.gateway.identifies).toBe(2);
  expect(discord.gateway.resumes).toBe(0);
}, 20_000);

test('a wrong token is closed with 4004 and never becomes ready', async () => {
  const { discord } = await begin();
  const client = new Client({ intents: [], rest: { api: discord.url, version: '10', agent: ownAgent() } });
  onTestFinished(() => client.destroy());

  await expect(client.login('wrong')).rejects.toThrow(/token/i);
  expect(discord.gateway.connected()).toBe(0);
});
