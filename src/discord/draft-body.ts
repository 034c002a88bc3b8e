import { ButtonStyle, ComponentType } from 'discord.js';
import type { DraftView } from '#src/app/drafts.ts';
import type { Draft, Quote, Told } from '#src/domain/draft.ts';
import type { Language, Model } from '#src/domain/parameters.ts';
import { valueText } from '#src/domain/settings.ts';
import { customId } from './custom-id.ts';
import { draftLayout } from './draft-layout.ts';
import { languageOf } from './languages.ts';
import { type Body, textBody } from './messages.ts';
import { refusalText } from './refusals.ts';
import { cut, plain } from './text.ts';
import { drafts } from './texts/drafts.ts';
import { outcomes } from './texts/outcomes.ts';
import { promptLine, smallPrint, type Voice } from './wording.ts';

/** Custom ids of a draft's components: what is done, to which draft, and with what. */
export const draftActions = {
  set: 'draft-set',
  switch: 'draft-switch',
  make: 'draft-make',
  cancel: 'draft-cancel',
} as const;

const longestLabel = 100;
const longestButton = 80;
const longestFileName = 60;

/** What a view of a draft says to its member. `locale` is theirs as of now. */
export function draftBody(view: DraftView, quote: Quote | null, locale: string, voice: Voice, withPrompt = true): Body {
  const language = languageOf(locale);
  const text = drafts(language);
  if ('ended' in view) return textBody(small(text.ended()));
  if ('lost' in view) return closed(view.lost, text.lost(), withPrompt);
  const { draft, isChanged = false } = view;
  switch (draft.state) {
    case 'open':
      return openBody(draft, { quote, language, voice, withPrompt, isChanged });
    case 'told':
      return toldBody(draft.told, voice.model, language);
    case 'withdrawn':
      // What was taken back is not repeated.
      return textBody(small(text.withdrawn()));
    case 'canceled':
    case 'replaced':
    case 'expired':
      return closed(draft, text[draft.state](), withPrompt);
    case 'generated':
      return closed(draft, text.ended(), withPrompt);
    default:
      return draft.state satisfies never;
  }
}

function closed(draft: Draft, words: string, withPrompt: boolean): Body {
  return textBody(withPrompt ? `${promptLine(draft)}\n${small(words)}` : small(words));
}

const small = (words: string) => `-# ${words}`;

/** Help, or why there is no draft. */
function toldBody(told: Told | null, model: Model, language: Language): Body {
  if (told !== null && 'refused' in told) return textBody(refusalText(told, model, language));
  const text = drafts(language);
  return textBody(text.help({ images: model.images.slots.length, generate: text.generateButton() }));
}

type Look = {
  readonly quote: Quote | null;
  readonly language: Language;
  readonly voice: Voice;
  readonly withPrompt: boolean;
  readonly isChanged: boolean;
};

function openBody(draft: Draft, { quote, language, voice, withPrompt, isChanged }: Look): Body {
  const text = drafts(language);
  const { model } = voice;
  const { left } = draftLayout(model);
  const generate = text.generateButton();
  const figures =
    quote === null
      ? []
      : [outcomes(language).cost({ credits: quote.cost }), outcomes(language).left({ credits: quote.left })];
  const names = left.flatMap((key) => model.parameters[key]?.label[language] ?? []).join(', ');
  const lines = [
    ...(isChanged ? [`⚠️ ${text.changed({ generate })}`] : []),
    ...(withPrompt ? [promptLine(draft)] : []),
    ...(withPrompt ? draft.images.map(({ name }) => `🖼️ ${plain(cut(name, longestFileName))}`) : []),
    smallPrint(voice, language, ...figures, text.uncharged({ generate })),
    ...(left.length > 0 ? [small(cut(text.notHere({ names }), 500))] : []),
  ];
  return { ...textBody(lines.join('\n')), components: rows(draft, model, language) };
}

function rows({ id, revision, settings }: Draft, model: Model, language: Language): object[] {
  const { selects, switches } = draftLayout(model);
  const text = drafts(language);
  const components = selects.map(([key, choice]) => [
    {
      type: ComponentType.StringSelect,
      custom_id: customId(draftActions.set, id, key),
      options: choice.options.map((value) => ({
        // Closed, a select shows just its option: that has to say what it is about.
        label: cut(`${choice.label[language]} · ${valueText(choice, value, language)}`, longestLabel),
        value,
        default: settings[key] === value,
      })),
    },
  ]);
  const toggles = switches.map(([key, { label }]) => {
    const isOn = settings[key] === true;
    const name = cut(label[language], longestButton - 10);
    return {
      type: ComponentType.Button,
      style: isOn ? ButtonStyle.Success : ButtonStyle.Secondary,
      label: isOn ? text.onButton({ name }) : text.offButton({ name }),
      // What it is to become, so that a press seen twice is the same press.
      custom_id: customId(draftActions.switch, id, key, isOn ? 'off' : 'on'),
    };
  });
  const ends = [
    {
      type: ComponentType.Button,
      style: ButtonStyle.Primary,
      label: text.generateButton(),
      custom_id: customId(draftActions.make, id, String(revision)),
    },
    {
      type: ComponentType.Button,
      style: ButtonStyle.Secondary,
      label: text.cancelButton(),
      custom_id: customId(draftActions.cancel, id),
    },
  ];
  return [...components, ...(toggles.length > 0 ? [toggles] : []), ends].map((inRow) => ({
    type: ComponentType.ActionRow,
    components: inRow,
  }));
}
