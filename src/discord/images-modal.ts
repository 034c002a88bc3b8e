import { type APIModalInteractionResponseCallbackData, ComponentType } from 'discord.js';
import type { OfferedImage } from '#src/domain/images.ts';
import type { Language, Model } from '#src/domain/parameters.ts';
import type { Form } from './calls.ts';
import { fileTypesOf } from './options.ts';
import { taskButtons } from './texts/task-buttons.ts';

const field = 'images';

/** Asks for a request's images alone, where those of an earlier task cannot be had any more. */
export function imagesModal(
  model: Model,
  customId: string,
  language: Language,
): APIModalInteractionResponseCallbackData {
  const text = taskButtons(language);
  const upload = {
    type: ComponentType.FileUpload as const,
    custom_id: field,
    min_values: 1,
    max_values: model.images.slots.length,
    file_types: fileTypesOf(model),
    required: true,
  };
  const label = { label: text.imagesLabel(), description: text.imagesDescription(), component: upload };
  return { custom_id: customId, title: text.imagesTitle(), components: [{ type: ComponentType.Label, ...label }] };
}

export function readImagesModal(form: Form): OfferedImage[] {
  const ids = form.fields.get(field);
  return (Array.isArray(ids) ? ids : []).map((id) => form.attachments.get(id) ?? { name: field, url: '', size: 0 });
}
