import { z } from 'zod';
import { text } from './fields.ts';
import { interactionMessage, messageFlag } from './message.ts';
import { modal } from './modal.ts';

// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object
const deferral = z.strictObject({
  flags: z
    .int()
    .refine((flags) => (flags & ~messageFlag.ephemeral) === 0, {
      message: 'A deferred response takes the EPHEMERAL flag only.',
    })
    .nullish(),
});
const choices = z.strictObject({
  choices: z
    .array(
      z.strictObject({
        name: text(1, 100),
        name_localizations: z.record(z.string(), text(1, 100)).nullish(),
        value: z.union([text(0, 100), z.number()]),
      }),
    )
    .max(25),
});

export const callback = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal(4), data: interactionMessage }),
  z.strictObject({ type: z.literal(5), data: deferral.nullish() }),
  z.strictObject({ type: z.literal(6) }),
  z.strictObject({ type: z.literal(7), data: interactionMessage.nullish() }),
  z.strictObject({ type: z.literal(8), data: choices }),
  z.strictObject({ type: z.literal(9), data: modal }),
]);
export type CallbackBody = z.infer<typeof callback>;
