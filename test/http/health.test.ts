import { createServer } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { serveHealth } from '#src/http/health.ts';
import { deadUrl } from '../rivya/begin.ts';

const metrics = { contentType: 'text/plain', text: async () => 'kling_ready 1\n' };

async function begin(isReady: () => boolean = () => true) {
  const origin = await deadUrl();
  const health = await serveHealth({ port: Number(new URL(origin).port), host: '127.0.0.1' }, { isReady, metrics });
  let isClosed = false;
  const close = async () => {
    if (!isClosed) await health.close();
    isClosed = true;
  };
  onTestFinished(close);
  const ask = async (path: string, method = 'GET') => {
    const response = await fetch(`${origin}${path}`, { method });
    return { status: response.status, text: await response.text() };
  };
  return { ask, close, origin };
}

test('a process that lives says so', async () => {
  const { ask } = await begin(() => false);

  expect(await ask('/healthz')).toEqual({ status: 200, text: 'ok\n' });
});

test('a process says whether it can work as it is now', async () => {
  let isReady = false;
  const { ask } = await begin(() => isReady);

  expect(await ask('/readyz')).toEqual({ status: 503, text: 'not ready\n' });
  isReady = true;
  expect(await ask('/readyz')).toEqual({ status: 200, text: 'ready\n' });
});

test.each([
  ['/', 'GET', 404],
  ['/healthz/', 'GET', 404],
  ['/metricz', 'GET', 404],
  ['/healthz', 'POST', 405],
  ['/readyz', 'DELETE', 405],
])('%s by %s is %i', async (path, method, status) => {
  expect(await (await begin()).ask(path, method)).toMatchObject({ status });
});

test('it closes with connections still open, and then nobody answers', async () => {
  const { ask, close, origin } = await begin();
  const halfAsked = connect(Number(new URL(origin).port), '127.0.0.1');
  onTestFinished(() => void halfAsked.destroy());
  halfAsked.on('error', () => {}).write('GET /healthz HTTP/1.1\r\n');
  await ask('/healthz');

  await close();

  await expect(ask('/healthz')).rejects.toThrow();
});

test('a port that is taken fails the start', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  await expect(serveHealth({ port, host: '127.0.0.1' }, { isReady: () => true, metrics })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});
