import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { begin, form, no, userAgent } from './discord-raw.ts';

const video = Buffer.alloc(300_000, 'video');

/** Sends exactly these bytes as a multipart body, and closes the connection in the middle if told to. */
function send(
  url: string,
  body: string | Buffer,
  { boundary = 'b', length, hangUp = false }: { boundary?: string; length?: number; hangUp?: boolean } = {},
) {
  return new Promise<number>((resolve) => {
    const headers = { 'user-agent': userAgent, 'content-type': `multipart/form-data; boundary=${boundary}` };
    const it = request(url, {
      method: 'PATCH',
      headers: { ...headers, 'content-length': length ?? Buffer.byteLength(body) },
    });
    it.on('response', (response) => response.resume().on('end', () => resolve(response.statusCode ?? 0)));
    it.on('error', () => resolve(0));
    it.write(body, () => (hangUp ? it.destroy() : it.end()));
  });
}

const part = (name: string, body: string, more = '') =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${body}\r\n`;
const json = part('payload_json', '{}');
const file = part('files[0]', 'half a video', '; filename="v.mp4"');

async function answered(options: Parameters<typeof begin>[0] = {}) {
  const world = await begin(options);
  const it = world.use({ attachmentSizeLimit: 1_000_000 });
  await world.answer(it);
  return { ...world, it, url: `${world.discord.url}/v10${world.original(it)}` };
}

describe('an upload', () => {
  test('is kept with its bytes, or only with what proves them', async () => {
    for (const keepUploads of ['bytes', 'digest'] as const) {
      const { it, webhook } = await answered({ keepUploads });

      await webhook('PATCH', it, { form: form({ content: 'Done' }, { 'v.mp4': video }) });

      const [upload] = it.uploads();
      expect(upload).toMatchObject({
        size: 300_000,
        sha256: createHash('sha256').update(video).digest('hex'),
        head: video.subarray(0, 16),
      });
      expect(upload?.bytes?.equals(video)).toBe(keepUploads === 'bytes' ? true : undefined);
    }
  });

  test('over the limit of the interaction is 413, just under it is fine', async () => {
    const { it, webhook, discord } = await answered();
    const sized = (size: number) => webhook('PATCH', it, { form: form({}, { 'v.mp4': new Uint8Array(size) }) });

    expect(await sized(1_000_001)).toMatchObject(no(413, 40005));
    expect(it.reply()?.attachments).toEqual([]);
    expect(await sized(1_000_000)).toMatchObject({ status: 200 });
    expect(discord.violations).toEqual([expect.stringContaining('413')]);
  });

  test('by the bot token has the limit of the server, not that of the member', async () => {
    const { ask, discord } = await begin();
    const guild = discord.addGuild({ uploadLimit: 1000 });
    const channel = discord.addChannel({ guildId: guild.id });
    const post = (size: number) =>
      ask('POST', `/channels/${channel.id}/messages`, { form: form({}, { 'v.mp4': new Uint8Array(size) }) });

    expect(await post(1001)).toMatchObject(no(413, 40005));
    expect(await post(1000)).toMatchObject({ status: 200 });
  });

  test('of eleven files is refused', async () => {
    const { it, webhook } = await answered();
    const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`${i}.mp4`, 'x']));

    expect(await webhook('PATCH', it, { form: form({}, eleven) })).toMatchObject(no(400, 30015));
  });

  test.each([
    ['that ends inside the file', `${json}${file.slice(0, -8)}`],
    ['that ends without its last boundary', `${json}${file}`],
    ['with a field that Discord does not know', `${json}${part('video', 'x')}--b--\r\n`],
    ['with a file in a field of a wrong name', `${json}${part('file', 'x', '; filename="v.mp4"')}--b--\r\n`],
    ['with two files in one place', `${json}${file}${file}--b--\r\n`],
    ['with broken JSON', `${part('payload_json', '{')}${file}--b--\r\n`],
  ])('%s is refused, and the reply stays as it was', async (_, body) => {
    const { it, url, discord } = await answered();

    expect(await send(url, body)).toBe(400);
    expect(it.states).toHaveLength(1);
    expect(discord.violations).toHaveLength(1);
  });

  test('whose sender goes away in the middle leaves no trace', async () => {
    const { it, url, discord, webhook } = await answered();

    await send(url, `${json}${file.slice(0, -8)}`, { length: 10_000, hangUp: true });
    await discord.waitForRequest(({ method, status }) => method === 'PATCH' && status === 0);

    expect(it.states).toHaveLength(1);
    expect(discord.violations).toEqual([]);
    expect((await webhook('PATCH', it, { form: form({}, { 'v.mp4': 'whole' }) })).status).toBe(200);
  });

  test('whole, byte for byte as a client writes it, is taken', async () => {
    const { it, url } = await answered();

    expect(await send(url, `${json}${file}--b--\r\n`)).toBe(200);
    expect(it.uploads()[0]?.bytes?.toString()).toBe('half a video');
  });

  test('that outlives the token is 401', async () => {
    const { it, webhook, discord } = await answered();
    const gate = Promise.withResolvers<void>();
    const fault = discord.faults.add({ route: '/webhooks/:app/:token/messages/@original', hold: gate.promise });

    const upload = webhook('PATCH', it, { form: form({}, { 'v.mp4': video }) });
    await expect.poll(() => fault.hits).toBe(1);
    it.expireToken();
    gate.resolve();

    expect(await upload).toMatchObject(no(401, 50027));
    expect(it.states).toHaveLength(1);
  });

  test('a hundred at once arrive whole', async () => {
    const { discord, use, answer, webhook } = await begin({ keepUploads: 'digest' });
    const all = Array.from({ length: 100 }, () => use());
    await Promise.all(all.map((it) => answer(it)));

    const said = await Promise.all(all.map((it) => webhook('PATCH', it, { form: form({}, { 'v.mp4': video }) })));

    expect(said.every(({ status }) => status === 200)).toBe(true);
    expect(new Set(all.map((it) => it.uploads()[0]?.sha256)).size).toBe(1);
    expect(all.every((it) => it.uploads()[0]?.bytes === undefined)).toBe(true);
    expect(discord.violations).toEqual([]);
  });
});

describe('the CDN', () => {
  const picture = Buffer.from('png, more or less');
  const urlOf = (payload: object): string => {
    const [attachment] = Object.values(Object(payload).data.resolved.attachments);
    return Object(attachment).url;
  };

  test('serves an attachment by its signed address, and by no other', async () => {
    const { use, discord } = await begin();
    const url = urlOf(use({ attachments: [{ name: 'a b.png', bytes: picture }] }).payload);

    const got = await fetch(url);

    expect(url).toMatch(/\/ephemeral-attachments\/\d+\/\d+\/a%20b\.png\?ex=[0-9a-f]+&is=[0-9a-f]+&hm=[0-9a-f]{64}&$/);
    expect(Buffer.from(await got.arrayBuffer()).equals(picture)).toBe(true);
    expect(got.headers.get('content-type')).toBe('image/png');
    expect((await fetch(url.split('?')[0] ?? '')).status).toBe(404);
    expect((await fetch(url.replace(/hm=../, 'hm=zz'))).status).toBe(404);
    expect((await fetch(discord.cdn.expired(url))).status).toBe(404);
    discord.cdn.forget(url);
    expect((await fetch(url)).status).toBe(404);
    expect(discord.cdnRequests.map(({ status }) => status)).toEqual([200, 404, 404, 404, 404]);
  });

  test('serves what was uploaded into a reply', async () => {
    const { it, webhook } = await answered();
    await webhook('PATCH', it, { form: form({}, { 'v.mp4': video }) });

    const got = await fetch(it.reply()?.attachments[0]?.url ?? '');

    expect(got.headers.get('content-type')).toBe('video/mp4');
    expect(Buffer.from(await got.arrayBuffer()).equals(video)).toBe(true);
  });

  test('lies where it is told to', async () => {
    const { use } = await begin();
    const overrides = { url: 'https://example.com/a.png', size: 5 };

    const { payload } = use({ attachments: [{ name: 'a.png', bytes: picture, overrides }] });

    expect(Object.values(Object(payload.data).resolved.attachments)).toMatchObject([overrides]);
  });

  test('fails as it is told to', async () => {
    const { use, discord } = await begin();
    const url = urlOf(use({ attachments: [{ name: 'a.png', bytes: picture }] }).payload);
    discord.cdnFaults.add({ route: /^\/ephemeral/, status: 503 });
    discord.cdnFaults.add({ route: /^\/ephemeral/, drop: true });
    const cut = discord.cdnFaults.add({ route: /^\/ephemeral/, cutAfterBytes: 3 });

    expect((await fetch(url)).status).toBe(503);
    await expect(fetch(url)).rejects.toThrow();
    await expect(fetch(url).then((response) => response.arrayBuffer())).rejects.toThrow();
    expect(cut.hits).toBe(1);
    expect((await fetch(url)).status).toBe(200);
  });
});
