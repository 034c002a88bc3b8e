import { Readable } from 'node:stream';
import busboy from 'busboy';
import fc from 'fast-check';
import { expect } from 'vitest';
import { ImageWalk } from '#src/domain/image-walk.ts';
import { Mp4Walk } from '#src/domain/mp4.ts';
import { encodeForm, type Part } from '#src/domain/multipart.ts';
import { jpeg, png, webp } from '#test/images.ts';
import { property } from '#test/property.ts';
import { anyText } from './arbitraries.ts';

/** Where bytes are cut into chunks. */
const cuts = fc.array(fc.nat(), { maxLength: 30 });
function chunked(bytes: Buffer, at: readonly number[]): Buffer[] {
  const ends = [...new Set(at.map((one) => one % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, index, all) => bytes.subarray(all[index - 1] ?? 0, end));
}

const padding = fc.integer({ min: 400, max: 5_000 });
const pictures = fc.oneof(
  padding.map((size) => ({ type: 'image/png', bytes: png(size) })),
  padding.map((size) => ({ type: 'image/jpeg', bytes: jpeg(size + 400) })),
  padding.map((size) => ({ type: 'image/webp', bytes: webp(2 * size) })),
);
const kinds = fc.constantFrom('image/png', 'image/jpeg', 'image/webp', 'image/gif');

function isWholePicture(type: string, chunks: readonly Buffer[]): boolean {
  const walk = new ImageWalk(type);
  for (const chunk of chunks) walk.push(chunk);
  return walk.isWhole();
}

property('a picture is whole, however it comes', [pictures, cuts], ({ type, bytes }, at) => {
  expect(isWholePicture(type, chunked(bytes, at))).toBe(true);
});

property('a picture without its last bytes is never whole', [pictures, cuts, fc.nat()], ({ type, bytes }, at, end) => {
  expect(isWholePicture(type, chunked(bytes.subarray(0, end % bytes.length), at))).toBe(false);
});

/** Pictures with bytes changed anywhere, and bytes that never were one. */
const bytesOfAnyKind = fc.oneof(
  fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
  fc.tuple(pictures, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 })).map(([{ bytes }, changes]) => {
    const changed = Buffer.from(bytes);
    for (const [at, byte] of changes) changed[at % changed.length] = byte;
    return changed;
  }),
);

property('how bytes are cut makes no difference to a picture', [kinds, bytesOfAnyKind, cuts], (type, bytes, at) => {
  expect(isWholePicture(type, chunked(bytes, at))).toBe(isWholePicture(type, [bytes]));
});

type Box = { readonly type: string; readonly length: number; readonly size: 'short' | 'long' | 'to the end' };
const box = fc.record<Box>({
  type: fc.constantFrom('moov', 'mdat', 'free', 'uuid', 'ftyp'),
  length: fc.nat(40),
  size: fc.constantFrom('short', 'short', 'short', 'long', 'to the end'),
});
const boxes = fc.array(box, { maxLength: 6 });

function bytesOf({ type, length, size }: Box): Buffer {
  const head = Buffer.alloc(size === 'long' ? 16 : 8);
  head.writeUInt32BE({ short: length + 8, long: 1, 'to the end': 0 }[size]);
  head.write(type, 4, 'latin1');
  if (size === 'long') head.writeBigUInt64BE(BigInt(length + 16), 8);
  return Buffer.concat([head, Buffer.alloc(length, 7)]);
}

/** Boxes by slices of the whole file, as ISO 14496-12 §4.2 has them; null: they do not fill it. */
function boxTypes(file: Buffer): string[] | null {
  if (file.length === 0) return [];
  if (file.length < 8) return null;
  const type = file.toString('latin1', 4, 8);
  const short = file.readUInt32BE(0);
  if (short === 0) return [type];
  if (short === 1 && file.length < 16) return null;
  const size = short === 1 ? Number(file.readBigUInt64BE(8)) : short;
  if (size < (short === 1 ? 16 : 8) || size > file.length) return null;
  const rest = boxTypes(file.subarray(size));
  return rest === null ? null : [type, ...rest];
}

function isWholeFilm(chunks: readonly Buffer[]): boolean {
  const walk = new Mp4Walk();
  for (const chunk of chunks) walk.push(chunk);
  return walk.isWhole();
}

property(
  'a film is whole if its boxes fill it, however it comes',
  [boxes, fc.boolean(), fc.nat(), cuts],
  (list, isFilm, missing, at) => {
    const whole = Buffer.concat([
      ...(isFilm ? [bytesOf({ type: 'ftyp', length: 8, size: 'short' })] : []),
      ...list.map(bytesOf),
    ]);
    const file = whole.subarray(0, whole.length - (missing % 3 === 0 ? missing % (whole.length + 1) : 0));
    const types = boxTypes(file);

    const expected = types !== null && types[0] === 'ftyp' && types.includes('moov') && types.includes('mdat');
    expect(isWholeFilm(chunked(file, at))).toBe(expected);
  },
);

property('how bytes are cut makes no difference to a film', [fc.uint8Array({ maxLength: 200 }), cuts], (bytes, at) => {
  const file = Buffer.concat([bytesOf({ type: 'ftyp', length: 0, size: 'short' }), bytes]);

  expect(isWholeFilm(chunked(file, at))).toBe(isWholeFilm([file]));
});

// Names as the bot has them: of its own, or storable ones of members.
const name = anyText.map((text) => text.replaceAll('\0', '').toWellFormed());
const part = fc.record({
  name: name.map((text) => `n${text}`),
  text: fc
    .oneof(anyText, fc.constantFrom('--here\r\n', '\r\n--here--\r\n', '\r\n--here'))
    .map((text) => text.toWellFormed()),
  fileName: fc.option(name.map((text) => `f${text}`)),
  cuts,
});

property(
  'a form is read back as it was written, and is as long as it says',
  [fc.array(part, { maxLength: 4 })],
  async (parts) => {
    const form = encodeForm(parts.map(toPart));

    const whole = Buffer.concat(await Array.fromAsync(form.bytes));

    expect(form.length).toBe(whole.length);
    expect(await parse(form.contentType, whole)).toEqual(
      parts.map(({ name, fileName, text }) => ({
        name: inQuotes(name),
        fileName: fileName === null ? null : inQuotes(fileName),
        text,
      })),
    );
  },
  { share: 0.4 },
);

function toPart({
  name,
  text,
  fileName,
  cuts: at,
}: {
  name: string;
  text: string;
  fileName: string | null;
  cuts: number[];
}): Part {
  if (fileName === null) return { name, body: text };
  const bytes = Buffer.from(text);
  return { name, fileName, contentType: 'image/png', length: bytes.length, body: Readable.from(chunked(bytes, at)) };
}

/** How browsers write names (WHATWG): what would end the quotes or the line stands for itself no longer. */
const inQuotes = (text: string) =>
  text
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
    .replaceAll('"', '%22')
    .replaceAll(/\p{Cc}/gu, '_');

async function parse(contentType: string, bytes: Buffer): Promise<object[]> {
  const parts: object[] = [];
  const limits = { fieldNameSize: 10_000, fieldSize: 1_000_000 };
  const parser = busboy({
    headers: { 'content-type': contentType },
    defParamCharset: 'utf8',
    preservePath: true,
    limits,
  });
  const done = new Promise((resolve, reject) => parser.once('close', resolve).once('error', reject));
  parser.on('field', (field, text) => parts.push({ name: field, fileName: null, text }));
  parser.on('file', (field, stream, { filename }) => {
    const slot = { name: field, fileName: filename, text: '' };
    parts.push(slot);
    const chunks: Buffer[] = [];
    stream
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        slot.text = Buffer.concat(chunks).toString();
      });
  });
  parser.end(bytes);
  await done;
  return parts;
}
