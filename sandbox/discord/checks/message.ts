import { z } from 'zod';
import { messageComponents } from './components.ts';
import { httpUrl, snowflake, text } from './fields.ts';

export const messageFlag = {
  suppressEmbeds: 1 << 2,
  ephemeral: 1 << 6,
  loading: 1 << 7,
  suppressNotifications: 1 << 12,
  voice: 1 << 13,
  componentsV2: 1 << 15,
} as const;

// https://discord.com/developers/docs/resources/message#embed-object; a bot cannot set video or provider.
const embed = z.strictObject({
  title: text(0, 256).nullish(),
  type: z.literal('rich').nullish(),
  description: text(0, 4096).nullish(),
  url: httpUrl(2048).nullish(),
  timestamp: z.iso.datetime({ offset: true }).nullish(),
  color: z.int().min(0).max(0xff_ffff).nullish(),
  footer: z.strictObject({ text: text(1, 2048), icon_url: httpUrl(2048).nullish() }).nullish(),
  image: z.strictObject({ url: httpUrl(2048) }).nullish(),
  thumbnail: z.strictObject({ url: httpUrl(2048) }).nullish(),
  author: z
    .strictObject({ name: text(1, 256), url: httpUrl(2048).nullish(), icon_url: httpUrl(2048).nullish() })
    .nullish(),
  fields: z
    .array(z.strictObject({ name: text(1, 256), value: text(1, 1024), inline: z.boolean().nullish() }))
    .max(25)
    .nullish(),
});

const ids = z.array(snowflake).max(100).nullish();
const allowedMentions = z
  .strictObject({
    parse: z.array(z.enum(['users', 'roles', 'everyone'])).nullish(),
    users: ids,
    roles: ids,
    replied_user: z.boolean().nullish(),
  })
  .superRefine(({ parse, users, roles }, context) => {
    for (const [kind, list] of [
      ['users', users],
      ['roles', roles],
    ] as const) {
      if (parse?.includes(kind) !== true || !list?.length) continue;
      context.addIssue({
        code: 'custom',
        path: [kind],
        message: `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
      });
    }
  });
export type AllowedMentions = z.infer<typeof allowedMentions>;

const attachment = z.strictObject({
  id: z.union([snowflake, z.int().min(0)]).transform(String),
  filename: text(1, 1024).nullish(),
  description: text(0, 1024).nullish(),
  title: text(0, 1024).nullish(),
  duration_secs: z.number().min(0).nullish(),
  waveform: z.string().max(400).nullish(),
  is_spoiler: z.boolean().nullish(),
});

const edit = {
  content: text(0, 2000).nullish(),
  embeds: z.array(embed).max(10).nullish(),
  allowed_mentions: allowedMentions.nullish(),
  components: messageComponents.nullish(),
  attachments: z.array(attachment).max(10).nullish(),
  flags: z.int().min(0).nullish(),
};
const reference = z.strictObject({
  type: z.literal(0).nullish(),
  message_id: snowflake,
  channel_id: snowflake.nullish(),
  guild_id: snowflake.nullish(),
  fail_if_not_exists: z.boolean().nullish(),
});

export const webhookEdit = z.strictObject(edit);
export const interactionMessage = z.strictObject({ ...edit, tts: z.boolean().nullish() });
export const followUp = interactionMessage;
export const channelEdit = z.strictObject(edit);
export const channelMessage = z.strictObject({
  ...edit,
  tts: z.boolean().nullish(),
  nonce: z.union([text(0, 25), z.int()]).nullish(),
  enforce_nonce: z.boolean().nullish(),
  message_reference: reference.nullish(),
  sticker_ids: z.array(snowflake).max(3).nullish(),
});

/** What a message may be made of, whichever route it came by. */
export type Draft = z.infer<typeof channelMessage>;
