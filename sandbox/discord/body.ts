import type { IncomingMessage } from 'node:http';
import { readMultipart } from './multipart.ts';
import { invalidField, type Refused, refusal } from './refusal.ts';
import type { Reading, Upload } from './uploads.ts';

export type Body = { readonly payload: unknown; readonly files: ReadonlyMap<number, Upload> };

const MAX_JSON_BYTES = 1024 * 1024;
const noFiles: ReadonlyMap<number, Upload> = new Map();

/** The request's JSON, or its form with files; anything else is refused as Discord does. */
export async function readBody(request: IncomingMessage, reading: Reading): Promise<Body> {
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data')) {
    const { payload, files } = await readMultipart(request, reading);
    return { payload: payload === undefined ? {} : parse(payload), files };
  }
  return { payload: await readJson(request), files: noFiles };
}

export async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('application/json')) {
    throw invalidField(
      [],
      'CONTENT_TYPE_INVALID',
      `Expected "Content-Type" header to be one of {'application/json', 'multipart/form-data'}, not "${type}".`,
    );
  }
  return parse(await readText(request));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw new Error('expected bytes');
    size += chunk.length;
    if (size <= MAX_JSON_BYTES) chunks.push(chunk);
  }
  if (size > MAX_JSON_BYTES) throw refusal('tooLarge');
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const refused = refusal('badJson');
    refused.cause = cause;
    throw refused;
  }
}

export const isClientsFault = (refused: Refused): boolean =>
  (refused.status === 400 && !excusable.has(refused.code)) || [405, 413].includes(refused.status);

// What a well-behaved client may meet: races, expiry, closed threads, daily limits.
const excusable = new Set([30034, 30046, 40060, 40094, 50083, 160002, 160005, 200000]);
