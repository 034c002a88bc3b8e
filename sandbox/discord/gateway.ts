import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import { type GatewayFault, GatewayFaults } from './gateway-faults.ts';
import {
  Closing,
  Denial,
  decode,
  Identify,
  intent,
  makePacer,
  op,
  Resume,
  read,
  refuseIntents,
} from './gateway-protocol.ts';
import { Session, type Shard } from './gateway-session.ts';
import type { JsonObject } from './json.ts';
import { StartLimit } from './start-limit.ts';
import { Watch } from './watch.ts';

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
  readonly #faults = new GatewayFaults();
  readonly #starts: StartLimit;
  #identifies = 0;
  #resumes = 0;
  #readies = 0;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#starts = new StartLimit(options.identifyLimit);
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

  /** Connections stand as they are, but nothing comes through them any more, in either direction. New ones work. */
  freeze(): void {
    for (const session of this.#sessions.values()) {
      session.socket?.pause();
      session.socket = undefined;
    }
  }

  /** How many sessions may still be started today, and when the day is over. */
  limitStarts(left: { remaining: number; resetAfterMs: number }): void {
    this.#starts.set(left);
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
    this.#faults.set(fault);
  }

  clearFaults(): void {
    this.#faults.set(undefined);
  }

  /** To every session that covers the guild; sessions without a socket get it when they resume. */
  dispatch(
    event: string,
    data: JsonObject | (() => JsonObject),
    { guildId, needs = 0 }: { guildId?: string | undefined; needs?: number } = {},
  ): void {
    const sessions = this.#sessions
      .values()
      .filter((session) => session.covers(guildId) && (session.intents & needs) === needs)
      .toArray();
    if (sessions.length === 0) return;
    const text = JSON.stringify(typeof data === 'function' ? data() : data);
    for (const session of sessions) session.dispatch(event, text);
  }

  dispatchGuild(event: 'GUILD_CREATE' | 'GUILD_DELETE' | 'CHANNEL_CREATE', guildId: string, data: JsonObject): void {
    this.dispatch(event, data, { guildId, needs: intent.guilds });
  }

  /** What GET /gateway/bot says. */
  describe(): JsonObject {
    return {
      url: this.#options.url(),
      shards: 1,
      session_start_limit: this.#starts.json(),
    };
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const status = this.#faults.strike('refuseUpgrade');
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status} fault on request\r\nConnection: close\r\n\r\n`);
      return;
    }
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
    const connection: Connection = { socket, session: undefined, pace: makePacer() };
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
      if (error instanceof Denial) send(connection.socket, { op: op.invalid, d: error.resumable });
      else if (error instanceof Closing) this.#closeFor(connection.socket, error);
      else throw error;
    } finally {
      this.#watch.notify();
    }
  }

  #closeFor(socket: WebSocket, { code, message, isClientsFault }: Closing): void {
    if (isClientsFault) this.#options.violate(`gateway: closed with ${code} ${message}`);
    socket.close(code, message);
  }

  #obey(connection: Connection, message: JsonObject): void {
    connection.pace();
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
    if (this.#faults.strike('noAck') === true) return;
    send(socket, { op: op.ack });
  }

  #identify(connection: Connection, data: unknown): void {
    const { token, intents, shard } = read(Identify, data);
    if (connection.session !== undefined) throw new Closing(4005, 'Already authenticated.');
    this.#identifies += 1;
    if (token !== this.#options.botToken) throw new Closing(4004, 'Authentication failed.', false);
    if (!this.#starts.take()) {
      throw new Closing(4004, 'Identify limit reached; the token would have been reset.');
    }
    if (shard[0] >= shard[1]) throw new Closing(4010, 'Invalid shard.');
    refuseIntents(intents);

    const closeWith = this.#faults.strike('closeOnIdentify');
    if (closeWith !== undefined) throw new Closing(closeWith, 'fault on request', false);
    if (this.#faults.strike('invalidSession') !== undefined) throw new Denial(false);
    const delayMs = this.#faults.strike('readyDelayMs');
    if (delayMs === undefined) this.#welcome(connection, intents, shard);
    else setTimeout(() => this.#welcome(connection, intents, shard), delayMs).unref();
  }

  #welcome(connection: Connection, intents: number, shard: Shard): void {
    if (connection.socket.readyState !== WebSocket.OPEN) return;
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
    const { token, session_id, seq } = read(Resume, data);
    if (token !== this.#options.botToken) throw new Closing(4004, 'Authentication failed.', false);
    const resumable = this.#faults.strike('invalidSession');
    const session = this.#sessions.get(session_id);
    if (resumable !== undefined || session === undefined) throw new Denial(resumable ?? false);
    session.socket?.close(4000);
    if (!session.replay(seq, connection.socket)) throw new Denial(false);
    connection.session = session;
    this.#resumes += 1;
    session.dispatch('RESUMED', '{"_trace":["[\\"sandbox\\"]"]}');
  }

  #detach({ socket, session }: Connection, code: number): void {
    if (session !== undefined && session.socket === socket) {
      session.socket = undefined;
      // A close with 1000 or 1001 ends the session at once; after any other it can be resumed.
      if (code === 1000 || code === 1001) this.#sessions.delete(session.id);
    }
    this.#watch.notify();
  }

  #toAll(message: JsonObject): void {
    for (const { socket } of this.#sessions.values()) if (socket !== undefined) send(socket, message);
  }
}

type Connection = { readonly socket: WebSocket; readonly pace: () => void; session: Session | undefined };

const send = (socket: WebSocket, message: JsonObject): void => socket.send(JSON.stringify(message));
