import { z } from 'zod';
import type { OfferedImage } from '#src/domain/images.ts';
import type { Context, Reply } from '#src/domain/task.ts';

const Snowflake = z.string().regex(/^\d{5,20}$/);
const Attachment = z.object({
  id: Snowflake,
  filename: z.string(),
  url: z.string(),
  size: z.number(),
  content_type: z.string().optional(),
});
const Option = z.object({ name: z.string(), type: z.number(), value: z.unknown().optional() });

// Only what the bot reads; Discord may add fields at any time.
const Command = z.object({
  id: Snowflake,
  application_id: Snowflake,
  type: z.literal(2),
  token: z.string().min(1),
  guild_id: Snowflake.optional(),
  channel_id: Snowflake.optional(),
  channel: z.object({ id: Snowflake }).optional(),
  context: z.union([z.literal(0), z.literal(1), z.literal(2)]).optional(),
  member: z.object({ user: z.object({ id: Snowflake }) }).optional(),
  user: z.object({ id: Snowflake }).optional(),
  locale: z.string().default('en-US'),
  attachment_size_limit: z.number().int().positive().optional(),
  authorizing_integration_owners: z.record(z.string(), z.string()).default({}),
  data: z.object({
    name: z.string(),
    type: z.literal(1),
    options: z.array(Option).default([]),
    resolved: z.object({ attachments: z.record(z.string(), Attachment).optional() }).optional(),
  }),
});

export type Option = z.infer<typeof Option>;

/** A slash command as the bot sees it. */
export type CommandCall = {
  readonly id: string;
  readonly token: string;
  readonly name: string;
  readonly userId: string;
  readonly locale: string;
  readonly options: readonly Option[];
  readonly attachments: ReadonlyMap<string, OfferedImage>;
  readonly reply: Reply;
};

const contexts = ['guild', 'bot-dm', 'private-channel'] as const satisfies readonly Context[];
const tokenLifeMs = 15 * 60 * 1000;
/** Discord's default per file since 2026-09-03 (discord.md §4), should the interaction not say. */
const defaultSizeLimit = 20 * 2 ** 20;

/** Reads a raw INTERACTION_CREATE. Null: not a slash command. Throws a ZodError on a payload that is not Discord's. */
export function readCommand(raw: unknown): CommandCall | null {
  if (z.object({ type: z.number() }).parse(raw).type !== 2) return null;
  const kind = z.object({ data: z.object({ type: z.number() }) }).parse(raw).data.type;
  if (kind !== 1) return null;
  const call = Command.parse(raw);
  const userId = call.member?.user.id ?? call.user?.id;
  const channelId = call.channel?.id ?? call.channel_id;
  if (userId === undefined || channelId === undefined) throw new Error('an interaction without user or channel');

  const attachments = Object.entries(call.data.resolved?.attachments ?? {}).map(([id, { filename, ...file }]) => {
    return [id, { name: filename, url: file.url, size: file.size, contentType: file.content_type }] as const;
  });
  return {
    id: call.id,
    token: call.token,
    name: call.data.name,
    userId,
    locale: call.locale,
    options: call.data.options,
    attachments: new Map(attachments),
    reply: {
      applicationId: call.application_id,
      token: call.token,
      tokenExpiresAt: new Date(createdAt(call.id).getTime() + tokenLifeMs),
      guildId: call.guild_id ?? null,
      channelId,
      context: contexts[call.context ?? (call.guild_id === undefined ? 1 : 0)],
      messageId: null,
      isPrivate: false,
      sizeLimit: call.attachment_size_limit ?? defaultSizeLimit,
      // Key "0": installed to the server, or ("0": "0") the DM with the bot itself (discord.md §1).
      hasBot: '0' in call.authorizing_integration_owners,
    },
  };
}

/** When a snowflake was made (discord.md §1). */
export function createdAt(snowflake: string): Date {
  return new Date(Number((BigInt(snowflake) >> 22n) + 1_420_070_400_000n));
}
