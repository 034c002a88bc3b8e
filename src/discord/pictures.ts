import { createHash } from 'node:crypto';
import { ComponentType, EmbedType } from 'discord.js';
import { z } from 'zod';
import type { ImageSource } from '#src/domain/images.ts';
import type { Picture } from '#src/domain/still-images.ts';
import { Attachment, offeredImage, Snowflake } from './interaction.ts';

/** IS_ANIMATED, of attachments and of media alike. */
const animated = 1 << 5;
const flags = z.number().nullish();
const File = Attachment.extend({ flags });
const Media = z.object({
  url: z.string(),
  proxy_url: z.string().nullish(),
  content_type: z.string().nullish(),
  flags,
});
type Media = z.infer<typeof Media>;
const Embed = z.object({ type: z.string().nullish(), image: Media.nullish(), thumbnail: Media.nullish() });

// Only what the bot reads. An embed or component of a kind that it does not know must not hide the other pictures.
const Shown = z.object({
  attachments: z.array(File).default([]),
  embeds: z.array(Embed.catch({})).default([]),
  components: z.array(z.unknown()).default([]),
});
const Message = Shown.extend({
  id: Snowflake,
  channel_id: Snowflake,
  message_snapshots: z.array(z.object({ message: Shown })).default([]),
});

/**
 * The pictures of a message in the order in which they are seen: in components, attached, in embeds, and then those of
 * what it forwards; each once. Files are read from where they lie, all else from Discord's proxy and never from its site.
 */
export function readPictures(raw: unknown): Picture[] {
  const { id: messageId, channel_id: channelId, message_snapshots, ...own } = Message.parse(raw);
  const shown = [own, ...message_snapshots.map(({ message }) => message)].flatMap(picturesOf);
  const byKey = new Map<string, Picture>();
  for (const { key, picture } of shown) {
    if (!byKey.has(key)) byKey.set(key, { ...picture, source: sourceOf(channelId, messageId, key) });
  }
  return [...byKey.values()];
}

type Keyed = { readonly key: string; readonly picture: Picture };

function picturesOf({ attachments, embeds, components }: z.infer<typeof Shown>): Keyed[] {
  const files = attachments.map((file) => {
    return { key: keyOf(file.url), picture: { ...offeredImage(file), isAnimated: isAnimated(file) } };
  });
  const known = new Map(files.map((file) => [file.key, file]));
  const media = (one: Media) => known.get(keyOf(one.url)) ?? embedded(one);
  const inComponents = components.flatMap(mediaOf).flatMap(media);
  const inEmbeds = embeds.flatMap(stillOf).flatMap(media);
  return [...inComponents, ...files, ...inEmbeds];
}

/** An embed shows one picture; what plays shows a still of its film, which is no picture that anybody sent. */
function stillOf({ type, image, thumbnail }: z.infer<typeof Embed>): Media[] {
  if (type === EmbedType.GIFV || type === EmbedType.Video) return [];
  const shown = image ?? thumbnail;
  return shown ? [shown] : [];
}

const Node = z.object({
  type: z.number(),
  media: Media.optional().catch(undefined),
  items: z
    .array(z.object({ media: Media }).nullable().catch(null))
    .default([])
    .catch([]),
  components: z.array(z.unknown()).default([]).catch([]),
  accessory: z.unknown().optional(),
});

/** Thumbnails and galleries, however deep (discord.md §3: at most 40 components in all). */
function mediaOf(component: unknown): Media[] {
  const node = Node.safeParse(component).data;
  if (node === undefined) return [];
  if (node.type === ComponentType.Thumbnail) return node.media ? [node.media] : [];
  if (node.type === ComponentType.MediaGallery) return node.items.flatMap((item) => (item ? [item.media] : []));
  return [...node.components, node.accessory].flatMap(mediaOf);
}

function embedded(media: Media): Keyed[] {
  const { url, proxy_url, content_type } = media;
  if (!proxy_url) return [];
  const contentType = content_type ?? undefined;
  const picture = { name: nameOf(url), url: proxy_url, size: null, contentType, isAnimated: isAnimated(media) };
  return [{ key: keyOf(url), picture }];
}

const isAnimated = ({ flags }: Pick<Media, 'flags'>) => ((flags ?? 0) & animated) !== 0;

/** The same for every signature of the same file: those are in the query. A site's query may name the picture. */
function keyOf(url: string): string {
  const path = URL.parse(url)?.pathname ?? '';
  return /^\/(?:ephemeral-)?attachments\//.test(path) ? path : url;
}

/** Where an image can be found again. Rows keep it for long, and a site's address may be a secret: hence a hash. */
export function sourceOf(channelId: string, messageId: string, url: string): ImageSource {
  const key = createHash('sha256').update(keyOf(url)).digest('base64url').slice(0, 22);
  return { channelId, messageId, key };
}

function nameOf(url: string): string {
  const last = URL.parse(url)?.pathname.split('/').at(-1) ?? '';
  return last.slice(0, 100) || 'image';
}
