import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { Session } from './gateway-session.ts';
import { isObject, type JsonObject } from './json.ts';
import { Watch } from './watch.ts';

// https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway
const op = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  presence: 3,
  voice: 4,
  resume: 6,
  reconnect: 7,
  members: 8,
  invalid: 9,
  hello: 10,
  ack: 11,
} as const;
const intent = { guilds: 1 << 0 } as const;
const PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15);
const KNOWN_INTENTS = (1 << 26) - 1;
const MAX_PAYLOAD_BYTES = 4096;
const MAX_SENDS_PER_MINUTE = 120;

const Identify = z.object({
  token: z.string(),
  intents: z.int().min(0),
  properties: z.object({ os: z.string(), browser: z.string(), device: z.string() }),
  shard: z.tuple([z.int().min(0), z.int().min(1)]).default([0, 1]),
});
const Resume = z.object({ token: z.string(), session_id: z.string(), seq: z.int().min(0) });

export type GatewayFault = {
  /** Closes with this code instead of READY. */
  closeOnIdentify?: number;
  /** Heartbeats stay unanswered. */
  noAck?: boolean;
  /** IDENTIFY and RESUME get op 9; the value says whether it claims to be resumable. */
  invalidSession?: boolean;
  /** READY comes this late. */
  readyDelayMs?: number;
  /** How often it strikes; default once, `noAck` until cleared. */
  times?: number;
};

export type GatewayOptions = {
  botToken: string;
  url: () => string;
  heartbeatIntervalMs: number;
  identifyLimit: number;
  ready: () => JsonObject;
  guilds: () => { readonly id: string; readonly payload: JsonObject }[];
  violate: (what: string) => void;
};

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  readonly #sessions = new Map<string, Session>();
  readonly #watch = new Watch();
  #fault: GatewayFault | undefined;
  #identifies = 0;
  #resumes = 0;
  #readies = 0;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** How many times a client identified, was welcomed, resumed. */
  get identifies(): number {
    return this.#identifies;
  }
  get readies(): number {
    return this.#readies;
  }
  get resumes(): number {
    return this.#resumes;
  }

  /** How many sessions have an open socket. */
  connected(): number {
    return this.#sessions
      .values()
      .filter(({ socket }) => socket !== undefined)
      .toArray().length;
  }

  /** An open session, the n-th one after n - 1 restarts. */
  waitForReady(timeoutMs = 20_000, nth = 1): Promise<void> {
    const isThere = () => this.connected() > 0 && this.#readies >= nth;
    return this.waitFor(isThere, timeoutMs, 'a gateway session');
  }

  /** Waits for a condition that only the gateway's own events can change. */
  waitFor(holds: () => boolean, timeoutMs: number, what: string): Promise<void> {
    return this.#watch.until(() => (holds() ? true : undefined), timeoutMs, what).then(() => undefined);
  }

  /** Closes every connection; sessions stay resumable unless the code ends them. Without a code the sockets just break. */
  drop({ code }: { code?: number } = {}): void {
    for (const { socket } of this.#sessions.values()) {
      if (code === undefined) socket?.terminate();
      else socket?.close(code);
    }
  }

  /** Op 7: asks every client to come back and resume. */
  askToReconnect(): void {
    this.#toAll({ op: op.reconnect, d: null });
  }

  /** Op 9: the sessions are over, or claimed to be resumable. */
  invalidate(resumable = false): void {
    this.#toAll({ op: op.invalid, d: resumable });
    if (!resumable) this.#sessions.clear();
  }

  fault(fault: GatewayFault): void {
    this.#fault = { ...fault, times: fault.times ?? (fault.noAck === true ? Number.POSITIVE_INFINITY : 1) };
  }

  clearFaults(): void {
    this.#fault = undefined;
  }

  /** To every session that covers the guild; sessions without a socket get it when they resume. */
  dispatch(
    event: string,
    data: JsonObject,
    { guildId, needs = 0 }: { guildId?: string | undefined; needs?: number } = {},
  ): void {
    const text = JSON.stringify(data);
    for (const session of this.#sessions.values()) {
      if (session.covers(guildId) && (session.intents & needs) === needs) session.dispatch(event, text);
    }
  }

  dispatchGuild(event: 'GUILD_CREATE' | 'GUILD_DELETE' | 'CHANNEL_CREATE', guildId: string, data: JsonObject): void {
    this.dispatch(event, data, { guildId, needs: intent.guilds });
  }

  /** What GET /gateway/bot says. */
  describe(): JsonObject {
    return {
      url: this.#options.url(),
      shards: 1,
      session_start_limit: {
        total: this.#options.identifyLimit,
        remaining: Math.max(0, this.#options.identifyLimit - this.#identifies),
        reset_after: 86_400_000,
        max_concurrency: 1,
      },
    };
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (client) => this.#open(client, request));
  }

  close(): void {
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }

  #open(socket: WebSocket, request: IncomingMessage): void {
    const query = new URL(request.url ?? '/', 'ws://stand-in').searchParams;
    if (query.get('v') !== '10' || query.get('encoding') !== 'json') {
      socket.close(4012, 'Invalid API version.');
      return;
    }
    const connection: Connection = { socket, session: undefined, sends: [] };
    socket.on('message', (data, isBinary) => this.#receive(connection, data, isBinary));
    socket.on('close', (code) => this.#detach(connection, code));
    socket.on('error', () => socket.terminate());
    send(socket, {
      op: op.hello,
      d: { heartbeat_interval: this.#options.heartbeatIntervalMs, _trace: ['["sandbox"]'] },
    });
  }

  #receive(connection: Connection, data: RawData, isBinary: boolean): void {
    try {
      this.#obey(connection, decode(data, isBinary));
    } catch (error) {
      if (!(error instanceof Closing)) throw error;
      if (error.isClientsFault) this.#options.violate(`gateway: closed with ${error.code} ${error.message}`);
      connection.socket.close(error.code, error.message);
    }
  }

  #obey(connection: Connection, message: JsonObject): void {
    if (tooOften(connection)) throw new Closing(4008, 'You are being rate limited.');
    switch (message.op) {
      case op.heartbeat:
        this.#beat(connection, message.d);
        break;
      case op.identify:
        this.#identify(connection, message.d);
        break;
      case op.resume:
        this.#resume(connection, message.d);
        break;
      case op.presence:
      case op.voice:
      case op.members:
        if (connection.session === undefined) throw new Closing(4003, 'Not authenticated.');
        break;
      default:
        throw new Closing(4001, 'Unknown opcode.');
    }
  }

  #beat({ socket, session }: Connection, sequence: unknown): void {
    if (sequence !== null && typeof sequence !== 'number') throw new Closing(4002, 'Error while decoding payload.');
    if (typeof sequence === 'number' && session !== undefined && sequence > session.sequence) {
      throw new Closing(4007, 'Invalid seq.');
    }
    if (this.#fault?.noAck === true && this.#strikes()) return;
    send(socket, { op: op.ack });
  }

  #identify(connection: Connection, data: unknown): void {
    const { socket } = connection;
    const parsed = Identify.safeParse(data);
    if (!parsed.success) throw new Closing(4002, 'Error while decoding payload.');
    if (connection.session !== undefined) throw new Closing(4005, 'Already authenticated.');
    const { token, intents, shard } = parsed.data;
    this.#identifies += 1;
    if (token !== this.#options.botToken) throw new Closing(4004, 'Authentication failed.', false);
    if (this.#identifies > this.#options.identifyLimit) {
      throw new Closing(4004, 'Identify limit reached; the token would have been reset.');
    }
    if (shard[0] >= shard[1]) throw new Closing(4010, 'Invalid shard.');
    if (intents > KNOWN_INTENTS) throw new Closing(4013, 'Invalid intent(s).');
    if ((intents & PRIVILEGED) !== 0) throw new Closing(4014, 'Disallowed intent(s).');

    const fault = this.#fault;
    if (fault?.closeOnIdentify !== undefined && this.#strikes())
      throw new Closing(fault.closeOnIdentify, 'fault on request', false);
    if (fault?.invalidSession !== undefined && this.#strikes()) {
      send(socket, { op: op.invalid, d: false });
      return;
    }
    if (fault?.readyDelayMs !== undefined && this.#strikes()) {
      setTimeout(() => this.#welcome(connection, intents, shard), fault.readyDelayMs).unref();
      return;
    }
    this.#welcome(connection, intents, shard);
  }

  #welcome(connection: Connection, intents: number, shard: readonly [number, number]): void {
    const session = new Session(randomBytes(16).toString('hex'), intents, shard, connection.socket);
    connection.session = session;
    this.#sessions.set(session.id, session);
    const guilds = this.#options.guilds().filter(({ id }) => session.covers(id));
    const ready = {
      ...this.#options.ready(),
      session_id: session.id,
      resume_gateway_url: this.#options.url(),
      guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
      shard,
    };
    session.dispatch('READY', JSON.stringify(ready));
    if ((intents & intent.guilds) !== 0) {
      for (const { payload } of guilds) session.dispatch('GUILD_CREATE', JSON.stringify(payload));
    }
    this.#readies += 1;
    this.#watch.notify();
  }

  #resume(connection: Connection, data: unknown): void {
    const { socket } = connection;
    const parsed = Resume.safeParse(data);
    if (!parsed.success) throw new Closing(4002, 'Error while decoding payload.');
    const { token, session_id, seq } = parsed.data;
    if (token !== this.#options.botToken) throw new Closing(4004, 'Authentication failed.', false);
    const fault = this.#fault;
    if (fault?.invalidSession !== undefined && this.#strikes()) {
      send(socket, { op: op.invalid, d: fault.invalidSession });
      return;
    }
    const session = this.#sessions.get(session_id);
    session?.socket?.close(4000);
    if (session === undefined || !session.replay(seq, socket)) {
      send(socket, { op: op.invalid, d: false });
      return;
    }
    connection.session = session;
    this.#resumes += 1;
    session.dispatch('RESUMED', '{"_trace":["[\\"sandbox\\"]"]}');
    this.#watch.notify();
  }

  #detach({ socket, session }: Connection, code: number): void {
    if (session !== undefined && session.socket === socket) {
      session.socket = undefined;
      // A close with 1000 or 1001 ends the session at once; after any other it can be resumed.
      if (code === 1000 || code === 1001) this.#sessions.delete(session.id);
    }
    this.#watch.notify();
  }

  #strikes(): boolean {
    const left = this.#fault?.times ?? 0;
    if (this.#fault === undefined || left <= 0) return false;
    this.#fault = left > 1 ? { ...this.#fault, times: left - 1 } : undefined;
    return true;
  }

  #toAll(message: JsonObject): void {
    for (const { socket } of this.#sessions.values()) if (socket !== undefined) send(socket, message);
  }
}

type Connection = { readonly socket: WebSocket; session: Session | undefined; sends: number[] };

const send = (socket: WebSocket, message: JsonObject): void => socket.send(JSON.stringify(message));

/** Why a connection is closed from this side. */
class Closing extends Error {
  readonly code: number;
  readonly isClientsFault: boolean;

  constructor(code: number, message: string, isClientsFault = true) {
    super(message);
    this.code = code;
    this.isClientsFault = isClientsFault;
  }
}

function decode(data: RawData, isBinary: boolean): JsonObject {
  const text = Buffer.isBuffer(data) ? data.toString('utf8') : '';
  const value = isBinary || text.length > MAX_PAYLOAD_BYTES ? undefined : parse(text);
  if (!isObject(value)) throw new Closing(4002, 'Error while decoding payload.');
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tooOften(connection: Connection): boolean {
  const now = Date.now();
  connection.sends = connection.sends.filter((at) => at > now - 60_000);
  connection.sends.push(now);
  return connection.sends.length > MAX_SENDS_PER_MINUTE;
}
