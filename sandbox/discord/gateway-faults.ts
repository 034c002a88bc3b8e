export type GatewayFault = {
  /** Closes with this code instead of READY. */
  closeOnIdentify?: number;
  /** Heartbeats stay unanswered. */
  noAck?: boolean;
  /** IDENTIFY and RESUME get op 9; the value says whether it claims to be resumable. */
  invalidSession?: boolean;
  /** READY comes this late. */
  readyDelayMs?: number;
  /** Connections are refused with this HTTP status. */
  refuseUpgrade?: number;
  /** RESUME brings every interaction again that the client had before. */
  replays?: boolean;
  /** How often it strikes; default once, `noAck` until cleared. */
  times?: number;
};

/** The one fault that is set at the moment. */
export class GatewayFaults {
  #fault: GatewayFault | undefined;
  #left = 0;

  set(fault: GatewayFault | undefined): void {
    this.#fault = fault;
    this.#left = fault?.times ?? (fault?.noAck === true ? Number.POSITIVE_INFINITY : 1);
  }

  /** The fault's value of this kind if it strikes now; that uses it up once. */
  strike<K extends Exclude<keyof GatewayFault, 'times'>>(kind: K): GatewayFault[K] | undefined {
    const value = this.#fault?.[kind];
    if (value === undefined || this.#left <= 0) return undefined;
    this.#left -= 1;
    return value;
  }
}
