import { z } from 'zod';
import { snowflake, text } from './fields.ts';

// https://discord.com/developers/docs/interactions/application-commands
const locales = [
  'id',
  'da',
  'de',
  'en-GB',
  'en-US',
  'es-ES',
  'es-419',
  'fr',
  'hr',
  'it',
  'lt',
  'hu',
  'nl',
  'no',
  'pl',
  'pt-BR',
  'ro',
  'fi',
  'sv-SE',
  'vi',
  'tr',
  'cs',
  'el',
  'bg',
  'ru',
  'uk',
  'hi',
  'th',
  'zh-CN',
  'ja',
  'zh-TW',
  'ko',
] as const; // prettier-ignore
const localized = (value: z.ZodType<string>) => z.partialRecord(z.enum(locales), value).nullish();

const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const name = z
  .string()
  .refine((value) => NAME.test(value) && value === value.toLowerCase(), { message: 'Command name is invalid' });
const description = text(1, 100);
const choiceName = text(1, 100);

const named = {
  name,
  name_localizations: localized(name),
  description,
  description_localizations: localized(description),
};
const required = z.boolean().nullish();
const autocomplete = z.boolean().nullish();
const choices = (value: z.ZodType<string | number>) =>
  z
    .array(z.strictObject({ name: choiceName, name_localizations: localized(choiceName), value }))
    .max(25)
    .nullish();

const safe = z.number().min(-Number.MAX_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);
const leaf = [
  z.strictObject({
    ...named,
    type: z.literal(3),
    required,
    autocomplete,
    choices: choices(text(1, 100)),
    min_length: z.int().min(0).max(6000).nullish(),
    max_length: z.int().min(1).max(6000).nullish(),
  }),
  z.strictObject({
    ...named,
    type: z.literal(4),
    required,
    autocomplete,
    choices: choices(z.int()),
    min_value: z.int().nullish(),
    max_value: z.int().nullish(),
  }),
  z.strictObject({ ...named, type: z.literal(5), required }),
  z.strictObject({ ...named, type: z.literal(6), required }),
  z.strictObject({ ...named, type: z.literal(7), required, channel_types: z.array(z.int()).nullish() }),
  z.strictObject({ ...named, type: z.literal(8), required }),
  z.strictObject({ ...named, type: z.literal(9), required }),
  z.strictObject({
    ...named,
    type: z.literal(10),
    required,
    autocomplete,
    choices: choices(safe),
    min_value: safe.nullish(),
    max_value: safe.nullish(),
  }),
  z.strictObject({
    ...named,
    type: z.literal(11),
    required,
    file_types: z
      .array(z.string().regex(/^(image|video|audio|\.[a-z0-9]+)$/))
      .max(10)
      .nullish(),
  }),
] as const;
const leaves = z.array(z.discriminatedUnion('type', leaf)).max(25).nullish();
const subcommand = z.strictObject({ ...named, type: z.literal(1), options: leaves });
const group = z.strictObject({ ...named, type: z.literal(2), options: z.array(subcommand).min(1).max(25) });
const options = z
  .array(z.discriminatedUnion('type', [...leaf, subcommand, group]))
  .max(25)
  .nullish();

const common = {
  id: snowflake.nullish(),
  default_member_permissions: z.string().regex(/^\d+$/, 'Value is not a bit set as a string.').nullish(),
  dm_permission: z.boolean().nullish(),
  nsfw: z.boolean().nullish(),
  contexts: z
    .array(z.union([z.literal(0), z.literal(1), z.literal(2)]))
    .min(1)
    .nullish(),
  integration_types: z
    .array(z.union([z.literal(0), z.literal(1)]))
    .min(1)
    .nullish(),
};
const freeName = text(1, 32);
const slash = z.strictObject({ ...common, ...named, type: z.literal(1).default(1), options });
const contextMenu = z.strictObject({
  ...common,
  type: z.union([z.literal(2), z.literal(3)]),
  name: freeName,
  name_localizations: localized(freeName),
  description: z.literal('').nullish(),
});
const entryPoint = z.strictObject({
  ...common,
  ...named,
  type: z.literal(4),
  handler: z.union([z.literal(1), z.literal(2)]).nullish(),
});

export const commandList = z.array(z.unknown());
export const anyCommand = (value: unknown): z.ZodType<Command> => {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : 1;
  if (type === 4) return entryPoint;
  return type === 2 || type === 3 ? contextMenu : slash;
};

export type Slash = z.infer<typeof slash>;
export type Command = Slash | z.infer<typeof contextMenu> | z.infer<typeof entryPoint>;
export type Option = NonNullable<Slash['options']>[number];
