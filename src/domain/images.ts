import type { Model } from './parameters.ts';
import type { ImageRuleBroken } from './request.ts';

/** An image as Discord describes it. Type and size are claims: the bytes are checked later. */
export type OfferedImage = {
  readonly name: string;
  readonly url: string;
  readonly size: number;
  readonly contentType?: string | undefined;
};

/** An image at the provider, ready for `params.referenceMediaItems`. */
export type UploadedImage = {
  readonly name: string;
  readonly url: string;
  readonly mimeType: string;
  readonly durationToken?: string | undefined;
};

/** The rule that an image breaks by what Discord says of it, or undefined. Only the exact attachment origin is read from. */
export function imageFault(model: Model, image: OfferedImage, origin: string): ImageRuleBroken | undefined {
  if (!liesAt(image.url, origin)) return 'host';
  if (image.size <= 0) return 'empty';
  if (image.size > model.images.maxBytes) return 'size';
  return isOfferedType(model, image) ? undefined : 'type';
}

function isOfferedType(model: Model, image: OfferedImage): boolean {
  const declared = image.contentType?.split(';')[0]?.trim().toLowerCase();
  if (declared !== undefined && declared !== '') return model.images.types.some((type) => type.mimeType === declared);
  const name = image.name.toLowerCase();
  return model.images.types.some((type) => type.extensions.some((extension) => name.endsWith(extension)));
}

/** Whether a URL lies at exactly this origin: parsed, so that look-alike prefixes and userinfo do not pass. */
export function liesAt(url: string, origin: string): boolean {
  if (!URL.canParse(url)) return false;
  const parsed = new URL(url);
  const wanted = new URL(origin);
  // A blob: URL has the origin of what it wraps.
  const isSame = parsed.protocol === wanted.protocol && parsed.origin === wanted.origin;
  return isSame && parsed.username === '' && parsed.password === '';
}

/**
 * Whether a picture's last bytes are those of a whole file: PNG ends with IEND, JPEG with EOI (zero padding allowed),
 * WebP is as long as its RIFF header says. `head` holds at least the first 12 bytes, `tail` the last ones.
 */
export function isWhole(mimeType: string, head: Uint8Array, tail: Uint8Array, length: number): boolean {
  switch (mimeType) {
    case 'image/png':
      return endsWith(tail, [0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]);
    case 'image/jpeg':
      return hasEndOfImage(tail);
    case 'image/webp': {
      const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
      return head.byteLength >= 12 && view.getUint32(4, true) + 8 <= length;
    }
    default:
      return false;
  }
}

/** How many last bytes `isWhole` wants. */
export const tailBytes = 4096;

function endsWith(bytes: Uint8Array, ending: readonly number[]): boolean {
  const start = bytes.byteLength - ending.length;
  return start >= 0 && ending.every((byte, index) => bytes[start + index] === byte);
}

// Cameras and editors append data after the marker, so it is looked for in the tail and not only at the very end.
function hasEndOfImage(tail: Uint8Array): boolean {
  for (let index = tail.byteLength - 2; index >= 0; index -= 1) {
    if (tail[index] === 0xff && tail[index + 1] === 0xd9) return true;
  }
  return false;
}
