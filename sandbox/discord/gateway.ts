import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { Clients, type GatewayOptions, send } from './gateway-clients.ts';
import type { GatewayFault } from './gateway-faults.ts';
import { intent, op } from './gateway-protocol.ts';
import type { JsonObject } from './json.ts';

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  readonly #clients: Clients;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#clients = new Clients(options);
  }

  /** How many times a client identified, was welcomed, resumed. */
  get identifies(): number {
    return this.#clients.count.identifies;
  }
  get readies(): number {
    return this.#clients.count.readies;
  }
  get resumes(): number {
    return this.#clients.count.resumes;
  }

  /** How many sessions have an open socket. */
  connected(): number {
    return this.#clients.sessions
      .values()
      .filter(({ socket }) => socket !== undefined)
      .toArray().length;
  }

  /** An open session, the n-th one after n - 1 restarts. */
  waitForReady(timeoutMs = 20_000, nth = 1): Promise<void> {
    const isThere = () => this.connected() > 0 && this.#clients.count.readies >= nth;
    return this.waitFor(isThere, timeoutMs, 'a gateway session');
  }

  /** Waits for a condition that only the gateway's own events can change. */
  waitFor(holds: () => boolean, timeoutMs: number, what: string): Promise<void> {
    return this.#clients.watch.until(() => (holds() ? true : undefined), timeoutMs, what).then(() => undefined);
  }

  /** Closes every connection; sessions stay resumable unless the code ends them. Without a code the sockets just break. */
  drop({ code }: { code?: number } = {}): void {
    for (const { socket } of this.#clients.sessions.values()) {
      if (code === undefined) socket?.terminate();
      else socket?.close(code);
    }
  }

  /** Connections stand as they are, but nothing comes through them any more, in either direction. New ones work. */
  freeze(): void {
    for (const session of this.#clients.sessions.values()) {
      session.socket?.pause();
      session.socket = undefined;
    }
  }

  /** How many sessions may still be started today, and when the day is over. */
  limitStarts(left: { remaining: number; resetAfterMs: number }): void {
    this.#clients.starts.set(left);
  }

  /** Op 7: asks every client to come back and resume. */
  askToReconnect(): void {
    this.#toAll({ op: op.reconnect, d: null });
  }

  /** Op 9: the sessions are over, or claimed to be resumable. */
  invalidate(resumable = false): void {
    this.#toAll({ op: op.invalid, d: resumable });
    if (!resumable) this.#clients.sessions.clear();
  }

  fault(fault: GatewayFault): void {
    this.#clients.faults.set(fault);
  }

  clearFaults(): void {
    this.#clients.faults.set(undefined);
  }

  /** To every session that covers the guild; sessions without a socket get it when they resume. */
  dispatch(
    event: string,
    data: JsonObject | (() => JsonObject),
    { guildId, needs = 0 }: { guildId?: string | undefined; needs?: number } = {},
  ): void {
    const sessions = this.#clients.sessions
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
      session_start_limit: this.#clients.starts.json(),
    };
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const status = this.#clients.faults.strike('refuseUpgrade');
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status} fault on request\r\nConnection: close\r\n\r\n`);
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (client) => this.#clients.open(client, request));
  }

  close(): void {
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }

  #toAll(message: JsonObject): void {
    for (const { socket } of this.#clients.sessions.values()) if (socket !== undefined) send(socket, message);
  }
}
