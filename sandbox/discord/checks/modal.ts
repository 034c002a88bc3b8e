import { z } from 'zod';
import { componentId, emoji, text } from './fields.ts';

// https://discord.com/developers/docs/components/reference; in modals the field is `type` as in messages.
const common = { id: componentId, custom_id: text(1, 100) };
const required = z.boolean().nullish();
const choice = {
  label: text(1, 100),
  value: text(1, 100),
  description: text(1, 100).nullish(),
  default: z.boolean().nullish(),
};

const textInput = z.strictObject({
  ...common,
  type: z.literal(4),
  style: z.union([z.literal(1), z.literal(2)]),
  label: text(1, 45).nullish(),
  min_length: z.int().min(0).max(4000).nullish(),
  max_length: z.int().min(1).max(4000).nullish(),
  required,
  value: text(0, 4000).nullish(),
  placeholder: text(0, 100).nullish(),
});
const select = z.strictObject({
  ...common,
  type: z.literal(3),
  options: z
    .array(z.strictObject({ ...choice, emoji: emoji.nullish() }))
    .min(1)
    .max(25),
  placeholder: text(0, 150).nullish(),
  min_values: z.int().min(0).max(25).nullish(),
  max_values: z.int().min(1).max(25).nullish(),
  required,
});
const entitySelect = z.strictObject({
  ...common,
  type: z.union([z.literal(5), z.literal(6), z.literal(7), z.literal(8)]),
  placeholder: text(0, 150).nullish(),
  min_values: z.int().min(0).max(25).nullish(),
  max_values: z.int().min(1).max(25).nullish(),
  channel_types: z.array(z.int()).nullish(),
  required,
});
const fileUpload = z.strictObject({
  ...common,
  type: z.literal(19),
  min_values: z.int().min(0).max(10).nullish(),
  max_values: z.int().min(1).max(10).nullish(),
  file_types: z.array(z.string()).max(10).nullish(),
  required,
});
const radioGroup = z.strictObject({
  ...common,
  type: z.literal(21),
  options: z.array(z.strictObject(choice)).min(2).max(10),
  required,
});
const checkboxGroup = z.strictObject({
  ...common,
  type: z.literal(22),
  options: z.array(z.strictObject(choice)).min(1).max(10),
  min_values: z.int().min(0).max(10).nullish(),
  max_values: z.int().min(1).max(10).nullish(),
  required,
});
const checkbox = z.strictObject({ ...common, type: z.literal(23), default: z.boolean().nullish() });

const label = z.strictObject({
  id: componentId,
  type: z.literal(18),
  label: text(1, 45),
  description: text(1, 100).nullish(),
  component: z.union([textInput, select, entitySelect, fileUpload, radioGroup, checkboxGroup, checkbox]),
});
const row = z.strictObject({ id: componentId, type: z.literal(1), components: z.array(textInput).length(1) });
const textDisplay = z.strictObject({ id: componentId, type: z.literal(10), content: text(1, 4000) });

export const modal = z.strictObject({
  title: text(1, 45),
  custom_id: text(1, 100),
  components: z
    .array(z.discriminatedUnion('type', [label, row, textDisplay]))
    .min(1)
    .max(5),
});
