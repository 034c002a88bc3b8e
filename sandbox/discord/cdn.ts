import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type Faults, linger } from './faults.ts';
import type { Upload } from './uploads.ts';

const LIFETIME_MS = 24 * 3_600_000;

export type CdnRequest = { readonly path: string; readonly at: number; status: number };

/** Serves attachments by signed URLs, which die on their own (`ex`) or on request. */
export class Cdn {
  readonly requests: CdnRequest[] = [];
  readonly server: Server;
  readonly #files = new Map<string, Upload>();
  readonly #key = randomBytes(32);
  /** How often the links to a file were ended before their time. */
  readonly #ended = new Map<string, number>();
  readonly #faults: Faults;
  origin = '';

  constructor(faults: Faults) {
    this.#faults = faults;
    this.server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://stand-in');
      const entry = { path: url.pathname, at: Date.now(), status: 0 };
      this.requests.push(entry);
      this.#serve(request.method ?? 'GET', url, entry, response).catch(() => response.destroy());
    });
  }

  /** A slash option's upload: gone after an unannounced time. */
  putEphemeral(applicationId: string, id: string, file: Upload): string {
    return this.#put(`/ephemeral-attachments/${applicationId}/${id}/${encodeURIComponent(file.name)}`, file);
  }

  putResult(channelId: string, id: string, file: Upload): string {
    return this.#put(`/attachments/${channelId}/${id}/${encodeURIComponent(file.name)}`, file);
  }

  /** Forgets a file, as Discord does with ephemeral attachments. */
  forget(url: string): void {
    this.#files.delete(new URL(url).pathname);
  }

  /** The same file under a URL signed now. */
  fresh(url: string): string {
    return this.#sign(new URL(url).pathname, Date.now() + LIFETIME_MS);
  }

  /** Every URL of this file signed so far is dead; who reads its message again gets one that works. */
  expire(url: string): void {
    const { pathname } = new URL(url);
    this.#ended.set(pathname, (this.#ended.get(pathname) ?? 0) + 1);
  }

  /** The same file under a URL that expired a minute ago. */
  expired(url: string): string {
    return this.#sign(new URL(url).pathname, Date.now() - 60_000);
  }

  #put(path: string, file: Upload): string {
    this.#files.set(path, file);
    return this.#sign(path, Date.now() + LIFETIME_MS);
  }

  #sign(path: string, expiresAt: number): string {
    const ex = hexSeconds(expiresAt);
    const is = hexSeconds(expiresAt - LIFETIME_MS);
    return `${this.origin}${path}?ex=${ex}&is=${is}&hm=${this.#signature(path, ex, is)}&`;
  }

  #signature(path: string, ex: string, is: string): string {
    return createHmac('sha256', this.#key)
      .update(`${path} ${ex} ${is} ${this.#ended.get(path) ?? 0}`)
      .digest('hex');
  }

  async #serve(method: string, url: URL, entry: CdnRequest, response: ServerResponse): Promise<void> {
    const fault = this.#faults.meet(method, url.pathname);
    if (fault !== undefined) await linger(fault);
    if (fault?.drop === true) return void response.destroy();
    if (fault?.status !== undefined) return say(response, entry, fault.status, String(fault.body ?? ''), fault.headers);
    if (method !== 'GET' && method !== 'HEAD') return say(response, entry, 405, 'Method Not Allowed');
    const file = this.#isSigned(url) ? this.#files.get(url.pathname) : undefined;
    if (file?.bytes === undefined) return say(response, entry, 404, 'This content is no longer available.');
    entry.status = 200;
    response.writeHead(200, {
      'content-type': file.contentType,
      'content-length': file.size,
      'cache-control': 'private, max-age=86400',
      ...fault?.headers,
    });
    if (method === 'HEAD') return void response.end();
    if (fault?.cutAfterBytes === undefined) return void response.end(file.bytes);
    response.write(file.bytes.subarray(0, fault.cutAfterBytes), () => response.destroy());
  }

  #isSigned({ pathname, searchParams }: URL): boolean {
    const ex = searchParams.get('ex') ?? '';
    const is = searchParams.get('is') ?? '';
    if (searchParams.get('hm') !== this.#signature(pathname, ex, is)) return false;
    return Number.parseInt(ex, 16) * 1000 > Date.now();
  }
}

const hexSeconds = (at: number) => Math.floor(at / 1000).toString(16);

function say(response: ServerResponse, entry: CdnRequest, status: number, text: string, headers = {}): void {
  entry.status = status;
  response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(text);
}
