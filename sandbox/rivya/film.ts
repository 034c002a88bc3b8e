import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Film = { readonly length: number; chunks(): Iterable<Uint8Array> };

const mediaFolder = join(import.meta.dirname, '..', 'media');
const fileNames = { '16:9': '16x9.mp4', '9:16': '9x16.mp4', '1:1': '1x1.mp4' } as const;
type Aspect = keyof typeof fileNames;
const isAspect = (aspect: string): aspect is Aspect => Object.hasOwn(fileNames, aspect);

const loaded = new Map<Aspect, Uint8Array>();

/** The short film of this aspect ratio; 16:9 for any other. */
export function filmOf(aspect = '16:9'): Film {
  return filmOfBytes(load(isAspect(aspect) ? aspect : '16:9'));
}

export const filmOfBytes = (bytes: Uint8Array): Film => ({ length: bytes.length, chunks: () => [bytes] });

/**
 * A whole mp4 of exactly `length` bytes, made as it is read: the short film, which plays, and a `free` box after it;
 * below the film's size only its skeleton, which does not play. Throws below 148 bytes.
 */
export function filmOfLength(length: number, aspect = '16:9'): Film {
  const film = load(isAspect(aspect) ? aspect : '16:9');
  if (length === film.length) return filmOfBytes(film);
  const free = length - film.length;
  if (free >= headerBytes) return { length, chunks: () => concat([film], filled('free', free)) };

  const frame = skeleton();
  const mdat = length - frame.length;
  if (mdat < headerBytes) throw new Error(`an mp4 has at least ${frame.length + headerBytes} bytes`);
  return { length, chunks: () => concat([frame], filled('mdat', mdat)) };
}

const headerBytes = 8;
const filling = new Uint8Array(256 * 1024);

function* concat(...parts: readonly Iterable<Uint8Array>[]): Iterable<Uint8Array> {
  for (const part of parts) yield* part;
}

function* filled(type: string, length: number): Iterable<Uint8Array> {
  yield header(type, length);
  for (let rest = length - headerBytes; rest > 0; rest -= filling.length)
    yield filling.subarray(0, Math.min(rest, filling.length));
}

/** `ftyp` and a `moov` with a movie header and no track. */
function skeleton(): Uint8Array {
  const brand = Buffer.from('isom\0\0\x02\0isommp41', 'latin1');
  const movie = Buffer.alloc(100);
  movie.writeUInt32BE(1000, 12);
  const mvhd = Buffer.concat([header('mvhd', headerBytes + movie.length), movie]);
  return Buffer.concat([
    header('ftyp', headerBytes + brand.length),
    brand,
    header('moov', headerBytes + mvhd.length),
    mvhd,
  ]);
}

function header(type: string, length: number): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.writeUInt32BE(length);
  bytes.write(type, 4, 'latin1');
  return bytes;
}

function load(aspect: Aspect): Uint8Array {
  const bytes = loaded.get(aspect) ?? readFileSync(join(mediaFolder, fileNames[aspect]));
  loaded.set(aspect, bytes);
  return bytes;
}
