import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import { ProviderError } from '#src/domain/provider.ts';
import { isPublicAddress, NotPublic, publicOnly } from './public-addresses.ts';
import { retryAfterMs } from './retry-after.ts';

export type OpenResult = { readonly length: number | null; readonly bytes: AsyncIterable<Uint8Array> };

const mostRedirects = 3;

export type ResultsOptions = {
  /** A source that sends nothing for so long has stalled. */
  readonly stallMs?: number;
  /** From the first request to the last byte. Less than an upload may take, so that a slow source is known as the cause. */
  readonly wholeMs?: number;
  readonly lookup?: LookupFunction;
};

/**
 * Reads results as streams: over https from public addresses, or from the provider's own exact origin. Redirects are
 * followed by hand, each checked. Failures are `ProviderError`s, also in mid-stream.
 */
export function openResults(providerUrl: string, options: ResultsOptions = {}) {
  const { stallMs = 20_000, wholeMs = 4 * 60_000, lookup = systemLookup } = options;
  const settings = { connections: 32, headersTimeout: stallMs, bodyTimeout: stallMs };
  const provider = new Agent({ ...settings, connect: { timeout: 5_000 } });
  const anywhere = new Agent({ ...settings, connect: { timeout: 5_000, lookup: publicOnly(lookup) } });
  const providerOrigin = new URL(providerUrl).origin;

  async function open(url: string): Promise<OpenResult> {
    let next = parse(url);
    const signal = AbortSignal.timeout(wholeMs);
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      if (!isAllowed(next)) throw fault('result_not_allowed', null);
      const response = await get(next, signal);
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
        throw fault('result_unreachable', response.statusCode, {
          wait: retryAfterMs(response.headers['retry-after'], Date.now()),
        });
      }
      return { length: lengthOf(response.headers['content-length']), bytes: readable(response.body) };
    }
    throw fault('result_redirects', null);
  }

  function isAllowed(url: URL): boolean {
    if (url.username !== '' || url.password !== '') return false;
    if (url.origin === providerOrigin) return true;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    return url.protocol === 'https:' && (isIP(host) === 0 || isPublicAddress(host));
  }

  async function get(url: URL, signal: AbortSignal) {
    const dispatcher = url.origin === providerOrigin ? provider : anywhere;
    try {
      return await request(url, { dispatcher, signal });
    } catch (cause) {
      throw fault(cause instanceof NotPublic ? 'result_not_allowed' : 'result_unreachable', null, { cause });
    }
  }

  return {
    open,
    async close(): Promise<void> {
      await Promise.all([provider.destroy(), anywhere.destroy()]);
    },
  };
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
            throw fault('result_cut', null, { cause });
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

type Details = { readonly cause?: unknown; readonly wait?: number | undefined };

function fault(code: string, status: number | null, { cause, wait }: Details = {}): ProviderError {
  return new ProviderError('GET result', { code, status, surelyNotTaken: true, cause, retryAfterMs: wait });
}
