import {
  type APIApplicationCommandBasicOption,
  type LocalizationMap,
  ApplicationCommandOptionType as Type,
} from 'discord.js';
import type { OfferedImage } from '#src/domain/images.ts';
import { type Language, languages, type Model, type Parameter, type Texts } from '#src/domain/parameters.ts';
import type { RawRequest } from '#src/domain/request.ts';
import { valueText } from '#src/domain/settings.ts';
import type { CommandCall } from './calls.ts';
import { commandTexts } from './texts/commands.ts';

export const promptOption = 'prompt';

/** The slash options of a model: prompt, parameters, images; required ones first, as Discord wants them. */
export function slashOptions(model: Model): APIApplicationCommandBasicOption[] {
  const prompt: APIApplicationCommandBasicOption = {
    ...named(promptOption, model.prompt),
    type: Type.String,
    required: true,
    min_length: 1,
    max_length: model.prompt.maxLength,
  };
  const parameters = Object.entries(model.parameters).map(([key, parameter]) => parameterOption(key, parameter));
  const images = model.images.slots.map(({ name, ...texts }): APIApplicationCommandBasicOption => {
    return { ...named(name, texts), type: Type.Attachment, required: false, file_types: fileTypesOf(model) };
  });
  return [prompt, ...parameters, ...images].toSorted(
    (a, b) => Number(b.required ?? false) - Number(a.required ?? false),
  );
}

/** The file names that Discord's client offers to attach. */
export function fileTypesOf(model: Model): `.${string}`[] {
  return model.images.types.flatMap(({ extensions }) => [...extensions]);
}

function parameterOption(key: string, parameter: Parameter): APIApplicationCommandBasicOption {
  const common = { ...named(key, parameter), required: parameter.required };
  switch (parameter.kind) {
    case 'choice': {
      const choices = parameter.options.map((value) => ({
        name: valueText(parameter, value, 'en'),
        value,
        name_localizations: others((language) => valueText(parameter, value, language)),
      }));
      return { ...common, type: Type.String, choices };
    }
    case 'switch':
      return { ...common, type: Type.Boolean };
    case 'number':
      return { ...common, type: Type.Number, min_value: parameter.min, max_value: parameter.max };
    case 'text':
      return { ...common, type: Type.String, max_length: parameter.maxLength };
    default:
      return parameter satisfies never;
  }
}

function named(name: string, { label, description }: { readonly label: Texts; readonly description: Texts }) {
  return {
    name,
    name_localizations: others((language) => shownName(name, label, language)),
    description: description.en,
    description_localizations: others((language) => description[language]),
  };
}

/** An option's name as members see it in their language; the declared name is the English one. */
export function shownName(name: string, label: Texts, language: Language): string {
  return language === 'en' ? name : optionName(label[language]);
}

/** The command's own option, no parameter of the model: an answer that only the member sees. */
export const privateOption: APIApplicationCommandBasicOption = {
  name: 'private',
  name_localizations: others((language) => optionName(commandTexts(language).privateLabel())),
  description: commandTexts('en').privateDescription(),
  description_localizations: others((language) => commandTexts(language).privateDescription()),
  type: Type.Boolean,
  required: false,
};

/** Takes `private` out of a call's options, and makes its answer private if so. Of another type it stays, to be refused. */
export function withPrivacy(call: CommandCall): CommandCall {
  const isPrivacy = ({ name, type }: CommandCall['options'][number]) =>
    name === privateOption.name && type === privateOption.type;
  const isPrivate = call.reply.isPrivate || call.options.some((option) => isPrivacy(option) && option.value === true);
  const options = call.options.filter((option) => !isPrivacy(option));
  return { ...call, options, reply: { ...call.reply, isPrivate } };
}

/** A label as an option's name: lower case, no spaces, 32 characters (discord.md §2). */
function optionName(label: string): string {
  return label.toLowerCase().replaceAll(/\s+/g, '-').slice(0, 32);
}

/** Texts for every language but English, which is the default text itself. */
export function others(text: (language: Language) => string): LocalizationMap {
  const translated = languages.filter((language) => language !== 'en');
  return Object.fromEntries(translated.map((language) => [language, text(language)]));
}

/** Reads a command's options as they came; whether values fit is for the request's own rules: nothing is trusted yet. */
export function readOptions(call: CommandCall, model: Model): RawRequest {
  const slotOf = (name: string) => model.images.slots.findIndex((one) => one.name === name);
  const {
    prompt = [],
    image = [],
    setting = [],
  } = Object.groupBy(call.options, ({ name, type }) => {
    if (name === promptOption) return 'prompt';
    return slotOf(name) >= 0 || type === Type.Attachment ? 'image' : 'setting';
  });
  // Too many files are refused as that; a file under a name that nobody declared as an unknown option.
  const isTooMany = image.length > model.images.slots.length;
  const unknown = isTooMany ? [] : image.filter(({ name }) => slotOf(name) < 0);
  // Members may fill the second slot first; images are sent in the order of the slots.
  const ordered = image.toSorted((a, b) => slotOf(a.name) - slotOf(b.name));
  return {
    prompt: prompt.find(({ type }) => type === Type.String)?.value,
    // From entries, so that no name can reach an object's prototype.
    settings: Object.fromEntries([...setting, ...unknown].map(({ name, value }) => [name, value ?? null])),
    images: ordered.map(({ name, value }) => fileOf(call, value) ?? { name, url: '', size: 0 }),
  };
}

function fileOf({ attachments }: CommandCall, value: unknown): OfferedImage | undefined {
  return typeof value === 'string' ? attachments.get(value) : undefined;
}
