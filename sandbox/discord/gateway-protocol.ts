import type { RawData } from 'ws';
import { z } from 'zod';
import { isObject, type JsonObject } from './json.ts';

// https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway
export const op = {
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
export const intent = { guilds: 1 << 0, guildMessages: 1 << 9, directMessages: 1 << 12 } as const;
const PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15);
const KNOWN_INTENTS = (1 << 26) - 1;
const MAX_PAYLOAD_BYTES = 4096;
const MAX_SENDS_PER_MINUTE = 120;
const BAD_PAYLOAD = 'Error while decoding payload.';

export const Identify = z.object({
  token: z.string(),
  intents: z.int().min(0),
  properties: z.object({ os: z.string(), browser: z.string(), device: z.string() }),
  shard: z.tuple([z.int().min(0), z.int().min(1)]).default([0, 1]),
});
export const Resume = z.object({ token: z.string(), session_id: z.string(), seq: z.int().min(0) });

/** Why a connection is closed from this side. */
export class Closing extends Error {
  readonly code: number;
  readonly isClientsFault: boolean;

  constructor(code: number, message: string, isClientsFault = true) {
    super(message);
    this.code = code;
    this.isClientsFault = isClientsFault;
  }
}

/** IDENTIFY or RESUME gets op 9. */
export class Denial extends Error {
  readonly resumable: boolean;

  constructor(resumable: boolean) {
    super('invalid session');
    this.resumable = resumable;
  }
}

/** One frame of a client. */
export function decode(data: RawData, isBinary: boolean): JsonObject {
  const text = Buffer.isBuffer(data) ? data.toString('utf8') : '';
  const value = isBinary || text.length > MAX_PAYLOAD_BYTES ? undefined : parse(text);
  if (!isObject(value)) throw new Closing(4002, BAD_PAYLOAD);
  return value;
}

/** The `d` of an IDENTIFY or RESUME. */
export function read<T>(schema: z.ZodType<T>, data: unknown): T {
  const parsed = schema.safeParse(data);
  if (!parsed.success) throw new Closing(4002, BAD_PAYLOAD);
  return parsed.data;
}

export function refuseIntents(intents: number): void {
  if (intents > KNOWN_INTENTS) throw new Closing(4013, 'Invalid intent(s).');
  if ((intents & PRIVILEGED) !== 0) throw new Closing(4014, 'Disallowed intent(s).');
}

/** 120 frames a minute and connection. */
export function makePacer(): () => void {
  let sends: number[] = [];
  return () => {
    const now = Date.now();
    sends = [...sends.filter((at) => at > now - 60_000), now];
    if (sends.length > MAX_SENDS_PER_MINUTE) throw new Closing(4008, 'You are being rate limited.');
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
