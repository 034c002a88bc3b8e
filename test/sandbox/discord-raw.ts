import { onTestFinished } from 'vitest';
import {
  type DiscordOptions,
  type DiscordStandIn,
  type InteractionHandle,
  startDiscord,
} from '#sandbox/discord/discord.ts';

export const userAgent = 'DiscordBot (https://example.com, 1.0.0)';

export type Said = { readonly status: number; readonly body: unknown };
type Ask = { body?: unknown; form?: FormData; text?: string; auth?: string | false; headers?: Record<string, string> };

export const prompt = { type: 3, name: 'prompt', description: 'What to show', required: true, max_length: 2000 };
export const image = { type: 11, name: 'image', description: 'Where it starts', file_types: ['image'] };
export const kling = { name: 'kling', description: 'Make a video', options: [prompt, image] };

/** A Discord with one server, one channel, `/kling` registered, and a way to talk to it without any library. */
export async function begin(options: DiscordOptions = {}) {
  const discord = await startDiscord(options);
  onTestFinished(() => discord.close());
  const guild = discord.addGuild();
  const channel = discord.addChannel({ guildId: guild.id });
  const ask = asker(discord);
  await ask('PUT', `/applications/${discord.applicationId}/commands`, {
    body: [{ ...kling, integration_types: options.installTypes ?? [0, 1] }],
  });

  const use = (more: Partial<Parameters<typeof discord.interact>[0]> = {}) =>
    discord.interact({
      command: 'kling',
      guildId: guild.id,
      channelId: channel.id,
      options: { prompt: 'a red fox' },
      ...more,
    });
  const answer = (it: InteractionHandle, body: unknown = { type: 4, data: { content: 'Accepted' } }, query = '') =>
    ask('POST', `/interactions/${it.id}/${it.token}/callback${query}`, { body, auth: false });
  const original = (it: InteractionHandle) => `/webhooks/${discord.applicationId}/${it.token}/messages/@original`;
  const webhook = (method: string, it: InteractionHandle, more: Ask = {}) =>
    ask(method, original(it), { ...more, auth: false });
  return { discord, guild, channel, ask, use, answer, original, webhook };
}

export function asker(discord: DiscordStandIn) {
  return async (method: string, path: string, { body, form, text, auth, headers }: Ask = {}): Promise<Said> => {
    const response = await fetch(`${discord.url}/v10${path}`, {
      method,
      headers: {
        'user-agent': userAgent,
        ...(auth === false ? {} : { authorization: auth ?? `Bot ${discord.botToken}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(form === undefined ? {} : { body: form }),
      ...(text === undefined ? {} : { body: text }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const said = await response.text();
    return { status: response.status, body: said === '' ? undefined : JSON.parse(said) };
  };
}

/** A form as clients send it: the JSON beside numbered files. */
export function form(payload: unknown, files: Record<string, string | Uint8Array<ArrayBuffer>>): FormData {
  const it = new FormData();
  it.append('payload_json', JSON.stringify(payload));
  for (const [index, [name, bytes]] of Object.entries(files).entries())
    it.append(`files[${index}]`, new Blob([bytes]), name);
  return it;
}

/** What a refusal looks like from outside. */
export const no = (status: number, code: number) => ({ status, body: { code } });
