import { type FormProblem, invalidForm, refusal } from '../refusal.ts';
import { characters } from './fields.ts';
import { type Draft, messageFlag } from './message.ts';

export type Whole = {
  readonly content: string;
  readonly embeds: NonNullable<Draft['embeds']>;
  readonly components: NonNullable<Draft['components']>;
  readonly flags: number;
  readonly attachmentNames: readonly string[];
};

const MAX_COMPONENTS = 40;
const MAX_EMBED_CHARACTERS = 6000;

/** The rules that need the message as it would stand: emptiness, Components V2, totals, `attachment://` names. */
export function checkWhole(message: Whole): void {
  const isV2 = (message.flags & messageFlag.componentsV2) !== 0;
  const problems = [
    ...(isV2 ? v2Problems(message) : legacyProblems(message)),
    ...componentProblems(message),
    ...embedProblems(message),
  ];
  if (problems.length > 0) throw invalidForm(problems);
  const holdsNothing = message.content.trim() === '' && message.embeds.length === 0 && message.components.length === 0;
  if (holdsNothing && message.attachmentNames.length === 0) throw refusal('emptyMessage');
}

function v2Problems({ content, embeds }: Whole): FormProblem[] {
  const legacy = (field: string) => ({
    path: [field],
    code: 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
    message: `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
  });
  return [...(content === '' ? [] : [legacy('content')]), ...(embeds.length === 0 ? [] : [legacy('embeds')])];
}

function legacyProblems({ components }: Whole): FormProblem[] {
  const notLegacy = components.flatMap(({ type }, index) =>
    type === 1
      ? []
      : [
          {
            path: ['components', index, 'type'],
            code: 'UNION_TYPE_CHOICES',
            message: 'Value of field "type" must be one of (1,).',
          },
        ],
  );
  const tooMany = { path: ['components'], code: 'BASE_TYPE_BAD_LENGTH', message: 'Must be between 1 and 5 in length.' };
  return components.length > 5 ? [...notLegacy, tooMany] : notLegacy;
}

function componentProblems({ components, attachmentNames }: Whole): FormProblem[] {
  const all = components.flatMap(withNested);
  const problems: FormProblem[] = [];
  if (all.length > MAX_COMPONENTS) {
    problems.push({
      path: ['components'],
      code: 'COMPONENT_MAX_TOTAL',
      message: `At most ${MAX_COMPONENTS} components in total.`,
    });
  }
  const customIds = all.flatMap((one) =>
    'custom_id' in one && typeof one.custom_id === 'string' ? [one.custom_id] : [],
  );
  if (new Set(customIds).size < customIds.length) {
    problems.push({
      path: ['components'],
      code: 'COMPONENT_CUSTOM_ID_DUPLICATED',
      message: 'Component custom id cannot be duplicated',
    });
  }
  for (const name of JSON.stringify(components).matchAll(/attachment:\/\/([^"\\]+)/g)) {
    if (attachmentNames.includes(name[1] ?? '')) continue;
    problems.push({
      path: ['components'],
      code: 'MEDIA_ATTACHMENT_NOT_FOUND',
      message: `No attachment is named ${name[1]}`,
    });
  }
  return problems;
}

type Nested = { readonly type: number; readonly custom_id?: unknown };

function withNested(component: object): Nested[] {
  const below = [
    ...('components' in component && Array.isArray(component.components) ? component.components : []),
    ...('accessory' in component ? [component.accessory] : []),
  ].filter((one): one is Nested => typeof one === 'object' && one !== null && 'type' in one);
  const self =
    'type' in component && typeof component.type === 'number' ? [{ ...component, type: component.type }] : [];
  return [...self, ...below.flatMap(withNested)];
}

function embedProblems({ embeds, attachmentNames }: Whole): FormProblem[] {
  const total = embeds.reduce((sum, embed) => sum + lengthOf(embed), 0);
  const problems: FormProblem[] = [];
  if (total > MAX_EMBED_CHARACTERS) {
    problems.push({
      path: ['embeds'],
      code: 'MAX_EMBED_SIZE_EXCEEDED',
      message: 'Embed size exceeds maximum size of 6000',
    });
  }
  for (const [index, { image, thumbnail }] of embeds.entries()) {
    for (const url of [image?.url, thumbnail?.url]) {
      const name = url?.startsWith('attachment://') === true ? url.slice('attachment://'.length) : undefined;
      if (name === undefined) continue;
      if (attachmentNames.includes(name) && /\.(jpe?g|png|webp|gif)$/i.test(name)) continue;
      problems.push({
        path: ['embeds', index],
        code: 'MEDIA_ATTACHMENT_NOT_FOUND',
        message: `${name} is no attached picture`,
      });
    }
  }
  return problems;
}

const lengthOf = (embed: Whole['embeds'][number]): number =>
  [
    embed.title,
    embed.description,
    embed.footer?.text,
    embed.author?.name,
    ...(embed.fields ?? []).flatMap(({ name, value }) => [name, value]),
  ].reduce((sum, part) => sum + characters((part ?? '').trim()), 0);
