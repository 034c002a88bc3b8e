import { describe, expect, test } from 'vitest';
import { kling } from '#src/domain/parameters.ts';
import { type Picture, stillImages } from '#src/domain/still-images.ts';

const host = 'media.discordapp.net';
const attached: Picture = { name: 'a.png', url: 'https://cdn.discordapp.com/a.png', size: 9, isAnimated: false };
const embedded: Picture = { name: 'a.png', url: `https://${host}/external/x/a.png`, size: null, isAnimated: false };
const isTaken = (picture: Picture) => stillImages(kling, [picture], [host]).length === 1;

describe('a still image', () => {
  test.each<[string, Partial<Picture>, boolean]>([
    ['a PNG', {}, true],
    ['a WebP', { name: 'a.webp', contentType: 'image/webp' }, true],
    ['a WebP that moves', { name: 'a.webp', contentType: 'image/webp', isAnimated: true }, false],
    ['a GIF', { name: 'a.gif', contentType: 'image/gif' }, false],
    ['a film', { name: 'a.mp4', contentType: 'video/mp4' }, false],
    ['a film that is called a picture', { contentType: 'video/mp4' }, false],
    ['a GIF by its name alone', { name: 'a.GIF' }, false],
  ])('of an attachment or of a site: %s', (_, more, taken) => {
    expect(isTaken({ ...attached, ...more })).toBe(taken);
    expect(isTaken({ ...embedded, ...more })).toBe(taken);
  });

  test('of a site need not say what it is; an attachment does', () => {
    expect(isTaken({ ...embedded, name: '1200' })).toBe(true);
    expect(isTaken({ ...embedded, name: 'image.php' })).toBe(true);
    expect(isTaken({ ...attached, name: '1200' })).toBe(false);
  });

  test('of a site is read through Discord’s proxy or not at all', () => {
    expect(isTaken({ ...embedded, url: 'https://site.example/a.png' })).toBe(false);
    expect(isTaken({ ...embedded, url: `https://${host}.site.example/a.png` })).toBe(false);
    expect(isTaken({ ...embedded, url: `http://${host}/a.png` })).toBe(false);
  });

  test('keeps its place among those that are none', () => {
    const found = stillImages(kling, [{ ...attached, name: 'a.gif' }, embedded, attached], [host]);

    expect(found.map(({ size }) => size)).toEqual([null, 9]);
  });
});
