import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openResults } from '#src/rivya/results.ts';
import { begin as beginClient, drain, failure, serve, until } from './begin.ts';

const film = readFileSync('sandbox/media/16x9.mp4');
const key = '0b1f6d0e-7c52-4c7f-9a37-6d1f0c9a1e55';
const body = JSON.stringify({ model: 'kling-3-0', prompt: 'a boat at dusk', client_request_id: key });

function opener(providerUrl: string) {
  const results = openResults(providerUrl);
  onTestFinished(() => results.close());
  return results;
}

/** A finished render at the stand-in, and where its result lies. */
async function begin() {
  const { standIn, client } = await beginClient();
  const { id } = await client.create(body, key);
  standIn.finish(id);
  const [url = ''] = (await client.read(id)).urls;
  return { standIn, url, results: opener(standIn.url) };
}

/** A port that counts who dials it. */
async function listener() {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => {}).destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

test('a result arrives byte for byte, with its length, and without the key', async () => {
  const { standIn, url, results } = await begin();

  const { length, bytes } = await results.open(url);

  expect(length).toBe(film.length);
  expect((await drain(bytes)).equals(film)).toBe(true);
  expect(standIn.violations).toEqual([]);
});

test.each([{ noLength: true }, { noLength: 'close' }] as const)(
  'a result that does not say its length ($noLength) arrives whole, its length null',
  async (setup) => {
    const { standIn, url, results } = await begin();
    standIn.setResult(setup);

    const { length, bytes } = await results.open(url);

    expect(length).toBeNull();
    expect((await drain(bytes)).equals(film)).toBe(true);
  },
);

test.each([{ truncateAt: 0 }, { truncateAt: 1 }, { truncateAt: 1000 }, { truncateAt: 1000, noLength: true }] as const)(
  'a result cut short ($truncateAt, $noLength) fails as result_cut',
  async (setup) => {
    const { standIn, url, results } = await begin();
    standIn.setResult(setup);

    const { bytes } = await results.open(url);

    expect(await failure(drain(bytes))).toMatchObject({ code: 'result_cut', surelyNotTaken: true });
  },
);

test.each([404, 403, 410, 429, 500, 503])('HTTP %i is a result that cannot be reached', async (status) => {
  const { standIn, url, results } = await begin();
  standIn.setResult({ status });

  expect(await failure(results.open(url))).toMatchObject({ code: 'result_unreachable', status });
});

test('an error page is not read to its end, and ends neither process nor later calls', async () => {
  const page = Buffer.alloc(2 ** 20, 'x');
  const url = await serve((request, response) => {
    if (request.url === '/gone') response.writeHead(404).end(page);
    else if (request.url === '/moved') response.writeHead(302, { location: '/there' }).end(page);
    else response.end('there');
  });
  const results = opener(url);

  expect(await failure(results.open(`${url}/gone`))).toMatchObject({ status: 404 });
  const { bytes } = await results.open(`${url}/moved`);

  expect(String(await drain(bytes))).toBe('there');
});

test('a redirect is followed at the same origin, also a relative one', async () => {
  const { standIn, url, results } = await begin();
  const moved = await serve((_request, response) => void response.writeHead(302, { location: url }).end());
  standIn.setResult({ redirectTo: `${new URL(url).pathname}?again` });

  // The stand-in redirects every request for it: only so many are followed.
  expect(await failure(results.open(url))).toMatchObject({ code: 'result_redirects' });
  expect(standIn.downloads.length).toBe(4);
  expect(await failure(results.open(moved))).toMatchObject({ code: 'result_not_allowed' });
});

test.each([
  ['another port', (url: string) => url.replace(/:\d+\//, ':9/')],
  ['another host without TLS', () => 'http://media.example/film.mp4'],
  ['userinfo', (url: string) => url.replace('http://', 'http://user:secret@')],
  ['userinfo with TLS', () => 'https://rivya.ai@media.example/film.mp4'],
  ['a file', () => 'file:///etc/hostname'],
  ['a data URL', () => 'data:video/mp4;base64,AAAA'],
  ['no URL at all', () => 'film.mp4'],
  ['nothing', () => ''],
])('%s is not allowed, and no request is made', async (_, change) => {
  const { standIn, url, results } = await begin();

  expect(await failure(results.open(change(url)))).toMatchObject({ code: 'result_not_allowed', status: null });
  expect(standIn.downloads).toEqual([]);
});

test.each(['http://media.example/film.mp4', 'file:///etc/hostname', 'http://[', 'ftp://media.example/'])(
  'a redirect to %s is not followed',
  async (redirectTo) => {
    const { standIn, url, results } = await begin();
    standIn.setResult({ redirectTo });

    expect(await failure(results.open(url))).toMatchObject({ code: 'result_not_allowed' });
  },
);

test('https to any host is tried; one that does not exist cannot be reached', async () => {
  const error = await failure(opener('https://rivya.ai').open('https://media.invalid/film.mp4'));

  expect(error).toMatchObject({ code: 'result_unreachable', status: null, surelyNotTaken: true });
  expect(error.cause).toBeInstanceOf(Error);
});

test.each([
  '127.0.0.1',
  '2130706433',
  '0x7f.1',
  '10.0.0.1',
  '100.64.0.1',
  '169.254.169.254',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[64:ff9b::7f00:1]',
  '[fd00::1]',
])('https to %s, which is no public address, is not allowed, and nobody is dialed', async (host) => {
  const { port, connections } = await listener();
  const { standIn, url, results } = await begin();

  expect(await failure(results.open(`https://${host}:${port}/film.mp4`))).toMatchObject({ code: 'result_not_allowed' });
  standIn.setResult({ redirectTo: `https://${host}:${port}/film.mp4` });
  expect(await failure(results.open(url))).toMatchObject({ code: 'result_not_allowed' });
  expect(connections()).toBe(0);
});

test('a name is resolved for each connection, and none is made unless an address is public', async () => {
  const { port, connections } = await listener();
  const asked: string[] = [];
  const found = [
    [{ address: '127.0.0.1', family: 4 }],
    [
      { address: '::ffff:127.0.0.1', family: 6 },
      { address: '192.168.0.1', family: 4 },
    ],
    [],
  ];
  const results = openResults('https://rivya.ai', {
    lookup(host, _options, callback) {
      asked.push(host);
      callback(null, found[asked.length - 1] ?? []);
    },
  });
  onTestFinished(() => results.close());

  for (const _ of found) {
    const error = await failure(results.open(`https://media.example:${port}/film.mp4`));
    expect(error).toMatchObject({ code: 'result_not_allowed', status: null });
  }

  expect(asked).toEqual(found.map(() => 'media.example'));
  expect(connections()).toBe(0);
});

test('a name that cannot be resolved is a result that cannot be reached', async () => {
  const results = openResults('https://rivya.ai', {
    lookup: (_host, _options, callback) => callback(Object.assign(new Error('no'), { code: 'EAI_AGAIN' }), []),
  });
  onTestFinished(() => results.close());

  expect(await failure(results.open('https://media.example/1.mp4'))).toMatchObject({ code: 'result_unreachable' });
});

test('the provider’s own origin is read wherever it lies, and no other port of its host', async () => {
  const { standIn, url, results } = await begin();
  const { port, connections } = await listener();

  expect((await drain((await results.open(url)).bytes)).equals(film)).toBe(true);
  const other = new URL(url);
  other.port = String(port);
  other.protocol = 'https:';

  expect(await failure(results.open(other.href))).toMatchObject({ code: 'result_not_allowed' });
  expect(standIn.downloads).toHaveLength(1);
  expect(connections()).toBe(0);
});

test.each(['before its first byte', 'after it'])('whoever stops reading %s frees the connection', async (when) => {
  let openNow = 0;
  const url = await serve((_request, response) => {
    openNow += 1;
    response.on('close', () => {
      openNow -= 1;
    });
    response.writeHead(200, { 'content-length': 50_000_000 }).write(Buffer.alloc(2 ** 20));
  });
  const results = opener(url);

  for (let round = 0; round < 3; round += 1) {
    const { length, bytes } = await results.open(`${url}/film.mp4`);
    expect(length).toBe(50_000_000);
    const chunks = bytes[Symbol.asyncIterator]();
    if (when === 'after it') await chunks.next();
    await chunks.return?.();
  }

  await until(() => openNow === 0);
});

test('a source that goes away before anyone reads fails the reader and nothing else', async () => {
  let drop = () => {};
  const url = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('x');
    drop = () => response.destroy();
  });
  const { bytes } = await opener(url).open(url);

  drop();
  await new Promise((resolve) => setTimeout(resolve, 50));

  expect(await failure(drain(bytes))).toMatchObject({ code: 'result_cut' });
});

test('a source that never ends, a byte at a time, is given up after the time for the whole', async () => {
  let drip: NodeJS.Timeout | undefined;
  const url = await serve((_request, response) => {
    response.writeHead(200);
    drip = setInterval(() => response.write('x'), 20);
    response.on('close', () => clearInterval(drip));
  });
  const results = openResults(url, { wholeMs: 500 });
  onTestFinished(() => results.close());

  const { bytes } = await results.open(url);

  expect(await failure(drain(bytes))).toMatchObject({ code: 'result_cut', status: null });
});

test.each([true, 1000] as const)('a source that stalls (%s) fails as one that was cut', async (stall) => {
  const { standIn, url } = await begin();
  standIn.setResult({ stall });
  const results = openResults(standIn.url, { stallMs: 100 });
  onTestFinished(() => results.close());

  const { bytes } = await results.open(url);

  expect(await failure(drain(bytes))).toMatchObject({ code: 'result_cut', status: null });
});
