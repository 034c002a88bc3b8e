import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

export type KeepUploads = 'bytes' | 'digest';

/** A file as it arrived. `bytes` only where the stand-in was told to keep them. */
export type Upload = {
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  readonly sha256: string;
  readonly head: Buffer;
  readonly bytes: Buffer | undefined;
};

const HEAD_BYTES = 16;

export function uploadOf(name: string, contentType: string, bytes: Buffer): Upload {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name, contentType, size: bytes.length, sha256, head: bytes.subarray(0, HEAD_BYTES), bytes };
}

export type Reading = { keep: KeepUploads; limit: number };

/** Reads a file to its end; `undefined` if it is larger than the limit (the rest is read and thrown away). */
export async function readUpload(
  stream: Readable,
  name: string,
  contentType: string,
  { keep, limit }: Reading,
): Promise<Upload | undefined> {
  const hash = createHash('sha256');
  const kept: Buffer[] = [];
  let head = Buffer.alloc(0);
  let size = 0;
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) throw new Error('expected bytes');
    size += chunk.length;
    if (size > limit) {
      kept.length = 0;
      continue;
    }
    hash.update(chunk);
    if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.length)]);
    if (keep === 'bytes') kept.push(chunk);
  }
  if (size > limit) return undefined;
  const bytes = keep === 'bytes' ? Buffer.concat(kept) : undefined;
  return { name, contentType, size, sha256: hash.digest('hex'), head, bytes };
}
