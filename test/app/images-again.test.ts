import { expect, test } from 'vitest';
import { countAtProvider, makeImagesAgain } from '#src/app/images-again.ts';
import type { OfferedImage } from '#src/domain/images.ts';
import type { TaskImage } from '#src/domain/task.ts';
import { aTask } from '../domain/builders.ts';

const source = { channelId: '100000000000000001', messageId: '100000000000000002', key: 'key' };
const fresh: OfferedImage = { name: 'a.png', url: 'https://cdn.discordapp.com/a.png', size: 9, source };
const uploaded = { name: 'a.png', url: 'https://files.example/a.png', mimeType: 'image/png' };
const known = { name: 'a.png', size: 9, source };
const atDiscord: TaskImage = known;
const atProvider: TaskImage = { ...known, uploaded };
const usedBefore: TaskImage = { ...known, uploaded, isUsed: true };

/** What becomes of the images, and how often Discord is asked. */
async function again(images: readonly TaskImage[], errorCode: string | null, found: 'gone' | 'unknown' | null = null) {
  let asked = 0;
  const imagesAgain = makeImagesAgain({
    async freshImage(one) {
      expect(one).toEqual(source);
      asked += 1;
      return found ?? fresh;
    },
  });
  const had = await imagesAgain(aTask({ images, errorCode }));
  return [had?.map((image) => ('uploaded' in image ? 'provider' : image.url)) ?? null, asked];
}

test.each<[string, readonly TaskImage[], string | null, unknown[]]>([
  ['none', [], null, [[], 0]],
  ['at the provider', [atProvider, usedBefore], null, [['provider', 'provider'], 0]],
  ['at the provider, which failed', [atProvider, usedBefore], 'generation_failed', [['provider', 'provider'], 0]],
  ['refused by the provider', [usedBefore], 'images_refused', [[fresh.url], 1]],
  ['refused beside one it has just taken', [atProvider, usedBefore], 'images_refused', [['provider', fresh.url], 1]],
  ['never brought there', [atDiscord], 'image_unreadable', [[fresh.url], 1]],
  ['never brought there, the task canceled', [atDiscord, atDiscord], null, [[fresh.url, fresh.url], 2]],
  ['broken', [atDiscord], 'image_type', [null, 0]],
  ['on no message', [{ name: 'a.png', size: 9 }], 'image_unreadable', [null, 0]],
  ['on no message, and refused', [{ ...usedBefore, source: undefined } as never], 'images_refused', [null, 0]],
])('images %s', async (_, images, errorCode, expected) => {
  expect(await again(images, errorCode)).toEqual(expected);
});

test.each(['gone', 'unknown'] as const)('one that is %s has all of them asked for', async (found) => {
  expect(await again([atProvider, atDiscord], null, found)).toEqual([null, 1]);
});

test('those that are surely there are counted without a look', () => {
  const images = [atProvider, usedBefore, atDiscord];

  expect(countAtProvider(aTask({ images }))).toBe(2);
  expect(countAtProvider(aTask({ images, errorCode: 'images_refused' }))).toBe(1);
});
