import { z } from 'zod';
import type { OfferedImage } from '#src/domain/images.ts';
import type { Context, Reply } from '#src/domain/task.ts';

export const Snowflake = z.string().regex(/^\d{5,20}$/);
const Bits = z.string().regex(/^\d{1,30}$/);
export const Attachment = z.object({
  id: Snowflake,
  filename: z.string(),
  url: z.string(),
  size: z.number().int(),
  content_type: z.string().optional(),
});

// Only what the bot reads; Discord may add fields at any time.
const Envelope = z.object({
  id: Snowflake,
  application_id: Snowflake,
  token: z.string().min(1),
  guild_id: Snowflake.optional(),
  channel_id: Snowflake.optional(),
  channel: z
    .object({ id: Snowflake, type: z.number().optional(), parent_id: Snowflake.nullish(), nsfw: z.boolean().nullish() })
    .optional(),
  context: z.union([z.literal(0), z.literal(1), z.literal(2)]).optional(),
  member: z
    .object({
      user: z.object({ id: Snowflake }),
      roles: z.array(Snowflake).default([]),
      permissions: Bits.default('0'),
    })
    .optional(),
  user: z.object({ id: Snowflake }).optional(),
  locale: z
    .string()
    .regex(/^[\w-]{2,20}$/)
    .catch('en-US'),
  attachment_size_limit: z.number().int().positive().optional(),
  authorizing_integration_owners: z.record(z.string(), z.string()).default({}),
  message: z.object({ id: Snowflake, flags: z.number().default(0) }).optional(),
});

/** What every interaction has, whatever was done: who, where, and by which token it is answered. */
export type Interaction = {
  readonly id: string;
  readonly token: string;
  readonly userId: string;
  readonly locale: string;
  /** The member's roles in the server; none elsewhere. */
  readonly roles: readonly string[];
  /** The member's permissions in the channel (Discord's bits); none elsewhere. */
  readonly permissions: bigint;
  /** The channel that rules about channels mean: of a thread, the one that it belongs to. */
  readonly homeChannelId: string;
  /** Discord says that the channel is. */
  readonly isAgeRestricted: boolean;
  /** Where the answer goes. For something on a message, that message: answered by an update, it is the token's own reply. */
  readonly reply: Reply;
};

/** Announcement and public threads. What is in a private one (12) is not for its channel; elsewhere the parent is a category. */
const isOpenThread = (type: number | undefined) => type === 10 || type === 11;
const isThread = (type: number | undefined) => isOpenThread(type) || type === 12;
const contexts = ['guild', 'bot-dm', 'private-channel'] as const satisfies readonly Context[];
export const tokenLifeMs = 15 * 60 * 1000;
const ephemeral = 64;
/** Discord's default per file since 2026-09-03 (discord.md §4), should the interaction not say. */
const defaultSizeLimit = 20 * 2 ** 20;

/** Reads what every raw INTERACTION_CREATE has. Throws on a payload that is not Discord's. */
export function readInteraction(raw: unknown): Interaction {
  const it = Envelope.parse(raw);
  const userId = it.member?.user.id ?? it.user?.id;
  const channelId = it.channel?.id ?? it.channel_id;
  if (userId === undefined || channelId === undefined) throw new Error('an interaction without user or channel');
  return {
    id: it.id,
    token: it.token,
    userId,
    locale: it.locale,
    roles: it.member?.roles ?? [],
    permissions: BigInt(it.member?.permissions ?? 0),
    homeChannelId: isThread(it.channel?.type) ? (it.channel?.parent_id ?? channelId) : channelId,
    isAgeRestricted: it.channel?.nsfw === true,
    reply: {
      applicationId: it.application_id,
      token: it.token,
      tokenExpiresAt: new Date(createdAt(it.id).getTime() + tokenLifeMs),
      guildId: it.guild_id ?? null,
      channelId,
      parentId: isOpenThread(it.channel?.type) ? (it.channel?.parent_id ?? null) : null,
      context: contexts[it.context ?? (it.guild_id === undefined ? 1 : 0)],
      messageId: it.message?.id ?? null,
      isPrivate: ((it.message?.flags ?? 0) & ephemeral) !== 0,
      sizeLimit: it.attachment_size_limit ?? defaultSizeLimit,
      // Key "0": installed to the server, or ("0": "0") the DM with the bot itself (discord.md §1).
      hasBot: '0' in it.authorizing_integration_owners,
    },
  };
}

/** `data.resolved` of commands and modals. */
export const Resolved = z
  .object({ attachments: z.record(z.string(), Attachment).default({}) })
  .default({ attachments: {} });

/** Files that came with an interaction, by their ids. */
export function offeredImages({ attachments }: z.infer<typeof Resolved>): ReadonlyMap<string, OfferedImage> {
  return new Map(Object.entries(attachments).map(([id, attachment]) => [id, offeredImage(attachment)]));
}

export function offeredImage({ filename, url, size, content_type }: z.infer<typeof Attachment>): OfferedImage {
  return { name: filename, url, size, contentType: content_type };
}

/** When a snowflake was made (discord.md §1). */
export function createdAt(snowflake: string): Date {
  return new Date(Number((BigInt(snowflake) >> 22n) + 1_420_070_400_000n));
}
