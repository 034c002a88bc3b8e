import { isMediaProxy, isOfferedType, type OfferedImage } from './images.ts';
import type { Model } from './parameters.ts';

/** A picture that a message shows, by whatever means; a moving one says so where Discord knows. */
export type Picture = OfferedImage & { readonly isAnimated: boolean };

/**
 * Those of a message's pictures that a video can be made from, in their order: still ones, of kinds that the model takes.
 * What another site calls a picture need not say its kind; the bytes do, later.
 */
export function stillImages(
  model: Model,
  pictures: readonly Picture[],
  mediaHosts: readonly string[],
): readonly OfferedImage[] {
  return pictures.filter((picture) => isStill(model, picture, mediaHosts)).map(({ isAnimated: _, ...image }) => image);
}

function isStill(model: Model, picture: Picture, mediaHosts: readonly string[]): boolean {
  if (picture.isAnimated) return false;
  if (picture.size !== null) return isOfferedType(model, picture);
  if (!isMediaProxy(picture.url, mediaHosts)) return false;
  return saysNothing(picture) || isOfferedType(model, picture);
}

/** Neither a declared type, nor a name that ends like that of a picture or film of some kind. */
function saysNothing({ name, contentType }: OfferedImage): boolean {
  const isSilent = contentType === undefined || contentType === '';
  return isSilent && !/\.(?:jpe?g|png|webp|gifv?|apng|avif|heic|svg|bmp|tiff?|mp4|mov|webm|m4v)$/i.test(name);
}
