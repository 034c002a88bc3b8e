import {
  type APIComponentInLabel,
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  TextInputStyle,
} from 'discord.js';
import type { Language, Model, Parameter, Settings } from '#src/domain/parameters.ts';
import { valueText } from '#src/domain/settings.ts';
import type { Form } from './calls.ts';
import { cut } from './text.ts';
import { modalTexts } from './texts/modals.ts';

/** Discord's limits (discord.md §3). */
const most = { labels: 5, title: 45, label: 45, description: 100, radios: 10, checks: 10, options: 25 } as const;
const promptField = 'prompt';
const switchesField = 'switches';
const fieldOf = (key: string) => `setting.${key}`;

type Shown = {
  readonly customId: string;
  readonly title: string;
  readonly prompt: string;
  readonly settings: Settings;
  /** Stands below the prompt's label, before what did not fit. */
  readonly note?: string;
};

/**
 * A modal for a request, from the parameter table: the prompt, one component per parameter, one group for all switches.
 * It holds five at most; what does not fit keeps its value, and the prompt's label says so.
 */
export function requestModal(model: Model, shown: Shown, language: Language): APIModalInteractionResponseCallbackData {
  const { fields, switches, left } = layoutOf(model);
  const kept = left.map((key) => labelOf(model, key, language));
  const notes = [shown.note, kept.length === 0 ? undefined : modalTexts(language).kept({ names: kept.join(', ') })];
  const prompt = label(model.prompt.label[language], notes.filter(Boolean).join(' '), {
    type: ComponentType.TextInput,
    custom_id: promptField,
    style: TextInputStyle.Paragraph,
    min_length: 1,
    max_length: model.prompt.maxLength,
    required: true,
    ...(shown.prompt === '' ? {} : { value: shown.prompt.slice(0, model.prompt.maxLength) }),
  });
  const settings = fields.map((key) => field(key, model, shown.settings[key], language));
  const group = switches.length === 0 ? [] : [switchGroup(switches, model, shown.settings, language)];
  return {
    custom_id: shown.customId,
    title: cut(shown.title, most.title),
    components: [prompt, ...settings, ...group],
  };
}

/** What a member filled in, over the values that the modal was made with. As raw as a command's options: nothing is trusted yet. */
export function readRequestModal(form: Form, model: Model, before: Settings) {
  const { fields, switches } = layoutOf(model);
  const on = form.fields.get(switchesField) ?? [];
  const chosen = fields.flatMap((key) => {
    const value = single(form.fields.get(fieldOf(key)));
    if (value === undefined) return [];
    const isNumber = model.parameters[key]?.kind === 'number' && value.trim() !== '';
    return [[key, isNumber ? Number(value) : value] as const];
  });
  const toggled = switches.map((key) => [key, Array.isArray(on) && on.includes(key)] as const);
  return {
    prompt: form.fields.get(promptField),
    settings: { ...before, ...Object.fromEntries([...chosen, ...toggled]) },
  };
}

/** Which parameters have a component of their own, which share the group of switches, and which find no room. */
function layoutOf({ parameters }: Model) {
  const keys = Object.keys(parameters);
  const isSwitch = (key: string) => parameters[key]?.kind === 'switch';
  const allSwitches = keys.filter(isSwitch);
  const others = keys.filter((key) => !isSwitch(key) && hasRoomForOptions(parameters[key]));
  const room = most.labels - 1 - (allSwitches.length > 0 ? 1 : 0);
  const fields = others.slice(0, room);
  const switches = allSwitches.slice(0, most.checks);
  return { fields, switches, left: keys.filter((key) => !fields.includes(key) && !switches.includes(key)) };
}

function hasRoomForOptions(parameter: Parameter | undefined): boolean {
  return parameter?.kind !== 'choice' || parameter.options.length <= most.options;
}

function field(
  key: string,
  model: Model,
  value: string | number | boolean | undefined,
  language: Language,
): APILabelComponent {
  const parameter = model.parameters[key];
  if (parameter === undefined) throw new Error(`no parameter ${key}`);
  return label(parameter.label[language], parameter.description[language], input(key, parameter, value, language));
}

function input(
  key: string,
  parameter: Parameter,
  value: string | number | boolean | undefined,
  language: Language,
): APIComponentInLabel {
  const common = { custom_id: fieldOf(key), required: parameter.required };
  switch (parameter.kind) {
    case 'choice': {
      const options = parameter.options.map((option) => ({
        label: cut(valueText(parameter, option, language), most.description),
        value: option,
        default: option === (value ?? parameter.default),
      }));
      const fitsRadios = options.length >= 2 && options.length <= most.radios;
      return fitsRadios
        ? { ...common, type: ComponentType.RadioGroup, options }
        : { ...common, type: ComponentType.StringSelect, options };
    }
    case 'number':
    case 'text':
      return {
        ...common,
        type: ComponentType.TextInput,
        style: TextInputStyle.Short,
        ...(parameter.kind === 'text' && { max_length: parameter.maxLength }),
        ...(value !== undefined && { value: String(value) }),
      };
    case 'switch':
      throw new Error(`${key} belongs to the group of switches`);
    default:
      return parameter satisfies never;
  }
}

function switchGroup(keys: readonly string[], model: Model, settings: Settings, language: Language): APILabelComponent {
  const options = keys.map((key) => ({
    label: labelOf(model, key, language),
    value: key,
    description: cut(model.parameters[key]?.description[language] ?? '', most.description),
    default: settings[key] === true,
  }));
  const group = { type: ComponentType.CheckboxGroup, custom_id: switchesField, options } as const;
  return label(modalTexts(language).switchesLabel(), '', { ...group, min_values: 0, required: false });
}

function label(text: string, description: string, component: APIComponentInLabel): APILabelComponent {
  return {
    type: ComponentType.Label,
    label: cut(text, most.label),
    ...(description !== '' && { description: cut(description, most.description) }),
    component,
  };
}

function labelOf(model: Model, key: string, language: Language): string {
  return model.parameters[key]?.label[language] ?? key;
}

function single(value: string | boolean | readonly string[] | undefined): string | undefined {
  const one = typeof value === 'object' ? value[0] : value;
  return typeof one === 'string' ? one : undefined;
}
