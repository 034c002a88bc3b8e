import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type RawData, WebSocket } from 'ws';
import { GatewayFaults } from './gateway-faults.ts';
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

/** What clients say on their connections (IDENTIFY, RESUME, heartbeats), what they are answered, and the sessions they have. */
export class Clients {
  readonly sessions = new Map<string, Session>();
  readonly watch = new Watch();
  readonly faults = new GatewayFaults();
  readonly starts: StartLimit;
  /** How many times a client identified, was welcomed, resumed. */
  readonly count = { identifies: 0, readies: 0, resumes: 0 };
  readonly #options: GatewayOptions;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.starts = new StartLimit(options.identifyLimit);
  }

  open(socket: WebSocket, request: IncomingMessage): void {
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
      this.watch.notify();
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
    if (this.faults.strike('noAck') === true) return;
    send(socket, { op: op.ack });
  }

  #identify(connection: Connection, data: unknown): void {
    const { token, intents, shard } = read(Identify, data);
    if (connection.session !== undefined) throw new Closing(4005, 'Already authenticated.');
    this.count.identifies += 1;
    if (token !== this.#options.botToken) throw new Closing(4004, 'Authentication failed.', false);
    if (!this.starts.take()) {
      throw new Closing(4004, 'Identify limit reached; the token would have been reset.');
    }
    if (shard[0] >= shard[1]) throw new Closing(4010, 'Invalid shard.');
    refuseIntents(intents);

    const closeWith = this.faults.strike('closeOnIdentify');
    if (closeWith !== undefined) throw new Closing(closeWith, 'fault on request', false);
    if (this.faults.strike('invalidSession') !== undefined) throw new Denial(false);
    const delayMs = this.faults.strike('readyDelayMs');
    if (delayMs === undefined) this.#welcome(connection, intents, shard);
    else setTimeout(() => this.#welcome(connection, intents, shard), delayMs).unref();
  }

  #welcome(connection: Connection, intents: number, shard: Shard): void {
    if (connection.socket.readyState !== WebSocket.OPEN) return;
    const session = new Session(randomBytes(16).toString('hex'), intents, shard, connection.socket);
    connection.session = session;
    this.sessions.set(session.id, session);
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
    this.count.readies += 1;
    this.watch.notify();
  }

  #resume(connection: Connection, data: unknown): void {
    const { token, session_id, seq } = read(Resume, data);
    if (token !== this.#options.botToken) throw new Closing(4004, 'Authentication failed.', false);
    const resumable = this.faults.strike('invalidSession');
    const session = this.sessions.get(session_id);
    if (resumable !== undefined || session === undefined) throw new Denial(resumable ?? false);
    session.socket?.close(4000);
    const all = this.faults.strike('replays') === true;
    if (!session.replay(seq, connection.socket, all)) throw new Denial(false);
    connection.session = session;
    this.count.resumes += 1;
    session.dispatch('RESUMED', '{"_trace":["[\\"sandbox\\"]"]}');
  }

  #detach({ socket, session }: Connection, code: number): void {
    if (session !== undefined && session.socket === socket) {
      session.socket = undefined;
      // A close with 1000 or 1001 ends the session at once; after any other it can be resumed.
      if (code === 1000 || code === 1001) this.sessions.delete(session.id);
    }
    this.watch.notify();
  }
}

type Connection = { readonly socket: WebSocket; readonly pace: () => void; session: Session | undefined };

export const send = (socket: WebSocket, message: JsonObject): void => socket.send(JSON.stringify(message));
