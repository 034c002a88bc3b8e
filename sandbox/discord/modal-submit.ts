import { resolvedFiles } from './interaction-options.ts';
import type { SentFile } from './interaction-record.ts';
import { compact, isObject, type JsonObject } from './json.ts';

/** By custom id: a text, or what was chosen. A file upload takes the attachments whose `option` is its custom id. */
export type ModalValues = Readonly<Record<string, string | readonly string[] | boolean>>;

/** `data` of a modal's submission, made from the modal as it was shown. */
export function submittedModal(shown: JsonObject, values: ModalValues, files: readonly SentFile[]): JsonObject {
  const components = (Array.isArray(shown.components) ? shown.components : []).filter(isObject);
  return compact({
    custom_id: shown.custom_id,
    components: components.map((component, index) => submitted(component, index + 1, values, files)),
    resolved: resolvedFiles(files),
  });
}

function submitted(component: JsonObject, id: number, values: ModalValues, files: readonly SentFile[]): JsonObject {
  const fill = (one: unknown) => (isObject(one) ? filled(one, id + 1, values, files) : {});
  if (component.type === 18) return { type: 18, id, component: fill(component.component) };
  if (component.type === 1)
    return { type: 1, id, components: (Array.isArray(component.components) ? component.components : []).map(fill) };
  return { type: component.type, id };
}

function filled(input: JsonObject, id: number, values: ModalValues, files: readonly SentFile[]): JsonObject {
  const customId = String(input.custom_id);
  const value = values[customId];
  const common = { type: input.type, id, custom_id: customId };
  if (input.type === 4) return { ...common, value: value ?? input.value ?? '' };
  if (input.type === 19)
    return { ...common, values: files.filter(({ option }) => option === customId).map((file) => file.id) };
  // What the member leaves alone stays as it was shown.
  const preset = presetOf(input);
  if (input.type === 21) return { ...common, value: value ?? preset[0] ?? null };
  if (input.type === 23) return { ...common, value: value ?? input.default ?? false };
  return { ...common, values: Array.isArray(value) ? value : value === undefined ? preset : [value] };
}

function presetOf({ options }: JsonObject): unknown[] {
  const shown = (Array.isArray(options) ? options : []).filter(isObject);
  return shown.filter((option) => option.default === true).map((option) => option.value);
}
