import type { WebSocket } from 'ws';

export type Shard = readonly [id: number, count: number];

const MAX_KEPT_EVENTS = 2000;

/** One IDENTIFY's life: its sequence, what it was sent, and the socket it speaks through at the moment. */
export class Session {
  readonly id: string;
  readonly intents: number;
  readonly shard: Shard;
  socket: WebSocket | undefined;
  #sequence = 0;
  #sent: { readonly sequence: number; readonly frame: string }[] = [];

  constructor(id: string, intents: number, shard: Shard, socket: WebSocket) {
    this.id = id;
    this.intents = intents;
    this.shard = shard;
    this.socket = socket;
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Events without a guild arrive on shard 0 only. */
  covers(guildId: string | undefined): boolean {
    const [id, count] = this.shard;
    return guildId === undefined ? id === 0 : Number((BigInt(guildId) >> 22n) % BigInt(count)) === id;
  }

  dispatch(event: string, data: string): void {
    this.#sequence += 1;
    const frame = `{"t":"${event}","s":${this.#sequence},"op":0,"d":${data}}`;
    this.#sent.push({ sequence: this.#sequence, frame });
    if (this.#sent.length > 2 * MAX_KEPT_EVENTS) this.#sent = this.#sent.slice(-MAX_KEPT_EVENTS);
    this.socket?.send(frame);
  }

  /**
   * Sends what came after `sequence`, on a new socket; with `all` also the interactions before it, a second time. False: too
   * long ago, or a number never sent.
   */
  replay(sequence: number, socket: WebSocket, all: boolean): boolean {
    const oldest = this.#sent[0]?.sequence ?? 1;
    if (sequence > this.#sequence || sequence < oldest - 1) return false;
    this.socket = socket;
    for (const event of this.#sent) {
      const isAgain = all && event.frame.startsWith('{"t":"INTERACTION_CREATE"');
      if (event.sequence > sequence || isAgain) socket.send(event.frame);
    }
    return true;
  }
}
