import { fileTypeFromBuffer } from 'file-type';
import { describe, expect, test } from 'vitest';
import { first, gif, jpeg, largestImage, last, mislabeled, png, truncated, webp } from '#test/images.ts';

const makers = { 'image/png': png, 'image/jpeg': jpeg, 'image/webp': webp, 'image/gif': gif };
const sizes = [undefined, 400, 1000, 65_700, 66_000, 131_200, 1_000_000, largestImage, largestImage + 2];

describe('test images', () => {
  for (const [mimeType, make] of Object.entries(makers)) {
    test.each(sizes)(`${mimeType} of %s bytes is one by its bytes, and exactly as long`, async (size) => {
      const bytes = make(size);

      expect((await fileTypeFromBuffer(bytes))?.mime).toBe(mimeType);
      expect(bytes.length).toBe(size ?? bytes.length);
    });
  }

  test('every size near the border of a piece can be made', () => {
    for (let size = 65_600; size < 65_800; size += 1) expect(jpeg(size).length).toBe(size);
    for (let size = 290; size < 900; size += 1) expect(gif(size).length).toBe(size);
  });

  test('a size that no such image has is refused', () => {
    expect(() => png(20)).toThrow('no such image');
    expect(() => webp(1001)).toThrow('no such image');
  });

  test('a mislabeled image is what its bytes say', async () => {
    const { name, mimeType, bytes } = mislabeled();

    expect([name, mimeType]).toEqual(['photo.png', 'image/png']);
    expect((await fileTypeFromBuffer(bytes))?.mime).toBe('image/gif');
  });

  test('a truncated image keeps its signature and loses its end', async () => {
    const cut = truncated(png(5000));

    expect(cut.length).toBe(3000);
    expect((await fileTypeFromBuffer(cut))?.mime).toBe('image/png');
    expect(cut.includes('IEND')).toBe(false);
  });

  test('the pair for first and last frame has two types', async () => {
    expect((await fileTypeFromBuffer(first.bytes))?.mime).toBe(first.mimeType);
    expect((await fileTypeFromBuffer(last.bytes))?.mime).toBe(last.mimeType);
  });
});
