import { imageFault, type OfferedImage, type UsedImage } from './images.ts';
import type { Model, Settings } from './parameters.ts';
import { settingsSchema } from './settings.ts';
import { storable } from './storable.ts';

/** A validated wish. Images lie at Discord, or at the provider from an earlier task. */
export type Request = {
  readonly model: string;
  readonly prompt: string;
  readonly settings: Settings;
  readonly images: readonly (OfferedImage | UsedImage)[];
};

export type RequestRefusal =
  | { readonly refused: 'prompt-empty' }
  | { readonly refused: 'prompt-long'; readonly length: number; readonly maxLength: number }
  | { readonly refused: 'setting'; readonly name: string; readonly allowed: readonly string[] }
  | { readonly refused: 'unknown-option'; readonly name: string }
  | { readonly refused: 'too-many-images'; readonly maxImages: number }
  | { readonly refused: 'image'; readonly image: string; readonly rule: ImageRuleBroken };

export type ImageRuleBroken = 'type' | 'size' | 'empty' | 'host' | 'truncated' | 'unreadable';

export type RawRequest = {
  readonly prompt: unknown;
  readonly settings: { readonly [key: string]: unknown };
  readonly images: readonly (OfferedImage | UsedImage)[];
};

/** Turns what a member sent into a request, or says which rule it breaks. `imageOrigin` is where attachments must lie. */
export function parseRequest(model: Model, raw: RawRequest, imageOrigin: string): Request | RequestRefusal {
  const prompt = typeof raw.prompt === 'string' ? storable(raw.prompt).trim() : '';
  if (prompt === '') return { refused: 'prompt-empty' };
  const { maxLength } = model.prompt;
  if (prompt.length > maxLength) return { refused: 'prompt-long', length: prompt.length, maxLength };

  const settings = schemaOf(model).safeParse(raw.settings);
  if (!settings.success) return settingRefusal(model, settings.error.issues[0]);

  if (raw.images.length > model.images.slots.length) {
    return { refused: 'too-many-images', maxImages: model.images.slots.length };
  }
  const images = raw.images.map((image) => ({ ...image, name: storable(image.name) }));
  for (const image of images) {
    const rule = 'uploaded' in image ? undefined : imageFault(model, image, imageOrigin);
    if (rule !== undefined) return { refused: 'image', image: image.name, rule };
  }
  return { model: model.id, prompt, settings: settings.data as Settings, images };
}

const schemas = new WeakMap<Model, ReturnType<typeof settingsSchema<Model>>>();

/** Built once per model: building, and compiling at the first parse, takes a third of a millisecond. */
function schemaOf(model: Model) {
  const known = schemas.get(model) ?? settingsSchema(model);
  schemas.set(model, known);
  return known;
}

type Issue = { readonly code: string; readonly path: readonly PropertyKey[]; readonly keys?: readonly string[] };

function settingRefusal(model: Model, issue: Issue | undefined): RequestRefusal {
  if (issue?.code === 'unrecognized_keys') return { refused: 'unknown-option', name: issue.keys?.[0] ?? '' };
  const name = String(issue?.path[0] ?? '');
  return { refused: 'setting', name, allowed: allowedValues(model, name) };
}

function allowedValues(model: Model, name: string): readonly string[] {
  const parameter = model.parameters[name];
  if (parameter === undefined) return [];
  switch (parameter.kind) {
    case 'choice':
      return parameter.options;
    case 'switch':
      return ['true', 'false'];
    case 'number':
      return [`${parameter.min}–${parameter.max}`];
    case 'text':
      return [`≤ ${parameter.maxLength}`];
    default:
      return parameter satisfies never;
  }
}
