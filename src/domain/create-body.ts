import type { UploadedImage } from './images.ts';
import type { Model, Settings } from './parameters.ts';
import { providerParams } from './settings.ts';

type Wanted = { readonly id: string; readonly prompt: string; readonly settings: Settings };

/** The body of the create, as the exact bytes to freeze (rivya-api.md §5). `client_request_id` is the task's id. */
export function createBody(
  model: Model,
  { id, prompt, settings }: Wanted,
  images: readonly UploadedImage[] = [],
): string {
  const references = images.map(({ url, name, mimeType, durationToken }) => ({
    url,
    kind: 'image',
    name,
    mimeType,
    ...(durationToken === undefined ? {} : { durationToken }),
  }));
  return JSON.stringify({
    model: model.id,
    prompt,
    params: {
      ...providerParams(model, settings),
      ...(references.length === 0 ? {} : { referenceMediaItems: references }),
    },
    client_request_id: id,
  });
}
