import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, Refusal, refuse } from './answer.ts';
import { type Fault, type Faults, fitsPattern, forced, linger } from './faults.ts';
import type { Manners } from './manners.ts';
import type { LoggedRequest } from './types.ts';

export type Call = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  readonly path: string;
  /** The first part of the path that the pattern leaves open, as sent. */
  readonly id: string;
  /** Empty for routes that read the request themselves. */
  readonly body: Buffer;
  /** Another request with the same Idempotency-Key was under way when this one came. */
  readonly isTwin: boolean;
};
export type Route = {
  readonly method: string;
  readonly pattern: string;
  readonly reads?: 'body' | 'self';
  /** An answer to send, or the status of one that it has sent itself. */
  readonly run: (call: Call) => Answer | Promise<Answer | number>;
};
type Logged = { -readonly [K in keyof LoggedRequest]: LoggedRequest[K] };
type Parts = {
  readonly routes: readonly Route[];
  readonly faults: Faults;
  readonly manners: Manners;
  readonly key: () => string;
};

const largestBody = 2 ** 20;

/** One HTTP server on 127.0.0.1: finds the route, lets faults happen, logs. */
export class RivyaServer {
  readonly requests: Logged[] = [];
  readonly #parts: Parts;
  readonly #server: Server;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        if (!request.destroyed) parts.manners.violate(`the stand-in itself failed: ${String(error)}`);
        response.destroy();
      });
    });
  }

  async listen(port: number): Promise<string> {
    const listening = Promise.withResolvers<void>();
    this.#server.once('error', listening.reject);
    this.#server.listen(port, '127.0.0.1', listening.resolve);
    await listening.promise;
    const address: AddressInfo | string | null = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const path = url.split('?')[0] ?? url;
    const logged: Logged = { method, path, at: Date.now(), status: undefined };
    this.requests.push(logged);
    response.once('close', () => {
      logged.status ??= 0;
    });

    const key = method === 'POST' ? request.headers['idempotency-key'] : undefined;
    const underWay = typeof key === 'string' ? key : undefined;
    const isTwin = underWay !== undefined && this.#underWay.has(underWay);
    if (underWay !== undefined && !isTwin) this.#underWay.add(underWay);
    try {
      logged.status = await this.#answer({
        request,
        response,
        method,
        path,
        isTwin,
        what: `${method} ${path} ${key ?? ''}`.trim(),
      });
    } finally {
      if (underWay !== undefined && !isTwin) this.#underWay.delete(underWay);
    }
  }

  async #answer(incoming: Incoming): Promise<number> {
    const { request, response, method, path, what } = incoming;
    const { manners, faults, routes, key } = this.#parts;
    const route = routes.find((one) => one.method === method && fitsPattern(one.pattern, path));
    const body = route?.reads === 'self' ? undefined : await readAll(request);
    manners.checkPlaceOfKey(request, body, key());
    manners.checkReturn(what);

    const fault = faults.meet(method, path);
    if (fault !== undefined && fault.when !== 'after') {
      const status = await this.#befall(fault, incoming);
      if (status !== undefined) return status;
    }
    const answer = await runRoute(
      route,
      { ...incoming, id: idIn(path, route), body: body ?? Buffer.alloc(0) },
      manners,
    );
    if (typeof answer === 'number') return answer;
    if (fault?.when === 'after') {
      const status = await this.#befall(fault, incoming);
      if (status !== undefined) return status;
    }
    return this.#send(request, response, answer);
  }

  /** Does what the fault says; undefined if the request then goes its way. */
  async #befall(fault: Fault, { request, response, what }: Incoming): Promise<number | undefined> {
    if (fault.afterBytes !== undefined) await takeBytes(request, fault.afterBytes);
    await linger(fault, this.#closing.signal);
    if (fault.drop === true || this.#closing.signal.aborted) {
      response.destroy();
      return 0;
    }
    const answer = forced(fault);
    if (answer === undefined) return undefined;
    this.#parts.manners.told(what, answer.headers?.['retry-after'] ?? answer.headers?.['Retry-After']);
    return this.#send(request, response, answer);
  }

  async #send(request: IncomingMessage, response: ServerResponse, { status, body, headers }: Answer): Promise<number> {
    // A client that still sends its upload would take an early answer for a broken connection.
    await drained(request);
    if (response.destroyed) return 0;
    const isText = typeof body === 'string';
    const bytes = Buffer.from(isText ? body : JSON.stringify(body));
    response.writeHead(status, {
      'content-type': isText ? 'text/html' : 'application/json',
      'content-length': String(bytes.length),
      ...headers,
    });
    response.end(bytes);
    return status;
  }
}

type Incoming = Omit<Call, 'id' | 'body'> & { readonly what: string };

function idIn(path: string, route: Route | undefined): string {
  const place = route?.pattern.split('/').findIndex((part) => part.startsWith(':')) ?? -1;
  return path.split('/')[place] ?? '';
}

async function runRoute(route: Route | undefined, call: Call, manners: Manners): Promise<Answer | number> {
  try {
    if (route === undefined) {
      manners.violate(`${call.method} ${call.path}: no such endpoint`);
      throw new Refusal('not_found', 'No such endpoint.');
    }
    if (call.request.url?.includes('?') === true && !call.path.startsWith('/results/')) {
      manners.violate(`${call.method} ${call.path}: a query, where none is documented`);
    }
    return await route.run(call);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const wentAway = call.request.destroyed && !call.request.complete;
    if (error.code === 'validation_failed' && !wentAway)
      manners.violate(`${call.method} ${call.path}: ${error.message}`);
    return refuse(error);
  }
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > largestBody) throw new Error(`a body over ${largestBody} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Reads so many bytes of a body and leaves the rest with its sender; resolves too when there are no more. */
function takeBytes(request: IncomingMessage, bytes: number): Promise<void> {
  return new Promise((resolve) => {
    let left = bytes;
    const take = (chunk: Buffer) => {
      left -= chunk.length;
      if (left > 0) return;
      request.off('data', take).pause();
      resolve();
    };
    request.on('data', take).once('end', resolve).once('close', resolve);
    if (request.readableEnded || request.destroyed) resolve();
  });
}

function drained(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    request.once('end', resolve);
    request.once('close', resolve);
    request.resume();
  });
}
