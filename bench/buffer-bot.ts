import { createRequire } from 'node:module';
import { REST, type RESTOptions, Routes } from 'discord.js';

// The usual way: fetch the video whole, hand it to discord.js as a buffer. All at once, as told by the parent.
export type Parcel = { readonly url: string; readonly applicationId: string; readonly token: string };

const fromDiscord = createRequire(createRequire(import.meta.url).resolve('discord.js'));
const { Agent } = createRequire(fromDiscord.resolve('@discordjs/rest'))('undici') as {
  Agent: new (options: object) => NonNullable<RESTOptions['agent']>;
};
const rest = new REST({
  api: process.env.DISCORD_API_URL ?? '',
  version: '10',
  globalRequestsPerSecond: Number.POSITIVE_INFINITY,
  agent: new Agent({ connections: 256, keepAliveTimeout: 30_000 }),
  timeout: 180_000,
  retries: 0,
});

async function upload({ url, applicationId, token }: Parcel): Promise<void> {
  const data = Buffer.from(await (await fetch(url)).arrayBuffer());
  const files = [{ name: 'video.mp4', data, contentType: 'video/mp4' }];
  await rest.patch(Routes.webhookMessage(applicationId, token), { body: { content: '' }, files, auth: false });
}

process.on('message', (parcels: readonly Parcel[]) => {
  Promise.all(parcels.map(upload)).then(
    () => process.send?.('done'),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.once('SIGTERM', () => process.exit(0));
process.send?.('ready');
