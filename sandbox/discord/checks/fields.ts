import { z } from 'zod';

/** Shapes that many bodies share. Discord counts characters, not UTF-16 units; and ids come as strings. */
export const snowflake = z.string().regex(/^\d{1,20}$/, 'Value is not snowflake.');

export const characters = (text: string): number => [...text].length;

export const text = (min: number, max: number) =>
  z.string().refine((value) => characters(value) >= min && characters(value) <= max, {
    message: `Must be between ${min} and ${max} in length.`,
  });

export const httpUrl = (max: number) =>
  text(1, max).refine((value) => /^(https?|discord|attachment):\/\/\S+$/.test(value), {
    message: "Scheme must be one of ('http', 'https', 'discord', 'attachment').",
  });

export const emoji = z.strictObject({
  id: snowflake.nullish(),
  name: z.string().nullish(),
  animated: z.boolean().nullish(),
});

export const componentId = z.int().min(0).max(2_147_483_647).nullish();
