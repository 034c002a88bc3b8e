import type { Model } from './parameters.ts';
import type { ImageRuleBroken } from './request.ts';
import { storable } from './storable.ts';

/** An image as Discord describes it. Type and size are claims: the bytes are checked later. */
export type OfferedImage = {
  readonly name: string;
  readonly url: string;
  /** Null: of another site, behind one of Discord's media proxies; how long it is, nobody says. */
  readonly size: number | null;
  readonly contentType?: string | undefined;
  readonly source?: ImageSource | undefined;
};

/** The message that an image stands on, where a fresh link to it can be read once an earlier one has ended. */
export type ImageSource = { readonly channelId: string; readonly messageId: string; readonly key: string };

/** An image at the provider, ready for `params.referenceMediaItems`. */
export type UploadedImage = {
  readonly name: string;
  readonly url: string;
  readonly mimeType: string;
  readonly durationToken?: string | undefined;
};

/** An image that an earlier task has brought to the provider, to be used again as it lies there. */
export type UsedImage = {
  readonly name: string;
  readonly size: number | null;
  readonly uploaded: UploadedImage;
  readonly source?: ImageSource | undefined;
};

/** The rule that an image breaks by what Discord says of it, or undefined. Only the exact attachment origin is read from. */
export function imageFault(model: Model, image: OfferedImage, origin: string): ImageRuleBroken | undefined {
  // A URL may hold what no row can: no attachment of Discord has such an address.
  if (storable(image.url) !== image.url) return 'host';
  // Its place was judged when its message was read, and is again when the picture is; its bytes tell the rest.
  if (image.size === null) return undefined;
  if (!liesAt(image.url, origin)) return 'host';
  if (image.size <= 0) return 'empty';
  if (image.size > model.images.maxBytes) return 'size';
  return isOfferedType(model, image) ? undefined : 'type';
}

/** By what is declared, or else by the name. */
export function isOfferedType(model: Model, image: Pick<OfferedImage, 'name' | 'contentType'>): boolean {
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
 * Whether a URL lies at one of Discord's media proxies (`host` or `host:port`, lower case): https at exactly that host, or
 * http where the host is this very machine. Embedded images are read from there and from nowhere else: the proxy, and not
 * the bot, meets whatever site an embed names.
 */
export function isMediaProxy(url: string, hosts: readonly string[]): boolean {
  const parsed = URL.parse(url);
  if (parsed === null || !hosts.includes(parsed.host)) return false;
  if (parsed.username !== '' || parsed.password !== '') return false;
  return parsed.protocol === 'https:' || (parsed.protocol === 'http:' && loopback.has(parsed.hostname));
}

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);
