import { createHash } from 'node:crypto';
import { Pool } from 'undici';
import type { UploadedImage } from '#src/domain/images.ts';
import { encodeForm } from '#src/domain/multipart.ts';
import { isKeyRefused, ProviderError, type Render, saysNotTaken } from '#src/domain/provider.ts';
import { Balance, readError, readFile, readGeneration } from './answers.ts';
import { retryAfterMs } from './retry-after.ts';

export type RivyaOptions = {
  readonly url: string;
  readonly apiKey: string;
  readonly timeouts?: Partial<typeof timeouts>;
  /** Told when the provider begins to refuse the key, and when it takes it again. */
  readonly onKey?: (refusal: ProviderError | null) => void;
  /** Told each time the provider says that the account has too few credits. */
  readonly onShort?: () => void;
  /** Told of each call: its route, the status of its answer, how long it took in milliseconds. */
  readonly onCall?: (route: string, status: number | null, ms: number) => void;
};
export type Upload = {
  readonly name: string;
  readonly mimeType: string;
  readonly length: number;
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly model: string;
  readonly traceId: string;
};
export type Rivya = AsyncDisposable & {
  /** Sends the frozen body; the same key and bytes give the same render. */
  create(body: string, key: string): Promise<Render>;
  read(providerId: string): Promise<Render>;
  upload(file: Upload): Promise<UploadedImage>;
  /** Credits left in the provider's wallet. */
  balance(): Promise<number>;
  /** Tells keys apart in rows, and gives nothing away. */
  readonly keyName: string;
  /** Whether the last word about the key was no. */
  isKeyRefused(): boolean;
  close(): Promise<void>;
};

/** No call takes longer than this, connect and body included, and no read longer than `readMs`; leases must be longer. */
export const longestCallMs = 45_000;
const timeouts = { connectMs: 5_000, headersMs: 30_000, bodyMs: 10_000, callMs: longestCallMs, readMs: 15_000 };
const largestAnswer = 2 ** 20;

type Call = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | AsyncIterable<Uint8Array>;
};

/** The provider's API (rivya-api.md). Every failure is a `ProviderError`. Nothing is retried in here. */
export function openRivya({ url, apiKey, timeouts: given, onKey, onShort, onCall }: RivyaOptions): Rivya {
  const { connectMs, headersMs, bodyMs, callMs, readMs } = { ...timeouts, ...given };
  const pool = new Pool(new URL(url).origin, {
    connections: 64,
    connect: { timeout: connectMs },
    headersTimeout: headersMs,
    bodyTimeout: bodyMs,
  });
  const prefix = new URL(url).pathname.replace(/\/$/, '');
  let isRefused = false;

  function noteKey(refusal: ProviderError | null): void {
    const wasRefused = isRefused;
    isRefused = refusal !== null;
    if (isRefused !== wasRefused) onKey?.(refusal);
  }

  async function call<T>({ method, path, headers, body }: Call, read: (json: unknown) => T): Promise<T> {
    const name = `${method} ${path.replace(/^(\/api\/v1\/[a-z]+).*/, '$1')}`;
    const answer = await send(name, { method, path, ...(headers && { headers }), ...(body !== undefined && { body }) });
    if (answer.status < 200 || answer.status > 299) {
      const error = refused(name, answer);
      if (isKeyRefused(error)) noteKey(error);
      if (error.code === 'insufficient_credits') onShort?.();
      throw error;
    }
    noteKey(null);
    try {
      return read(JSON.parse(answer.text));
    } catch (cause) {
      throw new ProviderError(name, { code: 'bad_answer', status: answer.status, surelyNotTaken: false, cause });
    }
  }

  async function send(name: string, { method, path, headers, body }: Call): Promise<Answer> {
    const from = performance.now();
    let status: number | null = null;
    try {
      const response = await pool.request({
        method,
        path: `${prefix}${path}`,
        headers: { authorization: `Bearer ${apiKey}`, accept: 'application/json', ...headers },
        body: body === undefined ? null : typeof body === 'string' ? body : iterable(body),
        signal: AbortSignal.timeout(method === 'GET' ? Math.min(readMs, callMs) : callMs),
      });
      const text = await bounded(response.body);
      status = response.statusCode;
      return { status, headers: response.headers, text };
    } catch (cause) {
      throw unanswered(name, cause);
    } finally {
      onCall?.(name, status, performance.now() - from);
    }
  }

  return {
    create(body, key) {
      const headers = { 'content-type': 'application/json', 'idempotency-key': key };
      return call({ method: 'POST', path: '/api/v1/generations', headers, body }, readGeneration);
    },
    read: (providerId) =>
      call({ method: 'GET', path: `/api/v1/generations/${encodeURIComponent(providerId)}` }, readGeneration),
    async upload({ name, mimeType, length, bytes, model, traceId }) {
      const form = encodeForm([
        { name: 'kind', body: 'image' },
        { name: 'model', body: model },
        { name: 'client_request_id', body: traceId },
        { name: 'file', fileName: name, contentType: mimeType, body: bytes, length },
      ]);
      const headers = { 'content-type': form.contentType, 'content-length': String(form.length) };
      const file = await call({ method: 'POST', path: '/api/v1/files', headers, body: form.bytes }, readFile);
      return { name, mimeType, url: file.url, ...(file.durationToken && { durationToken: file.durationToken }) };
    },
    keyName: createHash('sha256').update(apiKey).digest('hex').slice(0, 12),
    isKeyRefused: () => isRefused,
    balance: () => call({ method: 'GET', path: '/api/v1/credits' }, (json) => Balance.parse(json).current_credits),
    close: () => pool.destroy(),
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

type Answer = {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
};

// undici's types ask for a Readable, its code takes any async iterable (docs: Dispatcher, body).
const iterable = (body: AsyncIterable<Uint8Array>) => body as unknown as Buffer;

async function bounded(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > largestAnswer) throw new Error(`answer larger than ${largestAnswer} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** An answer other than 2xx. A 409 may be our own send still under way; a 5xx may have acted before it failed. */
function refused(name: string, { status, headers, text }: Answer): ProviderError {
  const error = readError(parse(text));
  const code = error.code ?? (status === 429 ? 'rate_limited' : `http_${status}`);
  const isClientError = status >= 400 && status < 500 && status !== 408 && status !== 409;
  return new ProviderError(name, {
    code,
    status,
    requestId: error.requestId,
    said: error.message,
    surelyNotTaken: code !== 'idempotency_conflict' && (isClientError || saysNotTaken(code)),
    retryAfterMs: retryAfterMs(headers['retry-after'], Date.now()),
  });
}

// The connection was never made, so nothing was sent.
const neverConnected = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
  ...['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID', 'SELF_SIGNED_CERT_IN_CHAIN'],
]);

function unanswered(name: string, cause: unknown): ProviderError {
  const code = codeOf(cause);
  const surelyNotTaken = code !== undefined && neverConnected.has(code);
  return new ProviderError(name, { code: code ?? 'no_answer', status: null, surelyNotTaken, cause });
}

function codeOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  if ('code' in cause && typeof cause.code === 'string') return cause.code;
  return cause.name === 'TimeoutError' ? 'timeout' : codeOf(cause.cause);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
