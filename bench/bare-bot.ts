import { createRequire } from 'node:module';
import { Client, Events, GatewayIntentBits, type RESTOptions, Routes } from 'discord.js';

// The least a discord.js bot can be: each interaction gets the same message, nothing is remembered. Its limit of 50
// requests a second is lifted, as Discord does not count these, and its connections are the bot's.
const { DISCORD_TOKEN = '', DISCORD_API_URL = '', BENCH_ANSWER = '{}' } = process.env;
const fromDiscord = createRequire(createRequire(import.meta.url).resolve('discord.js'));
const { Agent } = createRequire(fromDiscord.resolve('@discordjs/rest'))('undici') as {
  Agent: new (options: object) => NonNullable<RESTOptions['agent']>;
};
const client = new Client({
  intents: [GatewayIntentBits.Guilds],
  rest: {
    api: DISCORD_API_URL,
    version: '10',
    globalRequestsPerSecond: Number.POSITIVE_INFINITY,
    agent: new Agent({ connections: 256, keepAliveTimeout: 30_000 }),
  },
});
const body = { type: 4, data: JSON.parse(BENCH_ANSWER) as unknown };
const query = new URLSearchParams({ with_response: 'true' });

client.on(Events.InteractionCreate, ({ id, token }) => {
  client.rest.post(Routes.interactionCallback(id, token), { body, query, auth: false }).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
process.once('SIGTERM', () => void client.destroy().finally(() => process.exit(0)));
await client.login(DISCORD_TOKEN);
