import { ComponentType, InteractionType } from 'discord.js';
import { z } from 'zod';
import type { Reported } from '#src/app/report.ts';
import type { OfferedImage } from '#src/domain/images.ts';
import type { Picture } from '#src/domain/still-images.ts';
import { type Interaction, offeredImages, Resolved, readInteraction } from './interaction.ts';
import { readOwn } from './own-message.ts';
import { readPictures } from './pictures.ts';

const Leaf = z.object({ name: z.string(), type: z.number(), value: z.unknown().optional() });
/** A subcommand has options of its own; nothing here is in a group. */
const Option = Leaf.extend({ options: z.array(Leaf).optional() });
export type Option = z.infer<typeof Option>;

/** A slash command as the bot sees it. */
export type CommandCall = Interaction & {
  readonly kind: 'command';
  readonly name: string;
  readonly options: readonly Option[];
  readonly attachments: ReadonlyMap<string, OfferedImage>;
};

/** A command of a message's own menu. What answers it is a message or a modal, and nothing of that message changes. */
export type MessageCall = Interaction & {
  readonly kind: 'message';
  readonly name: string;
  readonly pictures: readonly Picture[];
  /** The message, where it is one of this application's own. */
  readonly own: Reported | null;
};

/** A click on a button, or a choice in a select (`values`). Its message is `reply.messageId`. */
export type Press = Interaction & {
  readonly kind: 'press';
  readonly customId: string;
  readonly values: readonly string[];
};

/** A modal that a member sent. Fields are by custom id; those left empty have no value. */
export type Form = Interaction & {
  readonly kind: 'form';
  readonly customId: string;
  readonly fields: ReadonlyMap<string, string | boolean | readonly string[]>;
  readonly attachments: ReadonlyMap<string, OfferedImage>;
};

export type Call = CommandCall | MessageCall | Press | Form;

// Schemas are made once: zod compiles each one that is made at its first parse.
const Kind = z.object({ type: z.number() });

/** Reads a raw INTERACTION_CREATE. Null: of a kind that the bot does not have. Throws on a payload that is not Discord's. */
export function readCall(raw: unknown): Call | null {
  const { type } = Kind.parse(raw);
  switch (type) {
    case InteractionType.ApplicationCommand:
      return readCommand(raw) ?? readMessageCall(raw);
    case InteractionType.MessageComponent:
      return readPress(raw);
    case InteractionType.ModalSubmit:
      return readForm(raw);
    default:
      return null;
  }
}

const chatInput = 1;
const AnyCommand = z.object({ data: z.looseObject({ type: z.number() }) });
const CommandData = z.object({ name: z.string(), options: z.array(Option).default([]), resolved: Resolved });

/** Null: a command of another kind. */
export function readCommand(raw: unknown): CommandCall | null {
  const { data } = AnyCommand.parse(raw);
  if (data.type !== chatInput) return null;
  const { name, options, resolved } = CommandData.parse(data);
  return { ...readInteraction(raw), kind: 'command', name, options, attachments: offeredImages(resolved) };
}

const onMessage = 3;
const MessageData = z.object({
  name: z.string(),
  target_id: z.string(),
  resolved: z.object({ messages: z.record(z.string(), z.unknown()) }),
});

function readMessageCall(raw: unknown): MessageCall | null {
  const { data } = AnyCommand.parse(raw);
  if (data.type !== onMessage) return null;
  const { name, target_id, resolved } = MessageData.parse(data);
  const it = readInteraction(raw);
  const message = resolved.messages[target_id];
  const own = readOwn(message, it.reply.applicationId, it.reply.guildId);
  return { ...it, kind: 'message', name, pictures: readPictures(message), own };
}

const CustomId = z.string().min(1).max(100);
const AnyPress = z.object({
  data: z.object({ custom_id: CustomId, values: z.array(z.string()).default([]) }),
});

function readPress(raw: unknown): Press {
  const { data } = AnyPress.parse(raw);
  return { ...readInteraction(raw), kind: 'press', customId: data.custom_id, values: data.values };
}

const Field = z.object({
  type: z.number(),
  custom_id: CustomId,
  value: z.union([z.string(), z.boolean()]).nullish(),
  values: z.array(z.string()).nullish(),
});
const Row = z.union([
  z.object({ type: z.literal(ComponentType.Label), component: Field }).transform(({ component }) => [component]),
  // Text displays and whatever else a modal may show: nothing to read.
  z.looseObject({ type: z.number() }).transform(() => []),
]);
const AnyForm = z.object({
  data: z.object({ custom_id: CustomId, components: z.array(Row).default([]), resolved: Resolved }),
});

function readForm(raw: unknown): Form {
  const { data } = AnyForm.parse(raw);
  const fields = data.components.flat().flatMap(({ custom_id, value, values }) => {
    const filled = values ?? value;
    return filled === undefined || filled === null ? [] : [[custom_id, filled] as const];
  });
  return {
    ...readInteraction(raw),
    kind: 'form',
    customId: data.custom_id,
    fields: new Map(fields),
    attachments: offeredImages(data.resolved),
  };
}
