import { describe, expect, test } from 'vitest';
import { draftBody } from '#src/discord/draft-body.ts';
import { draftLayout } from '#src/discord/draft-layout.ts';
import { type Draft, draftStates, type Told } from '#src/domain/draft.ts';
import { kling, languages, type Model, type Parameter } from '#src/domain/parameters.ts';
import { customIds } from '#test/dm.ts';
import { aDraft } from '../domain/drafts.ts';
import { begin, voice } from './begin.ts';

const { id } = aDraft();
const quote = { cost: 90, left: 810 };

const same = (text: string) => ({ en: text, 'zh-CN': text, nl: text });
const named = (name: string) => ({ required: false, label: same(name), description: same(name) });
const choice = (name: string, count: number): Parameter => {
  const options = Array.from({ length: count }, (_, index) => String(index));
  return { ...named(name), kind: 'choice', default: '0', options };
};
const toggle = (name: string): Parameter => ({ ...named(name), kind: 'switch', default: false });

type Option = { readonly label: string; readonly default: boolean };
type Row = { readonly components: readonly { readonly [field: string]: unknown }[] };
const rowsOf = (draft: Draft, model: Model = kling) =>
  draftBody({ draft }, quote, draft.locale, { ...voice, model }).components as readonly Row[];

describe('an open draft', () => {
  test('has a row per choice, one of all switches, and Generate and Cancel', () => {
    const rows = rowsOf(aDraft());

    expect(customIds(rows)).toEqual([
      `draft-set:${id}:mode`,
      `draft-set:${id}:duration`,
      `draft-set:${id}:aspect_ratio`,
      // What each is to become.
      `draft-switch:${id}:multi_shots:off`,
      `draft-switch:${id}:sound:on`,
      `draft-make:${id}:3`,
      `draft-cancel:${id}`,
    ]);
    expect(rows.map(({ components }) => components.length)).toEqual([1, 1, 1, 2, 2]);
  });

  test('shows what is chosen: the option by name and value, the switch by style and word', () => {
    const [mode, duration, , switches] = rowsOf(aDraft({ settings: { ...aDraft().settings, duration: '10' } }));

    const chosen = (row?: Row) =>
      (row?.components[0]?.options as Option[] | undefined)?.find((option) => option.default)?.label;
    expect([chosen(mode), chosen(duration)]).toEqual(['Generation mode · Pro', 'Duration · 10 s']);
    expect(switches?.components).toMatchObject([
      { label: 'Shot mode: on', style: 3 },
      { label: 'Generate audio: off', style: 2 },
    ]);
  });

  test('says what it costs and what is left; without figures it says neither', () => {
    const text = (figures: typeof quote | null) => draftBody({ draft: aDraft() }, figures, 'nl', voice).content;

    expect(text(quote)).toBe('**a fox**\n-# 90 credits · nog 810 over · voor *Genereren* wordt niets afgeschreven');
    expect(text(null)).toBe('**a fox**\n-# voor *Genereren* wordt niets afgeschreven');
  });

  test('is marked in a rehearsal, and says that it has changed', () => {
    const { content } = draftBody({ draft: aDraft(), isChanged: true }, quote, 'en', { ...voice, isRehearsal: true });

    expect(content).toMatch(/^⚠️ This has changed/);
    expect(content).toContain('🎭 Rehearsal');
  });

  test('keeps a member’s words and file names from speaking for the bot', () => {
    const draft = aDraft({ prompt: '**a** <@1>\n# b', images: [{ id: '1', name: `${'`x`'.repeat(50)}.png` }] });

    const { content } = draftBody({ draft }, quote, 'en', voice);

    expect(content).toContain('\\*\\*a\\*\\* \\<\\@1\\> \\# b');
    expect(content.split('\n')[1]?.length).toBeLessThan(150);
  });
});

describe('a table with more than fits', () => {
  const more = {
    style: choice('Style', 3),
    camera: choice('Camera', 3),
    seed_list: choice('Seeds', 26),
    ...Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((key) => [`switch_${key}`, toggle(`Switch ${key}`)])),
    seed: { ...named('Seed'), kind: 'number', min: 0, max: 9 } as const,
    negative: { ...named('Without'), kind: 'text', maxLength: 500 } as const,
  } satisfies { [key: string]: Parameter };
  const model: Model = { ...kling, parameters: { ...kling.parameters, ...more } };

  test('is cut to five rows, in its own order; what is left keeps its default, and the text says so', () => {
    const { selects, switches, left } = draftLayout(model);
    const body = draftBody({ draft: aDraft() }, quote, 'en', { ...voice, model });

    expect(selects.map(([key]) => key)).toEqual(['mode', 'duration', 'aspect_ratio']);
    expect(switches.map(([key]) => key)).toEqual(['multi_shots', 'sound', 'switch_a', 'switch_b', 'switch_c']);
    expect(left).toEqual(['style', 'camera', 'seed_list', 'switch_d', 'switch_e', 'seed', 'negative']);
    expect(body.components).toHaveLength(5);
    expect(body.content).toContain('Style, Camera, Seeds, Switch d, Switch e, Seed, Without cannot be chosen here');
  });

  test('gives the row of switches to a choice where there are none', () => {
    const choices = Object.fromEntries(Object.entries(model.parameters).filter(([, one]) => one.kind === 'choice'));

    const { selects, left } = draftLayout({ ...model, parameters: choices });

    expect(selects).toHaveLength(4);
    expect(left).toEqual(['camera', 'seed_list']);
  });

  test('at its fullest is a message that Discord takes', async () => {
    const { discord, rests, user } = await begin({ officialChecks: true });
    const { id: channelId } = discord.dmWith(user.id);
    discord.say(channelId, user.id, 'a fox');
    const prompt = '*'.repeat(2000);
    const images = ['1', '2'].map((one) => ({ id: one, name: '*'.repeat(300) }));

    for (const locale of languages) {
      const draft = aDraft({ prompt, images, locale });
      const body = draftBody({ draft, isChanged: true }, quote, locale, { model, isRehearsal: true });
      await rests.bot.post(`/channels/${channelId}/messages`, { body });
    }

    expect(discord.messages(channelId)).toHaveLength(1 + languages.length);
    expect(discord.violations).toEqual([]);
  });
});

describe('a draft that has ended', () => {
  test.each(draftStates.filter((state) => state !== 'open'))(
    'says that it is %s, and nothing of it can be pressed',
    (state) => {
      const told: Told | null = state === 'told' ? { help: true } : null;

      const { content, components } = draftBody({ draft: aDraft({ state, told }) }, null, 'en', voice);

      expect(components).toEqual([]);
      expect(content.length).toBeGreaterThan(10);
    },
  );

  test('by its member’s taking the message back repeats nothing of it', () => {
    expect(draftBody({ draft: aDraft({ state: 'withdrawn' }) }, null, 'en', voice).content).not.toContain('fox');
  });

  test.each(languages)('or is not known any more is worded in %s', (language) => {
    const ended = draftBody({ ended: true }, null, language, voice);
    const lost = draftBody({ lost: aDraft() }, null, language, voice);

    expect([ended.components, lost.components]).toEqual([[], []]);
    expect(lost.content).toContain('**a fox**');
  });
});

test('an answer that is no draft is help, or the refusal’s own words', () => {
  const told = (one: Told) => draftBody({ draft: aDraft({ state: 'told', told: one }) }, null, 'en', voice).content;

  expect(told({ help: true })).toMatch(/up to 2 pictures.*press \*Generate\*.*`\/kling`/);
  expect(told({ refused: 'too-many-images', maxImages: 2 })).toBe(
    'At most 2 images can be attached. Nothing was charged.',
  );
  expect(told({ refused: 'too-many-drafts', most: 5 })).toContain('5 messages');
});
