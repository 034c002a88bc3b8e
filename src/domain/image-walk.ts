/**
 * Walks a picture's structure as its bytes pass, keeping none, and knows whether its end was reached: PNG's IEND chunk,
 * JPEG's EOI after the scans (one inside an embedded thumbnail does not count), WebP's RIFF length. What cameras and
 * editors append after the end does no harm.
 */
export class ImageWalk {
  readonly #walk: Walk;
  #wish: Wish;
  #ended = false;

  constructor(mimeType: string) {
    this.#walk = walkOf(mimeType);
    this.#wish = this.#walk.next(0).value ?? 0;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (!this.#ended && at < chunk.length) {
      const found = this.#wish === nextMark ? chunk.indexOf(0xff, at) : at + this.#wish;
      if (found === -1) return;
      if (found >= chunk.length) {
        this.#wish = found - chunk.length;
        return;
      }
      const { done, value } = this.#walk.next(chunk[found] ?? 0);
      this.#ended = done === true;
      this.#wish = value ?? 0;
      at = found + 1;
    }
  }

  isWhole(): boolean {
    return this.#ended;
  }
}

/** What a walk wants next: the byte after so many others, or the next 0xff. It gets that byte. */
type Wish = number;
const nextMark = -1;
type Walk = Generator<Wish, void, number>;

function walkOf(mimeType: string): Walk {
  switch (mimeType) {
    case 'image/png':
      return png();
    case 'image/jpeg':
      return jpeg();
    case 'image/webp':
      return webp();
    default:
      return never();
  }
}

/** PNG (ISO 15948) §5: signature, then chunks of length, type, data and checksum, IEND last. */
function* png(): Walk {
  let before = 8;
  for (;;) {
    const length = yield* bigEndian(4, before);
    const type = yield* bigEndian(4);
    if (type === 0x49_45_4e_44) break;
    before = length + 4;
  }
  yield 3;
}

/** JPEG (ITU T.81) annex B: segments with a length up to a scan, whose data hides no marker but by a stuffed zero. */
function* jpeg(): Walk {
  yield 1;
  for (;;) {
    const marker = yield* marked();
    if (marker === 0xd9) return;
    const isBare = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
    if (isBare) continue;
    const length = yield* bigEndian(2);
    if (length > 2) yield length - 3;
  }
}

/** The next marker's code, whatever lies before it: after a scan's header that is the scan's data. */
function* marked(): Generator<Wish, number, number> {
  for (;;) {
    yield nextMark;
    let code = yield 0;
    while (code === 0xff) code = yield 0;
    if (code !== 0x00) return code;
  }
}

/** WebP container (RFC 9649 §2.3): "RIFF", then the size of what follows, little-endian. */
function* webp(): Walk {
  const bytes = [yield 4, yield 0, yield 0, yield 0];
  const size = bytes.reduce((sum, byte, index) => sum + byte * 256 ** index, 0);
  if (size > 0) yield size - 1;
}

function* never(): Walk {
  for (;;) yield 0;
}

/** A number of `count` bytes, after `before` others. */
function* bigEndian(count: number, before = 0): Generator<Wish, number, number> {
  let value = yield before;
  for (let left = count - 1; left > 0; left -= 1) value = value * 256 + (yield 0);
  return value;
}
