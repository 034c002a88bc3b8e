import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isClientsFault } from './body.ts';
import { type Fault, type Faults, isEarly, linger } from './faults.ts';
import { Refused, refusal } from './refusal.ts';
import type { LoggedRequest, RequestLog } from './requests.ts';

export type Call = {
  readonly request: IncomingMessage;
  readonly method: string;
  /** Without `/api/v10` and query. */
  readonly path: string;
  readonly route: string;
  readonly query: URLSearchParams;
  readonly at: number;
  param(name: string): string;
};
export type Answer = { readonly status: number; readonly body?: unknown };
export type Route = {
  readonly method: string;
  readonly pattern: string;
  readonly auth: 'bot' | 'none';
  /** What dies with a 401, 403 or 404, widest first (token, then message): calling it again is a violation. */
  readonly lives?: (call: Call) => readonly [string, ...string[]];
  /** On interaction webhooks an Authorization header is a violation: a 401 there empties the client's token. */
  readonly refusesAuth?: boolean;
  readonly run: (call: Call) => Answer | Promise<Answer>;
};

export type RestOptions = {
  routes: readonly Route[];
  botToken: string;
  faults: Faults;
  log: RequestLog;
  violate: (what: string) => void;
};

const PREFIX = '/api/v10';
const USER_AGENT = /^DiscordBot \([^,()]+, [^()]+\)/;

export function makeRestServer(options: RestOptions): Server {
  const find = makeRouter(options.routes);
  const dead = new Map<string, number>();
  return createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const method = request.method ?? 'GET';
    // Clients may escape what they need not (`%40original`): a route is matched and logged as it reads.
    const pathname = decodeURIComponent(url.pathname);
    const path = pathname.startsWith(`${PREFIX}/`) ? pathname.slice(PREFIX.length) : pathname;
    const authorized = request.headers.authorization !== undefined;
    const entry = options.log.open({ method, path, query: url.search, authorized });
    const versioned = url.pathname.startsWith(`${PREFIX}/`);
    serve({ request, response, method, path, query: url.searchParams, entry, versioned }).catch((error: unknown) => {
      options.violate(`the stand-in itself failed on ${method} ${entry.path}: ${String(error)}`);
      response.destroy();
    });
  });

  async function serve(incoming: Incoming): Promise<void> {
    const { request, response, method, path, entry } = incoming;
    const found = find(method, path);
    const call: Call = {
      request,
      method,
      path,
      route: found?.route?.pattern ?? path,
      query: incoming.query,
      at: Date.now(),
      param: (name) => found?.params.get(name) ?? '',
    };
    entry.route = call.route;
    const lives = found?.route?.lives?.(call) ?? [];
    reportDead(lives, call, entry);

    const fault = options.faults.meet(method, path);
    if (fault !== undefined) entry.fault = true;
    if (fault !== undefined && fault.when !== 'after') {
      if (fault.afterBytes !== undefined) await takeBytes(request, fault.afterBytes);
      await linger(fault);
      // Whoever was kept waiting may be dead by now; what was held back then never happened.
      if (fault.drop === true || isGone(request)) return cut(response, entry);
      if (fault.status !== undefined) {
        if (!isEarly(fault)) await drain(request);
        return finish(incoming, faulty(fault), lives, fault.headers);
      }
    }
    const answer = await answerTo(incoming, found, call);
    if (isGone(request)) return cut(response, entry);
    if (fault?.when === 'after') {
      await linger(fault);
      if (fault.drop === true) return cut(response, entry);
      if (fault.status !== undefined) return finish(incoming, faulty(fault), lives, fault.headers);
    }
    finish(incoming, answer, lives);
  }

  async function answerTo(incoming: Incoming, found: Found | undefined, call: Call): Promise<Answer> {
    const { request, entry } = incoming;
    try {
      if (!USER_AGENT.test(request.headers['user-agent'] ?? '')) {
        options.violate(`${call.method} ${entry.path}: no User-Agent "DiscordBot (url, version)"`);
        throw refusal('userAgent');
      }
      if (!incoming.versioned) throw refusal('invalidVersion');
      if (found === undefined) {
        options.violate(`${call.method} ${entry.path}: no such route`);
        throw refusal('notFound');
      }
      const { route } = found;
      if (route === undefined) throw refusal('methodNotAllowed');
      const { authorization } = request.headers;
      if (route.refusesAuth === true && authorization !== undefined) {
        options.violate(`${call.method} ${entry.path}: Authorization header on an interaction webhook`);
      }
      if (route.auth === 'bot' && authorization !== `Bot ${options.botToken}`) throw refusal('unauthorized');
      return await route.run(call);
    } catch (error) {
      if (!(error instanceof Refused)) {
        if (isGone(request)) return { status: 0 };
        throw error;
      }
      if (isClientsFault(error) && !isGone(request)) {
        options.violate(`${call.method} ${entry.path}: ${error.status} ${JSON.stringify(error.body)}`);
      }
      return { status: error.status, body: error.body };
    }
  }

  function reportDead(lives: readonly string[], call: Call, entry: LoggedRequest): void {
    const status = lives.map((one) => dead.get(one)).find((one) => one !== undefined);
    if (status !== undefined) options.violate(`${call.method} ${entry.path}: called again after it answered ${status}`);
  }

  function finish(
    { request, response, entry }: Incoming,
    answer: Answer,
    lives: readonly string[],
    headers = {},
  ): void {
    const ended = isOnlyMessage(answer.body) ? lives.at(-1) : lives[0];
    if (ended !== undefined && [401, 403, 404].includes(answer.status)) dead.set(ended, answer.status);
    options.log.close(entry, answer.status);
    if (response.destroyed) return;
    // The rest of an upload is read away, so that the client can read this answer on the same connection.
    request.resume();
    if (answer.body === undefined) {
      response.writeHead(answer.status, headers).end();
      return;
    }
    const body = Buffer.from(JSON.stringify(answer.body));
    response
      .writeHead(answer.status, { 'content-type': 'application/json', 'content-length': body.length, ...headers })
      .end(body);
  }

  function cut(response: ServerResponse, entry: LoggedRequest): void {
    options.log.close(entry, 0);
    response.destroy();
  }
}

type Incoming = {
  request: IncomingMessage;
  response: ServerResponse;
  method: string;
  path: string;
  query: URLSearchParams;
  entry: LoggedRequest;
  versioned: boolean;
};
type Found = { readonly route: Route | undefined; readonly params: ReadonlyMap<string, string> };

const UNKNOWN_MESSAGE = 10008;
const isOnlyMessage = (body: unknown) =>
  typeof body === 'object' && body !== null && 'code' in body && body.code === UNKNOWN_MESSAGE;

const faulty = ({ status = 500, body }: Fault): Answer => ({
  status,
  body: body ?? { message: `${status}: fault on request`, code: 0 },
});

/** Patterns by number of parts; words before `:names`, so that `@original` wins over `:message`. */
function makeRouter(routes: readonly Route[]) {
  const table = routes
    .map((route) => ({ route, parts: route.pattern.split('/') }))
    .toSorted((a, b) => a.parts.filter(isName).length - b.parts.filter(isName).length);
  return (method: string, path: string): Found | undefined => {
    const parts = path.split('/');
    const fits = table.filter(
      (entry) =>
        entry.parts.length === parts.length && entry.parts.every((part, i) => isName(part) || part === parts[i]),
    );
    if (fits.length === 0) return undefined;
    const fit = fits.find(({ route }) => route.method === method);
    if (fit === undefined) return { route: undefined, params: new Map() };
    return {
      route: fit.route,
      params: new Map(fit.parts.flatMap((part, i) => (isName(part) ? [[part.slice(1), parts[i] ?? '']] : []))),
    };
  };
}

/** Reads a body away; resolves too when its sender goes. */
const drain = (request: IncomingMessage): Promise<void> =>
  new Promise((resolve) => {
    if (request.complete || request.destroyed) return resolve();
    request.once('end', resolve).once('close', resolve).resume();
  });

/** Reads so many bytes of a body and leaves the rest with its sender; resolves too when there are no more. */
const takeBytes = (request: IncomingMessage, bytes: number): Promise<void> =>
  new Promise((resolve) => {
    let left = bytes;
    const take = (chunk: Buffer) => {
      left -= chunk.length;
      if (left > 0) return;
      request.off('data', take).pause();
      resolve();
    };
    request.on('data', take).once('end', resolve).once('close', resolve);
  });

// A request whose body was read to its end is destroyed too: only an unfinished one has lost its client.
const isGone = (request: IncomingMessage) => request.socket.destroyed || (request.destroyed && !request.complete);

const isName = (part: string) => part.startsWith(':');
