import { z } from 'zod';
import { componentId, emoji, httpUrl, snowflake, text } from './fields.ts';

// https://discord.com/developers/docs/components/reference
const common = { id: componentId };
const disabled = z.boolean().nullish();
const customId = text(1, 100);
const range = (max: number) => z.int().min(0).max(max).nullish();

const button = z
  .strictObject({
    ...common,
    type: z.literal(2),
    style: z.int().min(1).max(6),
    label: text(1, 80).nullish(),
    emoji: emoji.nullish(),
    custom_id: customId.nullish(),
    url: httpUrl(512).nullish(),
    sku_id: snowflake.nullish(),
    disabled,
  })
  .superRefine((it, context) => {
    const wrong = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    const needs = it.style === 5 ? 'url' : it.style === 6 ? 'sku_id' : 'custom_id';
    for (const field of ['url', 'sku_id', 'custom_id'] as const) {
      const isThere = it[field] !== undefined && it[field] !== null;
      if (field === needs && !isThere) wrong(field, `A button of style ${it.style} needs ${field}.`);
      if (field !== needs && isThere) wrong(field, `A button of style ${it.style} takes no ${field}.`);
    }
    if (it.style !== 6 && !it.label && !it.emoji) wrong('label', 'A button needs a label or an emoji.');
  });

const selectCommon = {
  ...common,
  custom_id: customId,
  placeholder: text(0, 150).nullish(),
  min_values: range(25),
  max_values: z.int().min(1).max(25).nullish(),
  disabled,
  required: z.boolean().nullish(),
};
const stringSelect = z.strictObject({
  ...selectCommon,
  type: z.literal(3),
  options: z
    .array(
      z.strictObject({
        label: text(1, 100),
        value: text(1, 100),
        description: text(1, 100).nullish(),
        emoji: emoji.nullish(),
        default: z.boolean().nullish(),
      }),
    )
    .min(1)
    .max(25),
});
const defaults = z
  .array(z.strictObject({ id: snowflake, type: z.enum(['user', 'role', 'channel']) }))
  .max(25)
  .nullish();
const entitySelect = z.strictObject({
  ...selectCommon,
  type: z.union([z.literal(5), z.literal(6), z.literal(7), z.literal(8)]),
  default_values: defaults,
  channel_types: z.array(z.int()).nullish(),
});

const inRow = z.union([button, stringSelect, entitySelect]);
export const actionRow = z
  .strictObject({ ...common, type: z.literal(1), components: z.array(inRow).min(1).max(5) })
  .refine(({ components }) => components.every(({ type }) => type === 2) || components.length === 1, {
    message: 'An action row holds up to five buttons or one select.',
    path: ['components'],
  });

const media = z.strictObject({ url: httpUrl(2048) });
const described = { description: text(1, 1024).nullish(), spoiler: z.boolean().nullish() };
const textDisplay = z.strictObject({ ...common, type: z.literal(10), content: text(1, 4000) });
const thumbnail = z.strictObject({ ...common, ...described, type: z.literal(11), media });
const section = z.strictObject({
  ...common,
  type: z.literal(9),
  components: z.array(textDisplay).min(1).max(3),
  accessory: z.union([button, thumbnail]),
});
const gallery = z.strictObject({
  ...common,
  type: z.literal(12),
  items: z
    .array(z.strictObject({ ...described, media }))
    .min(1)
    .max(10),
});
const file = z.strictObject({
  ...common,
  type: z.literal(13),
  file: z.strictObject({ url: z.string().regex(/^attachment:\/\/\S+$/, 'A file component takes attachment:// only.') }),
  spoiler: z.boolean().nullish(),
});
const separator = z.strictObject({
  ...common,
  type: z.literal(14),
  divider: z.boolean().nullish(),
  spacing: z.union([z.literal(1), z.literal(2)]).nullish(),
});
const inContainer = z.discriminatedUnion('type', [actionRow, textDisplay, section, gallery, file, separator]);
const container = z.strictObject({
  ...common,
  type: z.literal(17),
  components: z.array(inContainer).min(1).max(40),
  accent_color: z.int().min(0).max(0xff_ffff).nullish(),
  spoiler: z.boolean().nullish(),
});

/** Everything a message may hold at its top level; which of it needs the V2 flag is checked with the whole message. */
export const messageComponents = z
  .array(z.discriminatedUnion('type', [actionRow, textDisplay, section, gallery, file, separator, container]))
  .max(40);
export type MessageComponents = z.infer<typeof messageComponents>;
