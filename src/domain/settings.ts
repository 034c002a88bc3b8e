import { z } from 'zod';
import type { Language, Model, Parameter, Settings, SettingsOf } from './parameters.ts';

/** The schema of a model's settings: defaults filled in, unknown keys refused. */
export function settingsSchema<const M extends Model>(model: M): z.ZodType<SettingsOf<M>> {
  const shape = Object.fromEntries(Object.entries(model.parameters).map(([key, parameter]) => [key, field(parameter)]));
  // Built from the same table as the type, which zod cannot see through Object.fromEntries.
  return z.strictObject(shape) as unknown as z.ZodType<SettingsOf<M>>;
}

function field(parameter: Parameter): z.ZodType {
  switch (parameter.kind) {
    case 'choice': {
      const schema = z.enum(parameter.options);
      return parameter.required ? schema : schema.default(parameter.default);
    }
    case 'switch':
      return parameter.required ? z.boolean() : z.boolean().default(parameter.default);
    case 'number': {
      const schema = z.number().min(parameter.min).max(parameter.max);
      if (parameter.required) return schema;
      return parameter.default === undefined ? schema.optional() : schema.default(parameter.default);
    }
    case 'text': {
      const schema = z.string().max(parameter.maxLength);
      return parameter.required ? schema : schema.optional();
    }
    default:
      return parameter satisfies never;
  }
}

/** The provider's `params`: select values are JSON strings, "true" and "5" included (rivya-api.md §3.1). */
export function providerParams(model: Model, settings: Settings): { [key: string]: string | number } {
  const params: { [key: string]: string | number } = {};
  for (const [key, parameter] of Object.entries(model.parameters)) {
    const value = settings[key];
    if (value === undefined) continue;
    params[key] = parameter.kind === 'number' ? Number(value) : String(value);
  }
  return params;
}

/** One value as people read it: "5 s", "Pro", "16:9". Switches have no words of their own: see `summary`. */
export function valueText(parameter: Parameter, value: string | number | boolean, language: Language): string {
  if (parameter.kind !== 'choice') return String(value);
  const word = parameter.words?.[String(value)]?.[language];
  if (word !== undefined) return word;
  return parameter.unit === undefined ? String(value) : `${value} ${parameter.unit[language]}`;
}

/** The settings in one short line, in the table's order: choices by value, switches by label where on, texts left out. */
export function summary(model: Model, settings: Settings, language: Language): string {
  const parts: string[] = [];
  for (const [key, parameter] of Object.entries(model.parameters)) {
    const value = settings[key];
    if (value === undefined) continue;
    if (parameter.kind === 'choice') parts.push(valueText(parameter, value, language));
    if (parameter.kind === 'switch' && value === true) parts.push(parameter.label[language]);
    if (parameter.kind === 'number' && value !== parameter.default) parts.push(`${parameter.label[language]} ${value}`);
  }
  return parts.join(' · ');
}
