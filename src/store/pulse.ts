/**
 * Knows whether the database is away. Quiet while all is well; after a lost connection or a suspicion it probes,
 * and goes on once a second until a probe works.
 */
export class Pulse {
  readonly #probe: () => Promise<void>;
  readonly #onTurn: (isAway: boolean) => void;
  #away = false;
  #looking = false;
  #stopped = false;
  #next: NodeJS.Timeout | undefined;

  constructor(probe: () => Promise<void>, onTurn: (isAway: boolean) => void = () => {}) {
    this.#probe = probe;
    this.#onTurn = onTurn;
  }

  isAway(): boolean {
    return this.#away;
  }

  suspect(error?: unknown): void {
    if (this.#stopped || (error !== undefined && !isConnectionFailure(error))) return;
    if (error !== undefined) this.#turn(true);
    if (!this.#looking) void this.#look();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#next);
  }

  async #look(): Promise<void> {
    this.#looking = true;
    clearTimeout(this.#next);
    const slow = setTimeout(() => this.#turn(true), 1_000);
    this.#turn(
      await this.#probe().then(
        () => false,
        () => true,
      ),
    );
    clearTimeout(slow);
    this.#looking = false;
    if (this.#away && !this.#stopped) this.#next = setTimeout(() => void this.#look(), 1_000).unref();
  }

  #turn(away: boolean): void {
    if (this.#away === away || this.#stopped) return;
    this.#away = away;
    this.#onTurn(away);
  }
}

/** Whether an error says that the server could not be reached or is going away, rather than that a statement was wrong. */
export function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false;
  return driverCodes.has(error.code) || socketCodes.has(error.code) || /^(08|57P0|53300)/.test(error.code);
}

const driverCodes = new Set(['CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECTION_DESTROYED', 'CONNECT_TIMEOUT']);
const socketCodes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND'],
  'EAI_AGAIN',
]);

/** Whether a statement that failed like this surely never reached the server: no connection was made for it. */
export function isNeverBegun(error: unknown): boolean {
  return error instanceof Error && 'code' in error && neverBegun.has(String(error.code));
}

const neverBegun = new Set([
  ...['CONNECT_TIMEOUT', 'ECONNREFUSED', 'ENOENT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
  // "The database system is starting up", "too many connections": said before any statement is read.
  ...['57P03', '53300'],
]);
