import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { type RivyaOptions, startRivya } from '#sandbox/rivya/start.ts';
import { ProviderError } from '#src/domain/provider.ts';
import { openRivya } from '#src/rivya/client.ts';

/** The real client and a stand-in whose renders stay open until they are finished; both end with the test. */
export async function begin(options: RivyaOptions = {}) {
  const standIn = await startRivya({ render: 'manual', minPollMs: 0, ...options });
  onTestFinished(() => standIn.close());
  return { standIn, client: connect(standIn.url, standIn.apiKey) };
}

export function connect(url: string, apiKey = 'rvya_sk_test') {
  const client = openRivya({ url, apiKey });
  onTestFinished(() => client.close());
  return client;
}

/** A server that does just what it is told, for answers that no stand-in should give. */
export async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An address where nobody listens. */
export async function deadUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** What a call failed with; fails if it did not, or with anything but a ProviderError. */
export async function failure(call: Promise<unknown>): Promise<ProviderError> {
  const error = await call.then(
    (value) => new Error(`it did not fail, it gave ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProviderError)) throw error;
  return error;
}

export async function drain(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Waits, for 5 s at most, until it holds. */
export async function until(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { timeout: 5_000, interval: 10 }).toBe(true);
}
