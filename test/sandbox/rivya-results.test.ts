import { describe, expect, test } from 'vitest';
import { filmOf, filmOfLength } from '#sandbox/rivya/film.ts';
import type { RivyaOptions } from '#sandbox/rivya/start.ts';
import type { ResultSetup } from '#sandbox/rivya/types.ts';
import { begin, isJson, promptOnly, until } from './rivya-calls.ts';

type Box = { readonly type: string; readonly start: number; readonly end: number };
const containers = ['moov', 'trak', 'mdia', 'minf', 'stbl'];

/** Walks mp4 boxes (ISO 14496-12 §4.2); throws where one ends outside its parent. */
function* boxes(bytes: Buffer, start = 0, end = bytes.length): Iterable<Box> {
  for (let at = start; at < end; ) {
    if (end - at < 8) throw new Error(`half a box header at ${at}`);
    const size = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (size < 8 || at + size > end) throw new Error(`${type} at ${at} does not fit`);
    yield { type, start: at, end: at + size };
    if (containers.includes(type)) yield* boxes(bytes, at + 8, at + size);
    at += size;
  }
}

const bytesOf = (film: ReturnType<typeof filmOf>) => Buffer.concat([...film.chunks()]);

describe('the films', () => {
  test.each([
    ['16:9', 832, 468],
    ['9:16', 468, 832],
    ['1:1', 624, 624],
  ])('%s: H.264 and AAC, index first, every offset inside the media', (aspect, width, height) => {
    const bytes = bytesOf(filmOf(aspect));
    const found = [...boxes(bytes)];
    const one = (type: string) => found.find((box) => box.type === type) ?? { type, start: 0, end: 0 };

    expect(found[0]?.type).toBe('ftyp');
    expect(one('moov').end).toBeLessThanOrEqual(one('mdat').start);
    const tables = found.filter(({ type }) => type === 'stsd').map(({ start, end }) => bytes.subarray(start, end));
    expect(tables.map((table) => table.toString('latin1', 20, 24))).toEqual(['avc1', 'mp4a']);
    expect([tables[0]?.readUInt16BE(48), tables[0]?.readUInt16BE(50)]).toEqual([width, height]);
    for (const { start } of found.filter(({ type }) => type === 'stco')) {
      for (let i = 0; i < bytes.readUInt32BE(start + 12); i += 1) {
        const offset = bytes.readUInt32BE(start + 16 + 4 * i);
        expect(offset).toBeGreaterThanOrEqual(one('mdat').start + 8);
        expect(offset).toBeLessThan(one('mdat').end);
      }
    }
    expect(bytes.length).toBeLessThan(300_000);
  });

  test.each([148, 200, 100_000, 250_000, 1_000_003, 18_000_000, 18 * 2 ** 20])(
    'of %i bytes is a whole mp4',
    (length) => {
      const bytes = bytesOf(filmOfLength(length));

      const types = [...boxes(bytes)].map(({ type }) => type);
      expect(bytes.length).toBe(length);
      expect(types[0]).toBe('ftyp');
      expect(types).toEqual(expect.arrayContaining(['moov', 'mdat']));
    },
  );

  test('a film that cannot be so short is refused when it is set', async () => {
    const { rivya } = await begin();

    expect(() => rivya.setResult({ size: 147 })).toThrow('at least 148');
  });

  test('the walk notices a film cut short', () => {
    const bytes = bytesOf(filmOf('1:1'));

    expect(() => [...boxes(bytes.subarray(0, -1))]).toThrow('does not fit');
  });
});

describe('a result', () => {
  async function finished(setup: ResultSetup = {}, aspect = '16:9', options: RivyaOptions = {}) {
    const begun = await begin(options);
    const { json } = await begun.create({ ...promptOnly, params: { aspect_ratio: aspect } });
    const id = String(json.id);
    begun.rivya.finish(id);
    begun.rivya.setResult(setup);
    const { result } = (await begun.read(id)).json;
    const url = isJson(result) ? String(result.primary_url) : '';
    return { ...begun, id, result, url };
  }

  test.each(['16:9', '9:16', '1:1'])('is the film of the aspect ratio %s', async (aspect) => {
    const { rivya, url } = await finished({}, aspect);

    const response = await fetch(url);

    expect(response.headers.get('content-type')).toBe('video/mp4');
    const film = bytesOf(filmOf(aspect));
    expect(Buffer.from(await response.arrayBuffer()).equals(film)).toBe(true);
    await until(() => rivya.downloads[0]?.complete === true);
    expect(rivya.downloads[0]?.bytes).toBe(film.length);
  });

  test('can be any bytes of any type, for one task alone', async () => {
    const { rivya, id, url } = await finished({ status: 410 });
    rivya.setResult({ bytes: Buffer.from('<html>'), contentType: 'text/html' }, id);

    const response = await fetch(url);

    expect(response.headers.get('content-type')).toBe('text/html');
    expect(await response.text()).toBe('<html>');
  });

  test('can be large', async () => {
    const { url } = await finished({ size: 18_000_000 });

    const response = await fetch(url);

    expect(response.headers.get('content-length')).toBe('18000000');
    expect((await response.arrayBuffer()).byteLength).toBe(18_000_000);
  });

  test('can be cut in the middle', async () => {
    const { rivya, url } = await finished({ size: 5_000_000, truncateAt: 1_000_000 });

    const response = await fetch(url);

    expect(response.headers.get('content-length')).toBe('5000000');
    await expect(response.arrayBuffer()).rejects.toThrow();
    await until(() => rivya.downloads[0]?.bytes === 1_000_000);
    expect(rivya.downloads[0]?.complete).toBe(false);
  });

  test('can come without a length, and then a cut can look like an end', async () => {
    const { rivya, url } = await finished({ noLength: true });
    const chunked = await fetch(url);
    expect(chunked.headers.get('content-length')).toBeNull();
    expect((await chunked.arrayBuffer()).byteLength).toBe(filmOf().length);

    rivya.setResult({ noLength: 'close', truncateAt: 1000 });

    const cut = await fetch(url);
    expect(cut.headers.get('content-length')).toBeNull();
    expect((await cut.arrayBuffer()).byteLength).toBe(1000);
  });

  test('can stall after some bytes', async () => {
    const { rivya, url } = await finished({ stall: 5000 });
    const leaving = new AbortController();
    const response = await fetch(url, { signal: leaving.signal });

    let received = 0;
    const reading = (async () => {
      for await (const chunk of response.body ?? []) received += chunk.length;
    })();
    await until(() => received === 5000);
    expect(rivya.requests.at(-1)?.status).toBeUndefined();
    leaving.abort();

    await expect(reading).rejects.toThrow();
    await until(() => rivya.requests.at(-1)?.status !== undefined);
    expect(rivya.downloads[0]).toMatchObject({ bytes: 5000, complete: false });
  });

  test('can redirect, or be gone', async () => {
    const { rivya, url } = await finished({ redirectTo: 'http://10.0.0.1/x' });

    const response = await fetch(url, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, 'http://10.0.0.1/x']);
    rivya.setResult({ status: 403 });

    expect((await fetch(url)).status).toBe(403);
  });

  test('can have other URLs, which serve the same if they are its own', async () => {
    const { result } = await finished({
      urls: (own) => [`${own}?signature=${'x'.repeat(600)}`, 'https://media.example/2'],
    });

    const urls = isJson(result) && Array.isArray(result.urls) ? result.urls.map(String) : [];
    expect(urls[1]).toBe('https://media.example/2');
    expect((await fetch(urls[0] ?? '')).status).toBe(200);
  });

  test('can be said to lie on another host', async () => {
    const { url } = await finished({}, '16:9', { resultHost: 'https://media.example' });

    expect(url).toMatch(/^https:\/\/media\.example\/results\/task_/);
  });

  test('exists only once the task has succeeded', async () => {
    const { rivya, create } = await begin();
    const { json } = await create();
    const url = `${rivya.url}/results/${String(json.id)}/film.mp4`;

    expect((await fetch(url)).status).toBe(404);
    rivya.finish(String(json.id));

    expect((await fetch(url, { method: 'HEAD' })).headers.get('content-length')).toBe(String(filmOf().length));
  });
});
