import { crc32, deflateSync } from 'node:zlib';

export type TestImage = { readonly name: string; readonly mimeType: string; readonly bytes: Buffer };

/** The largest image the provider takes: 10 MB read as 10 × 2^20 bytes. */
export const largestImage = 10 * 2 ** 20;

/** A small picture that decodes; with `size`, padded inside its format to exactly so many bytes. */
export function png(size?: number): Buffer {
  const header = Buffer.from([0, 0, 0, 4, 0, 0, 0, 4, 8, 2, 0, 0, 0]);
  const rows = Buffer.concat(Array.from({ length: 4 }, () => Buffer.from([0, ...Array(12).fill(0x8c)])));
  const start = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), pngChunk('IHDR', header)]);
  const end = Buffer.concat([pngChunk('IDAT', deflateSync(rows)), pngChunk('IEND', Buffer.alloc(0))]);
  return padded(size, start, end, 12, (length) => [pngChunk('paDd', Buffer.alloc(length - 12))]);
}

/** Grey, 64 × 64. */
export function jpeg(size?: number): Buffer {
  const start = Buffer.from([0xff, 0xd8]);
  const end = Buffer.concat([
    segment(0xdb, [0, ...Array(64).fill(1)]),
    segment(0xc0, [8, 0, 64, 0, 64, 1, 1, 0x11, 0]),
    // One code each: difference 0 for DC, end of block for AC.
    segment(0xc4, [0x00, 1, ...Array(15).fill(0), 0]),
    segment(0xc4, [0x10, 1, ...Array(15).fill(0), 0]),
    segment(0xda, [1, 1, 0, 0, 63, 0]),
    Buffer.from([...Array(16).fill(0), 0xff, 0xd9]),
  ]);
  return padded(size, start, end, 4, (length) =>
    pieces(length, 65_537, 4).map((piece) => segment(0xfe, Buffer.alloc(piece - 4))),
  );
}

/** Lossless, 4 × 4. A WebP has an even number of bytes. */
export function webp(size?: number): Buffer {
  const picture = Buffer.from('2f03c0000007d0b0fef5b3ff8188e87f00', 'hex');
  const extended = riffChunk('VP8X', Buffer.from([0, 0, 0, 0, 3, 0, 0, 3, 0, 0]));
  const image = Buffer.concat([extended, riffChunk('VP8L', picture)]);
  const body = padded(size && size - 12, image, Buffer.alloc(0), 8, (length) => [
    riffChunk('PADD', Buffer.alloc(length - 8)),
  ]);
  return riffChunk('RIFF', Buffer.concat([Buffer.from('WEBP'), body]));
}

/** One black pixel. */
export function gif(size?: number): Buffer {
  const start = Buffer.concat([Buffer.from('GIF89a'), Buffer.from([1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255])]);
  const end = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 0x01, 0, 0x3b]);
  return padded(size, start, end, 5, (length) => [
    Buffer.from([0x21, 0xfe]),
    ...pieces(length - 3, 256, 2).map((piece) => Buffer.concat([Buffer.from([piece - 1]), Buffer.alloc(piece - 1)])),
    Buffer.from([0]),
  ]);
}

export const first: TestImage = { name: 'first.png', mimeType: 'image/png', bytes: png() };
export const last: TestImage = { name: 'last.jpg', mimeType: 'image/jpeg', bytes: jpeg() };

/** A GIF that says it is a PNG. */
export const mislabeled = (): TestImage => ({ name: 'photo.png', mimeType: 'image/png', bytes: gif() });

/** Its first part, as a broken upload leaves it. */
export const truncated = (whole: Buffer, length = Math.floor(whole.length * 0.6)): Buffer => whole.subarray(0, length);

type Padding = (length: number) => readonly Buffer[];

function padded(size: number | undefined, start: Buffer, end: Buffer, least: number, padding: Padding): Buffer {
  const missing = (size ?? 0) - start.length - end.length;
  if (size === undefined || missing === 0) return Buffer.concat([start, end]);
  if (missing < least) throw new Error(`no such image has ${size} bytes`);
  const bytes = Buffer.concat([start, ...padding(missing), end]);
  if (bytes.length !== size) throw new Error(`no such image has ${size} bytes`);
  return bytes;
}

/** Cuts a length into pieces of `least` to `most`. */
function pieces(length: number, most: number, least: number): number[] {
  const full = Math.max(Math.ceil(length / most) - 1, 0);
  const rest = length - full * most;
  if (rest >= least || full === 0) return [...Array<number>(full).fill(most), rest];
  return [...Array<number>(full - 1).fill(most), most - least, rest + least];
}

function pngChunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([uint32(data.length), typed, uint32(crc32(typed))]);
}

function segment(marker: number, data: Buffer | number[]): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, Buffer.from(data)]);
}

function riffChunk(type: string, data: Buffer): Buffer {
  const head = Buffer.from(`${type}    `, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
