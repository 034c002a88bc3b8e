import type { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import { ProviderError } from '#src/domain/provider.ts';

export type OpenResult = { readonly length: number | null; readonly bytes: AsyncIterable<Uint8Array> };

const mostRedirects = 3;

/**
 * Reads results as streams. Only https, or the provider's own exact origin; redirects are followed by hand, each checked.
 * Failures are `ProviderError`s, also in mid-stream (a source that stalls for `stallMs` or is cut is one).
 */
export function openResults(providerUrl: string, stallMs = 20_000) {
  const agent = new Agent({
    connections: 32,
    connect: { timeout: 5_000 },
    headersTimeout: stallMs,
    bodyTimeout: stallMs,
  });
  const providerOrigin = new URL(providerUrl).origin;

  async function open(url: string): Promise<OpenResult> {
    let next = parse(url);
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      if (!isAllowed(next)) throw fault('result_not_allowed', null);
      const response = await get(next);
      // An error that comes before anybody reads (or by a discard) would end the process if nobody listened.
      response.body.on('error', () => {});
      const location = response.headers.location;
      if (response.statusCode >= 300 && response.statusCode < 400 && typeof location === 'string') {
        response.body.destroy();
        next = parse(location, next);
        continue;
      }
      if (response.statusCode !== 200) {
        response.body.destroy();
        throw fault('result_unreachable', response.statusCode);
      }
      return { length: lengthOf(response.headers['content-length']), bytes: readable(response.body) };
    }
    throw fault('result_redirects', null);
  }

  function isAllowed(url: URL): boolean {
    if (url.username !== '' || url.password !== '') return false;
    return url.protocol === 'https:' || url.origin === providerOrigin;
  }

  async function get(url: URL) {
    try {
      return await request(url, { dispatcher: agent });
    } catch (cause) {
      throw fault('result_unreachable', null, cause);
    }
  }

  return { open, close: () => agent.destroy() };
}

function parse(url: string, base?: URL): URL {
  const parsed = URL.parse(url, base?.href);
  if (parsed === null) throw fault('result_not_allowed', null);
  return parsed;
}

/** Whoever stops reading, even before the first byte (where a generator's own return would do nothing), frees the connection. */
function readable(body: Readable): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const chunks = body[Symbol.asyncIterator]();
      return {
        next: () =>
          chunks.next().catch((cause: unknown) => {
            throw fault('result_cut', null, cause);
          }),
        async return() {
          body.destroy();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

function lengthOf(header: string | string[] | undefined): number | null {
  const length = typeof header === 'string' && /^\d+$/.test(header) ? Number(header) : Number.NaN;
  return Number.isSafeInteger(length) ? length : null;
}

function fault(code: string, status: number | null, cause?: unknown): ProviderError {
  return new ProviderError('GET result', { code, status, surelyNotTaken: true, cause });
}
