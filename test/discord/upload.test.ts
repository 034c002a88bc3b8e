import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { VideoFile } from '#src/app/video.ts';
import { makeUpload, type Upload } from '#src/discord/upload.ts';
import { deadUrl, serve } from '../rivya/begin.ts';
import { begin } from './begin.ts';

const film = readFileSync('sandbox/media/16x9.mp4');
const sha256 = createHash('sha256').update(film).digest('hex');
const body = { content: 'Done', allowed_mentions: { parse: [] }, attachments: [{ id: '0', filename: 'film.mp4' }] };

async function* chunks(bytes: Buffer, size = 10_000) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** A video whose openings are counted. */
function video({
  length = film.length,
  open = () => chunks(film),
}: {
  length?: number | null;
  open?: (nth: number) => AsyncIterable<Uint8Array>;
} = {}) {
  let opened = 0;
  const file: VideoFile = {
    name: 'film.mp4',
    length,
    async open() {
      opened += 1;
      return open(opened);
    },
    fault: () => undefined,
    close: async () => {},
  };
  return { file, opened: () => opened };
}

async function start() {
  const world = await begin();
  const { it, call } = world.use();
  await world.rests.callbacks.post(`/interactions/${it.id}/${it.token}/callback`, {
    body: { type: 4, data: { content: 'Accepted' } },
    auth: false,
  });
  const { upload, close } = makeUpload(world.discord.url, world.discord.botToken);
  onTestFinished(() => close());
  const edit = (file: VideoFile): Upload => ({
    method: 'PATCH',
    route: `/webhooks/${call.reply.applicationId}/${it.token}/messages/@original`,
    isAuthorized: false,
    body,
    file,
  });
  return { ...world, it, upload, edit };
}

const route = '/webhooks/:app/:token/messages/@original';

test.each([film.length, null])('a video streams into the reply byte for byte (length %s)', async (length) => {
  const { upload, edit, it, discord } = await start();

  const sent = await upload(edit(video({ length }).file));

  expect(sent).toEqual({ messageId: it.reply()?.id });
  expect(it.uploads()).toMatchObject([{ name: 'film.mp4', contentType: 'video/mp4', size: film.length, sha256 }]);
  expect(it.reply()).toMatchObject({ content: 'Done', attachments: [{ filename: 'film.mp4' }] });
  expect(discord.violations).toEqual([]);
});

test('the bot’s token goes along only where it is wanted', async () => {
  const { upload, edit, discord, channel } = await start();

  await upload(edit(video().file));
  await upload({
    ...edit(video().file),
    method: 'POST',
    route: `/channels/${channel.id}/messages`,
    isAuthorized: true,
  });

  expect(discord.requests.slice(-2).map(({ authorized, status }) => [authorized, status])).toEqual([
    [false, 200],
    [true, 200],
  ]);
});

describe('a rate limit', () => {
  test('that is short is waited out, and the video opened again', async () => {
    const { upload, edit, it, discord } = await start();
    discord.faults.rateLimit({ method: 'PATCH', route, retryAfter: 0.05, times: 2 });
    const one = video();

    expect(await upload(edit(one.file))).toHaveProperty('messageId');
    expect(one.opened()).toBe(3);
    expect(it.uploads()).toMatchObject([{ sha256 }]);
  });

  test('that does not end is given back after three tries', async () => {
    const { upload, edit, discord } = await start();
    discord.faults.rateLimit({ method: 'PATCH', route, retryAfter: 0.02, times: 9 });
    const one = video();

    expect(await upload(edit(one.file))).toEqual({ failed: { status: 429, code: null, retryAfterMs: 20 } });
    expect(one.opened()).toBe(3);
  });

  test('that is long is given back at once, for the row to wait', async () => {
    const { upload, edit, discord } = await start();
    discord.faults.rateLimit({ method: 'PATCH', route, retryAfter: 60 });
    const one = video();

    expect(await upload(edit(one.file))).toMatchObject({ failed: { status: 429, retryAfterMs: 60_000 } });
    expect(one.opened()).toBe(1);
  });
});

test('a file over the limit is a 413, and the message stays as it was', async () => {
  const { upload, edit, it } = await start();
  const big = Buffer.concat([film, Buffer.alloc(21 * 2 ** 20)]);

  const sent = await upload(edit(video({ length: big.length, open: () => chunks(big, 2 ** 18) }).file));

  expect(sent).toEqual({ failed: { status: 413, code: 40005 } });
  expect(it.reply()).toMatchObject({ content: 'Accepted', attachments: [] });
});

test.each([
  ['a token that died', (it: { expireToken(): void }) => it.expireToken(), { status: 401, code: 50027 }],
  ['a message that was deleted', (it: { deleteReply(): void }) => it.deleteReply(), { status: 404, code: 10008 }],
] as const)('%s is told', async (_, change, failed) => {
  const { upload, edit, it } = await start();
  change(it);

  expect(await upload(edit(video().file))).toEqual({ failed });
});

test('a form that Discord refuses comes with the fields that it refused', async () => {
  const { upload, edit } = await start();

  const sent = await upload({ ...edit(video().file), body: { ...body, content: 'x'.repeat(2001) } });

  expect(sent).toMatchObject({
    failed: { status: 400, code: 50035, problems: [expect.stringMatching(/^content [A-Z_]+$/)] },
  });
});

describe('what is not whole is never taken', () => {
  test.each([film.length, null])('a source that fails half-way (length %s)', async (length) => {
    const { upload, edit, it, discord } = await start();
    const open = async function* () {
      yield film.subarray(0, 50_000);
      throw new Error('the source broke');
    };

    expect(await upload(edit(video({ length, open }).file))).toEqual({
      failed: { status: null, code: null, isUnsent: true },
    });
    expect(it.reply()).toMatchObject({ content: 'Accepted', attachments: [] });
    expect(discord.violations).toEqual([]);
  });

  test.each([-1, 1])('a source %i byte off its length', async (off) => {
    const { upload, edit, it } = await start();

    expect(await upload(edit(video({ length: film.length + off }).file))).toEqual({
      failed: { status: null, code: null },
    });
    expect(it.reply()).toMatchObject({ content: 'Accepted', attachments: [] });
  });

  test('a source that cannot be opened', async () => {
    const { upload, edit, it } = await start();
    const one = video({
      open: () => {
        throw new Error('gone');
      },
    });

    expect(await upload(edit(one.file))).toEqual({ failed: { status: null, code: null, isUnsent: true } });
    expect(it.reply()?.content).toBe('Accepted');
  });
});

test('nobody listening, or a connection that breaks, is a failure without an answer', async () => {
  const { upload, edit, discord } = await start();
  discord.faults.add({ route, drop: true });
  const elsewhere = makeUpload(`${await deadUrl()}/api`, 'x');
  onTestFinished(() => elsewhere.close());

  expect(await upload(edit(video().file))).toMatchObject({ failed: { status: null, code: null } });
  expect(await elsewhere.upload(edit(video().file))).toEqual({ failed: { status: null, code: null, isUnsent: true } });
});

test.each([
  [200, null],
  [413, 413],
])('an answer (%i) without end is cut off, and its status kept where it says no', async (status, kept) => {
  const url = await serve((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json' });
    const flood = () => {
      while (!response.destroyed && response.write(`{"id":"1","x":"${'x'.repeat(100_000)}`));
    };
    response.on('drain', flood);
    flood();
  });
  const { upload, close } = makeUpload(url, 'x');
  onTestFinished(() => close());

  const sent = await upload({
    method: 'POST',
    route: '/channels/1/messages',
    isAuthorized: true,
    body,
    file: video().file,
  });

  expect(sent).toEqual({ failed: { status: kept, code: null } });
});

test.each([
  ['no JSON', 200, '<html>', null],
  ['no id', 200, '{}', null],
  ['an error page', 502, '<html>', 502],
  ['codes that are none', 400, '{"code":"x","retry_after":"soon"}', 400],
])(
  'an answer with %s is a failure by its status, or without an answer if that says yes',
  async (_, status, text, kept) => {
    const url = await serve((request, response) =>
      request.resume().on('end', () => response.writeHead(status).end(text)),
    );
    const { upload, close } = makeUpload(url, 'x');
    onTestFinished(() => close());

    const sent = await upload({
      method: 'POST',
      route: '/channels/1/messages',
      isAuthorized: true,
      body,
      file: video().file,
    });

    expect(sent).toEqual({ failed: { status: kept, code: null } });
  },
);
