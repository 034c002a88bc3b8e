import { createHash } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeUploadImages } from '#src/app/images.ts';
import { openAttachments } from '#src/discord/attachments.ts';
import type { UploadedImage } from '#src/domain/images.ts';
import { kling } from '#src/domain/parameters.ts';
import { reactionTo } from '#src/domain/provider.ts';
import type { TaskImage } from '#src/domain/task.ts';
import { gif, jpeg, largestImage, png, truncated, webp } from '#test/images.ts';
import { aTask, taskId } from '../domain/builders.ts';
import { begin as beginProvider, failure, serve, until } from '../rivya/begin.ts';

type File = {
  readonly name?: string;
  readonly bytes: Buffer;
  readonly size?: number | null;
  readonly status?: number;
  readonly location?: string;
  readonly cutAfter?: number;
};

/** Attachments at a local CDN, brought to the stand-in by the real client. */
async function begin(...files: readonly File[]) {
  let heldOffMs = 0;
  let fresh: number | 'gone' | 'unknown' = 'gone';
  let asked = 0;
  const { standIn, client } = await beginProvider();
  const reads: string[] = [];
  let openNow = 0;
  const origin = await serve((request, response) => {
    reads.push(request.url ?? '');
    openNow += 1;
    response.on('close', () => {
      openNow -= 1;
    });
    const { bytes = Buffer.alloc(0), status = 200, location, cutAfter } = files[Number(request.url?.slice(1))] ?? {};
    response.writeHead(status, { 'content-length': bytes.length, ...(location !== undefined && { location }) });
    if (cutAfter === undefined) response.end(bytes);
    else response.write(bytes.subarray(0, cutAfter), () => response.destroy());
  });
  const attachments = openAttachments({ cdnUrl: origin, mediaHosts: [] });
  onTestFinished(() => attachments.close());
  const saved: { index: number; uploaded: UploadedImage }[] = [];
  const uploadImages = makeUploadImages({
    model: kling,
    readImage: attachments.readImage,
    freshImage: async () => {
      asked += 1;
      return typeof fresh === 'number' ? { name: 'a.png', url: `${origin}/${fresh}`, size: null } : fresh;
    },
    upload: client.upload,
    heldOffMs: async () => heldOffMs,
    async saveUpload(_id, index, uploaded) {
      saved.push({ index, uploaded });
    },
  });
  const images: TaskImage[] = files.map(({ name = 'photo.png', bytes, size = bytes.length }, index) => ({
    name,
    size,
    discordUrl: `${origin}/${index}`,
  }));
  const bring = (own: readonly TaskImage[] = images) => uploadImages(aTask({ images: own }));
  const holdOff = (ms: number) => {
    heldOffMs = ms;
  };
  /** What Discord shows on the image's message: another of the files, or nothing. */
  const refresh = (to: typeof fresh) => {
    fresh = to;
  };
  const found = { bring, standIn, saved, reads, images, origin, openNow: () => openNow, holdOff };
  return { ...found, refresh, asked: () => asked };
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('whole pictures', () => {
  test.each([
    ['png', 'image/png', png()],
    ['png', 'image/png', png(300_000)],
    ['jpeg', 'image/jpeg', jpeg(300_000)],
    ['webp', 'image/webp', webp(300_000)],
    ['png', 'image/png', png(largestImage)],
    ['jpeg', 'image/jpeg', jpeg(largestImage)],
  ])('a %s arrives byte for byte as %s', async (_, mimeType, bytes) => {
    const { bring, standIn, saved, openNow } = await begin({ bytes });

    const uploaded = await bring();

    expect(standIn.files).toMatchObject([
      {
        kind: 'image',
        model: 'kling-3-0',
        clientRequestId: taskId,
        size: bytes.length,
        sha256: sha256(bytes),
        mime: mimeType,
      },
    ]);
    expect(uploaded).toEqual([{ name: 'photo.png', mimeType, url: standIn.files[0]?.url }]);
    expect(saved).toEqual([{ index: 0, uploaded: { name: 'photo.png', mimeType, url: standIn.files[0]?.url } }]);
    expect(standIn.violations).toEqual([]);
    await until(() => openNow() === 0);
  });

  test('two go in their order, each stored as soon as it is there', async () => {
    const { bring, saved } = await begin({ name: 'b.png', bytes: png() }, { name: 'a.jpg', bytes: jpeg() });

    const uploaded = await bring();

    expect(Array.isArray(uploaded) && uploaded.map(({ name }) => name)).toEqual(['b.png', 'a.jpg']);
    expect(saved.map(({ index }) => index)).toEqual([0, 1]);
  });

  test('one that was brought before is not brought again', async () => {
    const { bring, reads, images } = await begin({ bytes: png() }, { bytes: jpeg() });
    const uploaded = { name: 'first.png', url: 'https://files.example/1', mimeType: 'image/png' };

    const all = await bring([{ name: 'first.png', size: 5, uploaded }, ...images.slice(1)]);

    expect(all).toMatchObject([uploaded, { mimeType: 'image/jpeg' }]);
    expect(reads).toEqual(['/1']);
  });
});

describe('a picture that breaks a rule, by its bytes', () => {
  const half = truncated(png(50_000));

  test.each<[string, File, string]>([
    ['a GIF named .png', { bytes: gif() }, 'type'],
    ['a large GIF named .png', { bytes: gif(500_000) }, 'type'],
    ['a text', { bytes: Buffer.from('hello, this is no picture at all') }, 'type'],
    ['a video', { bytes: Buffer.concat([Buffer.from('00000018667479706d703432', 'hex'), Buffer.alloc(5000)]) }, 'type'],
    ['no bytes', { bytes: Buffer.alloc(0) }, 'empty'],
    ['no bytes where some were announced', { bytes: Buffer.alloc(0), size: 1000 }, 'empty'],
    ['a PNG cut short', { bytes: half }, 'truncated'],
    ['a PNG cut short, announced whole', { bytes: half, size: 50_000 }, 'truncated'],
    ['a JPEG cut short', { bytes: truncated(jpeg(50_000)) }, 'truncated'],
    ['a WebP cut short', { bytes: truncated(webp(50_000)) }, 'truncated'],
    ['a tiny PNG cut short', { bytes: truncated(png(), 40) }, 'truncated'],
    ['one longer than was said', { bytes: png(50_000), size: 40_000 }, 'truncated'],
    ['one shorter than was said', { bytes: png(50_000), size: 60_000 }, 'truncated'],
    ['one that is no longer there', { bytes: Buffer.from('gone'), status: 404 }, 'unreadable'],
    ['one whose link has expired', { bytes: Buffer.from('gone'), status: 403 }, 'unreadable'],
    [
      'one that lies elsewhere',
      { bytes: Buffer.from(''), status: 302, location: 'https://evil.example/a.png' },
      'unreadable',
    ],
  ])('%s', async (_, file, broken) => {
    const { bring, standIn, saved, openNow } = await begin(file);

    expect(await bring()).toEqual({ broken, image: 'photo.png' });
    expect(standIn.files).toEqual([]);
    expect(saved).toEqual([]);
    await until(() => openNow() === 0);
  });

  test('as the second one leaves the first stored and is named itself', async () => {
    const { bring, saved, standIn } = await begin(
      { name: 'good.png', bytes: png() },
      { name: 'bad.png', bytes: gif() },
    );

    expect(await bring()).toEqual({ broken: 'type', image: 'bad.png' });
    expect(saved).toHaveLength(1);
    expect(standIn.files).toHaveLength(1);
  });

  test('without any address is unreadable, and nothing is asked for', async () => {
    const { bring, reads } = await begin();

    expect(await bring([{ name: 'a.png', size: 1, discordUrl: 'https://evil.example/a.png' }])).toEqual({
      broken: 'unreadable',
      image: 'a.png',
    });
    expect(reads).toEqual([]);
  });
});

describe('a picture of a site, of a length that nobody said', () => {
  test.each([png(), jpeg(300_000), webp(9_000), png(largestImage)])('arrives byte for byte (%#)', async (bytes) => {
    const { bring, standIn, openNow } = await begin({ bytes, size: null });

    await bring();

    expect(standIn.files).toMatchObject([{ size: bytes.length, sha256: sha256(bytes) }]);
    await until(() => openNow() === 0);
  });

  test.each<[string, Buffer, string]>([
    ['a byte too long', png(largestImage + 1), 'size'],
    ['much too long', png(40_000_000), 'size'],
    ['a GIF', gif(), 'type'],
    ['a page of text', Buffer.from('<html>'), 'type'],
    ['nothing', Buffer.alloc(0), 'empty'],
    ['a PNG cut short', truncated(png(50_000)), 'truncated'],
  ])('that is %s is refused, and its connection let go', async (_, bytes, broken) => {
    const { bring, standIn, openNow } = await begin({ bytes, size: null });

    expect(await bring()).toEqual({ broken, image: 'photo.png' });
    expect(standIn.files).toEqual([]);
    await until(() => openNow() === 0);
  });

  test('whose connection breaks is a fault that may pass', async () => {
    const { bring, standIn } = await begin({ bytes: png(500_000), size: null, cutAfter: 100_000 });

    await expect(bring()).rejects.toThrow();
    expect(standIn.files).toEqual([]);
  });
});

describe('a link that has ended', () => {
  const source = { channelId: '100000000000000001', messageId: '100000000000000002', key: 'key' };
  const ended = { bytes: Buffer.from('gone'), status: 404 };
  const there = { bytes: png(3_000) };
  const begun = async () => {
    const world = await begin(ended, there);
    const image = { ...world.images[0], name: 'a.png', size: 3_000, source } as TaskImage;
    return { ...world, image };
  };

  test('is read anew from the message that the image stands on', async () => {
    const { bring, image, refresh, standIn, reads } = await begun();
    refresh(1);

    expect(await bring([image])).toHaveLength(1);
    expect(standIn.files).toMatchObject([{ name: 'a.png', sha256: sha256(there.bytes) }]);
    expect(reads).toEqual(['/0', '/1']);
  });

  test('is unreadable where the message is gone, or shows one that has ended too', async () => {
    const { bring, image, refresh, standIn } = await begun();
    const unreadable = { broken: 'unreadable', image: 'a.png' };

    expect(await bring([image])).toEqual(unreadable);
    refresh(0);
    expect(await bring([image])).toEqual(unreadable);
    expect(standIn.files).toEqual([]);
  });

  test('is tried again where Discord does not say', async () => {
    const { bring, image, refresh } = await begun();
    refresh('unknown');

    await expect(bring([image])).rejects.toThrow('was not read');
  });

  test('of an image that stands on no message, or one that works, has nobody ask', async () => {
    const { bring, image, images, asked } = await begun();

    await bring([{ ...image, source: undefined } as never]);
    await bring([{ ...images[1], name: 'b.png', size: 3_000, source } as TaskImage]);

    expect(asked()).toBe(0);
  });
});

describe('a fault that may pass is thrown', () => {
  test.each([429, 500, 503])('the attachment answers %i', async (status) => {
    const { bring, standIn } = await begin({ bytes: Buffer.from('later'), status });

    await expect(bring()).rejects.toThrow(`HTTP ${status}`);
    expect(standIn.files).toEqual([]);
  });

  test.each([0, 100, 30_000])('the attachment’s connection breaks after %i bytes', async (cutAfter) => {
    const { bring, standIn, saved } = await begin({ bytes: png(50_000), cutAfter });

    await expect(bring()).rejects.toThrow();
    expect([standIn.files, saved]).toEqual([[], []]);
  });

  test.each([
    ['rate_limited', 'slow-down'],
    ['public_api_disabled', 'retry'],
    ['validation_failed', 'refuse'],
    ['insufficient_credits', 'refuse'],
  ])('the provider answers %s', async (code, reaction) => {
    const { bring, standIn, saved } = await begin({ bytes: png(500_000) });
    standIn.faults.add({ route: '/api/v1/files', code });

    expect(reactionTo(await failure(bring()))).toBe(reaction);
    expect(saved).toEqual([]);
  });

  test('the provider has asked everybody to wait: it is not called before', async () => {
    const { bring, standIn, holdOff, openNow } = await begin({ bytes: png() });
    holdOff(4_000);

    const error = await failure(bring());

    expect(reactionTo(error)).toBe('slow-down');
    expect(error.retryAfterMs).toBe(4_000);
    expect(standIn.requests).toEqual([]);
    await until(() => openNow() === 0);
  });

  test('the provider’s connection breaks, and the attachment’s is let go', async () => {
    const { bring, standIn, openNow } = await begin({ bytes: png(5_000_000) });
    standIn.faults.add({ route: '/api/v1/files', drop: true });

    await failure(bring());

    await until(() => openNow() === 0);
  });
});

test.each([
  ['https://media.discordapp.net', 0],
  ['none', 1],
])('a picture of an embed is read only where its host is a media proxy (%s)', async (mediaHost, readCount) => {
  const { reads, origin, images } = await begin({ bytes: png() });
  const host = mediaHost === 'none' ? new URL(origin).host : mediaHost;
  const attachments = openAttachments({ cdnUrl: 'https://cdn.discordapp.com', mediaHosts: [host] });
  onTestFinished(() => attachments.close());

  const source = await attachments.readImage(images[0]?.discordUrl ?? '');

  expect(reads).toHaveLength(readCount);
  if (source === 'gone') expect(readCount).toBe(0);
  else expect(Buffer.concat(await Array.fromAsync(source))).toEqual(png());
});

test('a picture that comes byte by byte is a fault after its time, and lets its connection go', async () => {
  let isOpen = true;
  const origin = await serve((_request, response) => {
    const drip = setInterval(() => response.write('x'), 10);
    response.on('close', () => {
      clearInterval(drip);
      isOpen = false;
    });
  });
  const attachments = openAttachments({ cdnUrl: origin, mediaHosts: [] }, 200);
  onTestFinished(() => attachments.close());

  const source = await attachments.readImage(`${origin}/a.png`);

  await expect(source === 'gone' ? source : Array.fromAsync(source)).rejects.toThrow(/timeout/);
  await until(() => !isOpen);
});

test('a hundred refused pictures leave every connection free', async () => {
  const { bring } = await begin({ bytes: gif(3_000_000) });

  for (let round = 0; round < 100; round += 1) expect(await bring()).toHaveProperty('broken', 'type');
});
