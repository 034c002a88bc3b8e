import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Mp4Walk } from '#src/domain/mp4.ts';
import { chances } from '#test/chance.ts';

const films = ['16x9', '9x16', '1x1'].map((name) => [name, readFileSync(`sandbox/media/${name}.mp4`)] as const);
const film = films[0]?.[1] ?? Buffer.alloc(0);

type Size = 'normal' | 'long' | 'open';
/** A box; `long` has its size in 64 bits, `open` runs to the end of the file. */
function box(type: string, content: Buffer | number = 0, size: Size = 'normal'): Buffer {
  const body = typeof content === 'number' ? Buffer.alloc(content, 7) : content;
  const head = Buffer.alloc(size === 'long' ? 16 : 8);
  head.writeUInt32BE(size === 'long' ? 1 : size === 'open' ? 0 : body.length + 8);
  head.write(type, 4, 'latin1');
  if (size === 'long') head.writeBigUInt64BE(BigInt(body.length + 16), 8);
  return Buffer.concat([head, body]);
}
const file = (...boxes: Buffer[]) => Buffer.concat(boxes);
const ftyp = box('ftyp', Buffer.from('isom0000'));

function isWhole(bytes: Buffer, sizes: () => number = () => bytes.length || 1): boolean {
  const walk = new Mp4Walk();
  for (let at = 0; at < bytes.length; ) {
    const size = sizes();
    walk.push(bytes.subarray(at, at + size));
    at += size;
  }
  return walk.isWhole();
}

describe.each(films)('the film %s', (_, bytes) => {
  test('is whole, however it is cut into chunks', () => {
    expect(isWhole(bytes)).toBe(true);
    for (const random of chances(20)) expect(isWhole(bytes, () => 1 + random.upTo(5000))).toBe(true);
  });

  test('is whole byte by byte', () => {
    expect(isWhole(bytes.subarray(0), () => 1)).toBe(true);
  });

  test('is not whole with any part of its end missing', () => {
    for (const random of chances(200)) {
      const length = random.upTo(bytes.length - 1);
      expect([length, isWhole(bytes.subarray(0, length))]).toEqual([length, false]);
    }
    expect(isWhole(bytes.subarray(0, -1))).toBe(false);
  });

  test('is not whole with a byte too many', () => {
    expect(isWhole(file(bytes, Buffer.from([0])))).toBe(false);
  });
});

describe('boxes', () => {
  test.each<[string, Buffer, boolean]>([
    ['index before media', file(ftyp, box('moov', 20), box('mdat', 50)), true],
    ['media before index', file(ftyp, box('mdat', 50), box('moov', 20)), true],
    ['boxes nobody knows between', file(ftyp, box('free', 3), box('moov', 20), box('uuid', 30), box('mdat', 5)), true],
    ['empty boxes', file(ftyp, box('free'), box('moov'), box('mdat')), true],
    ['sizes in 64 bits', file(ftyp, box('moov', 20, 'long'), box('mdat', 50, 'long')), true],
    ['an empty box with its size in 64 bits', file(ftyp, box('moov', 20), box('mdat', 0, 'long')), true],
    ['media to the end of the file', file(ftyp, box('moov', 20), box('mdat', 50, 'open')), true],
    ['nothing', Buffer.alloc(0), false],
    ['less than a header', Buffer.from('00000014', 'hex'), false],
    ['no index', file(ftyp, box('mdat', 50)), false],
    ['no media', file(ftyp, box('moov', 20)), false],
    ['index to the end of the file', file(ftyp, box('moov', 50, 'open')), false],
    ['no ftyp first', file(box('moov', 20), ftyp, box('mdat', 5)), false],
    ['two films in a row', file(ftyp, box('moov', 20), box('mdat', 5), ftyp), true],
    ['a header cut short', file(ftyp, box('moov', 20), box('mdat', 50), box('free', 9).subarray(0, 7)), false],
    ['a 64-bit header cut short', file(ftyp, box('moov', 20), box('mdat', 50, 'long').subarray(0, 12)), false],
    ['the last box cut short', file(ftyp, box('moov', 20), box('mdat', 50)).subarray(0, -1), false],
    ['a size below its header', file(ftyp, box('moov', 20), Buffer.from('000000076d646174', 'hex')), false],
    [
      'a 64-bit size below its header',
      file(ftyp, box('moov', 20), Buffer.from('000000016d646174000000000000000f', 'hex')),
      false,
    ],
    ['an error page', Buffer.from('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'), false],
    ['an error in JSON', Buffer.from('{"error":{"code":"expired"}}'), false],
  ])('%s', (_, bytes, expected) => {
    expect(isWhole(bytes)).toBe(expected);
    expect(isWhole(bytes, () => 1)).toBe(expected);
  });

  test('a box larger than 4 GB is waited for to its last byte', () => {
    const head = Buffer.alloc(16);
    head.writeUInt32BE(1);
    head.write('mdat', 4);
    const most = 5 * 2 ** 30;
    head.writeBigUInt64BE(BigInt(most + 16), 8);
    const walk = new Mp4Walk();
    walk.push(file(ftyp, box('moov', 20), head));
    const chunk = Buffer.alloc(2 ** 28);

    for (let sent = 0; sent < most; sent += chunk.length) {
      expect(walk.isWhole()).toBe(false);
      walk.push(chunk);
    }

    expect(walk.isWhole()).toBe(true);
  });
});

test('what cannot be an mp4 is known from its first eight bytes, and stays so', () => {
  const walk = new Mp4Walk();

  expect(walk.push(Buffer.from('<html>\n'))).toBe(true);
  expect(walk.push(Buffer.from('<'))).toBe(false);
  expect(walk.push(film)).toBe(false);
  expect(walk.isWhole()).toBe(false);
});

test('an empty chunk changes nothing', () => {
  const walk = new Mp4Walk();
  walk.push(film);

  expect(walk.push(new Uint8Array())).toBe(true);
  expect(walk.isWhole()).toBe(true);
});
