import { readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isFile, makeOpenVideo, type NoFile, type VideoFile } from '#src/app/video.ts';
import { makeUpload } from '#src/discord/upload.ts';
import { fileName } from '#src/domain/delivery.ts';
import { openResults } from '#src/rivya/results.ts';
import { silent } from '../discord/begin.ts';
import { aTask, taskId } from '../domain/builders.ts';
import { begin as beginProvider, deadUrl, drain, serve, until } from '../rivya/begin.ts';

const film = readFileSync('sandbox/media/16x9.mp4');
const megabyte = 2 ** 20;
const body = JSON.stringify({ model: 'kling-3-0', prompt: 'a boat', client_request_id: taskId });

/** A finished render at the stand-in, opened by the real client. */
async function begin() {
  const { standIn, client } = await beginProvider();
  const { id } = await client.create(body, taskId);
  standIn.finish(id);
  const { urls } = await client.read(id);
  const results = openResults(standIn.url);
  onTestFinished(() => results.close());
  const saved: (readonly string[])[] = [];
  const openVideo = makeOpenVideo({
    log: silent,
    openResult: results.open,
    readRender: client.read,
    async saveUrls(_id, list) {
      saved.push(list);
    },
    openKept: async () => null,
  });
  return { standIn, openVideo, saved, task: aTask({ providerId: id, resultUrls: urls }), urls };
}

function mustOpen(video: VideoFile | NoFile): VideoFile {
  if (!isFile(video)) throw new Error(`the video is ${JSON.stringify(video)}`);
  return video;
}

describe('a video', () => {
  test('has a name, a length, and its bytes as often as it is opened', async () => {
    const { openVideo, task, standIn } = await begin();

    const video = mustOpen(await openVideo(task, megabyte * 20));

    expect(video).toMatchObject({ name: fileName(task.id), length: film.length });
    for (let round = 0; round < 3; round += 1) {
      expect((await drain(await video.open())).equals(film)).toBe(true);
      expect(video.fault()).toBeUndefined();
    }
    expect(standIn.downloads).toHaveLength(3);
  });

  test('of unknown length is opened too, and counted as it passes', async () => {
    const { openVideo, task, standIn } = await begin();
    standIn.setResult({ noLength: true });

    const video = mustOpen(await openVideo(task, film.length));
    const small = mustOpen(await openVideo(task, film.length - 1));

    expect(video.length).toBeNull();
    expect((await drain(await video.open())).equals(film)).toBe(true);
    await expect(drain(await small.open())).rejects.toThrow('too-large');
    expect(small.fault()).toBe('too-large');
  });

  test.each([
    [0, true],
    [-1, false],
  ])('of its limit %i bytes more fits: %s', async (more, fits) => {
    const { openVideo, task } = await begin();

    const video = await openVideo(task, film.length + more);

    expect(video === 'too-large').toBe(!fits);
  });
});

describe('bytes that are no video to show', () => {
  test.each<[string, Parameters<Awaited<ReturnType<typeof begin>>['standIn']['setResult']>[0], string]>([
    ['an error page', { bytes: Buffer.from('<Error><Code>AccessDenied</Code></Error>') }, 'not-mp4'],
    ['nothing', { bytes: Buffer.alloc(0) }, 'unreadable'],
    ['a film that was stored cut', { bytes: film.subarray(0, -10) }, 'unreadable'],
    ['a film whose transfer was cut', { truncateAt: 50_000 }, 'unreadable'],
    ['a film cut where its connection looks ended', { truncateAt: 50_000, noLength: 'close' }, 'unreadable'],
  ])('%s', async (_, setup, fault) => {
    const { openVideo, task, standIn } = await begin();
    standIn.setResult(setup);

    const video = mustOpen(await openVideo(task, megabyte * 20));

    await expect(drain(await video.open())).rejects.toThrow();
    expect(video.fault()).toBe(fault);
  });

  test('are forgotten once it is opened again and whole', async () => {
    const { openVideo, task, standIn } = await begin();
    standIn.setResult({ truncateAt: 50_000 });
    const video = mustOpen(await openVideo(task, megabyte * 20));
    await expect(drain(await video.open())).rejects.toThrow();
    standIn.setResult({});

    expect((await drain(await video.open())).equals(film)).toBe(true);
    expect(video.fault()).toBeUndefined();
  });
});

describe('a link that no longer works', () => {
  test('is read again at the provider, and the fresh one stored', async () => {
    const { openVideo, task, saved, urls } = await begin();
    const stale = { ...task, resultUrls: ['https://media.invalid/expired.mp4'] };

    expect(await openVideo(stale, megabyte * 20)).toHaveProperty('length', film.length);
    expect(saved).toEqual([urls]);
  });

  test.each(['not a url', ''])('nor is one (%j)', async (url) => {
    const { openVideo, task } = await begin();

    expect(await openVideo({ ...task, resultUrls: [url] }, megabyte * 20)).toHaveProperty('length', film.length);
  });

  test('nor do any others: it cannot be had now', async () => {
    const { openVideo, task, standIn } = await begin();
    standIn.setResult({ status: 403 });

    expect(await openVideo(task, megabyte * 20)).toEqual({ later: 0 });
  });

  test('and a provider that does not answer: it cannot be had now', async () => {
    const { openVideo, task, standIn, saved } = await begin();
    standIn.setResult({ status: 404 });
    standIn.faults.add({ route: '/api/v1/generations/:id', status: 503 });

    expect(await openVideo(task, megabyte * 20)).toEqual({ later: 0 });
    expect(saved).toEqual([]);
  });

  test('but asks to come again later is asked for no other, and its wait is told', async () => {
    const { openVideo, task, standIn, saved } = await begin();
    standIn.faults.add({ route: '/results/:task/:name', code: 'rate_limited', headers: { 'retry-after': '7' } });

    expect(await openVideo(task, megabyte * 20)).toEqual({ later: 7_000 });
    expect(saved).toEqual([]);
  });

  test('without an id at the provider nothing is asked', async () => {
    const { openVideo, task, standIn } = await begin();
    standIn.setResult({ status: 404 });
    const reads = standIn.requests.length;

    expect(await openVideo({ ...task, providerId: null }, megabyte * 20)).toEqual({ later: 0 });
    expect(standIn.requests.length).toBe(reads + 1);
  });
});

describe('a connection to the provider', () => {
  /** A provider with one large film, that counts who is reading it. */
  async function large() {
    let openNow = 0;
    let served = 0;
    const url = await serve((_request, response) => {
      openNow += 1;
      served += 1;
      response.on('close', () => {
        openNow -= 1;
      });
      response
        .writeHead(200, { 'content-length': 100 * megabyte })
        .write(Buffer.concat([film.subarray(0, 32), Buffer.alloc(megabyte)]));
    });
    const results = openResults(url);
    onTestFinished(() => results.close());
    const ports = {
      log: silent,
      openResult: results.open,
      readRender: () => Promise.reject(new Error('not asked')),
      saveUrls: async () => {},
      openKept: async () => null,
    };
    return {
      openVideo: makeOpenVideo(ports),
      task: aTask({ resultUrls: [`${url}/film.mp4`] }),
      openNow: () => openNow,
      served: () => served,
    };
  }

  // More rounds than the pool has connections: any that stayed taken would stop the rest for good.
  const rounds = 40;

  test('is free again after a video that is too large', async () => {
    const { openVideo, task, openNow } = await large();

    for (let round = 0; round < rounds; round += 1) expect(await openVideo(task, megabyte)).toBe('too-large');

    await until(() => openNow() === 0);
  });

  test('is free again after an upload that found no Discord', async () => {
    const { openVideo, task, openNow, served } = await large();
    const { upload, close } = makeUpload(`${await deadUrl()}/api`, 'x');
    onTestFinished(() => close());

    for (let round = 0; round < rounds; round += 1) {
      const file = mustOpen(await openVideo(task, 200 * megabyte));
      await upload({ method: 'POST', route: '/channels/1/messages', isAuthorized: true, body: {}, file });
      await file.close();
    }

    expect(served()).toBe(rounds);
    await until(() => openNow() === 0);
  });

  test('is free again after a video that nobody opened, and closing twice does no harm', async () => {
    const { openVideo, task, openNow } = await large();

    const file = mustOpen(await openVideo(task, 200 * megabyte));
    await file.close();
    await file.close();

    await until(() => openNow() === 0);
  });

  test('is free again after a film without an end, which is stopped at its limit', async () => {
    let openNow = 0;
    const url = await serve((_request, response) => {
      openNow += 1;
      response.on('close', () => {
        openNow -= 1;
      });
      // The last box of a film may go on to the end of the file (ISO 14496-12, size 0).
      response.write(Buffer.concat([film.subarray(0, 32), Buffer.from('\0\0\0\0mdat')]));
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', more);
      more();
    });
    const results = openResults(url);
    onTestFinished(() => results.close());
    const openVideo = makeOpenVideo({
      log: silent,
      openResult: results.open,
      readRender: () => Promise.reject(new Error('not asked')),
      saveUrls: async () => {},
      openKept: async () => null,
    });
    const video = mustOpen(await openVideo(aTask({ resultUrls: [`${url}/film.mp4`] }), 5 * megabyte));

    await expect(drain(await video.open())).rejects.toThrow('too-large');
    await video.close();

    expect(video.fault()).toBe('too-large');
    await until(() => openNow === 0);
  });

  test('is given up when the video is opened anew', async () => {
    const { openVideo, task, openNow } = await large();
    const file = mustOpen(await openVideo(task, 200 * megabyte));

    for (let round = 0; round < 3; round += 1) await file.open();

    await until(() => openNow() === 1);
    await file.close();
    await until(() => openNow() === 0);
  });
});
