import { describe, expect, test } from 'vitest';
import { modal as strict } from '#sandbox/discord/checks/modal.ts';
import { submittedModal } from '#sandbox/discord/modal-submit.ts';
import type { Form } from '#src/discord/calls.ts';
import { readCall } from '#src/discord/calls.ts';
import { readRequestModal, requestModal } from '#src/discord/request-modal.ts';
import { kling, languages, type Model, type Parameter } from '#src/domain/parameters.ts';

const settings = { mode: 'std', multi_shots: true, duration: '10', sound: false, aspect_ratio: '1:1' };
const shown = { customId: 'edit:1', title: 'Edit', prompt: 'a fox', settings };
const choice = (key: string, options: number): Parameter => ({
  kind: 'choice',
  required: false,
  default: '0',
  options: Array.from({ length: options }, (_, index) => String(index)),
  label: { en: key, 'zh-CN': key, nl: key },
  description: { en: key, 'zh-CN': key, nl: key },
});
const withMore = (more: Record<string, Parameter>): Model => ({
  ...kling,
  parameters: { ...kling.parameters, ...more },
});

/** The form that a member sends who changes just these fields. */
function submit(modal: object, values: Record<string, string | readonly string[]>): Form {
  const payload = {
    id: '1000000000000000001',
    application_id: '1000000000000000002',
    type: 5,
    token: 'x',
    channel_id: '1000000000000000003',
    user: { id: '1000000000000000004' },
    data: submittedModal(modal as never, values, []),
  };
  return readCall(payload) as Form;
}

describe('the modal of a request', () => {
  test.each(languages)('is one that Discord takes, of five labels at most, in %s', (language) => {
    const modal = requestModal(kling, shown, language);

    expect(strict.safeParse(modal).error).toBeUndefined();
    expect(modal.components).toHaveLength(5);
  });

  test('shows the present values: radio buttons for up to ten choices, a select for more, one group for the switches', () => {
    const { components } = requestModal(kling, shown, 'en');

    expect(components).toMatchObject([
      { label: 'Prompt', component: { type: 4, value: 'a fox', max_length: 2000 } },
      {
        component: {
          type: 21,
          options: [
            { value: 'std', default: true },
            { value: 'pro', default: false },
          ],
        },
      },
      { component: { type: 3, options: expect.arrayContaining([{ label: '10 s', value: '10', default: true }]) } },
      { component: { type: 21, options: [{}, {}, { value: '1:1', default: true }] } },
      {
        component: {
          type: 22,
          required: false,
          min_values: 0,
          options: [
            { value: 'multi_shots', default: true },
            { value: 'sound', default: false },
          ],
        },
      },
    ]);
  });

  test('keeps the value of what does not fit, and says so', () => {
    const model = withMore({ style: choice('Style', 3), tone: choice('Tone', 40) });
    const modal = requestModal(model, { ...shown, settings: { ...settings, style: '2', tone: '7' } }, 'en');

    const read = readRequestModal(submit(modal, { prompt: 'a hare' }), model, { ...settings, style: '2', tone: '7' });

    expect(strict.safeParse(modal).error).toBeUndefined();
    expect(modal.components).toHaveLength(5);
    expect(modal.components[0]).toMatchObject({ description: 'Kept as it is: Style, Tone.' });
    expect(read.settings).toMatchObject({ style: '2', tone: '7' });
  });

  test('is read back with what the member changed, and the rest as it was', () => {
    const modal = requestModal(kling, shown, 'nl');

    const read = readRequestModal(
      submit(modal, { prompt: 'a hare', 'setting.mode': 'pro', 'setting.duration': ['3'], switches: ['sound'] }),
      kling,
      settings,
    );

    expect(read).toEqual({
      prompt: 'a hare',
      settings: { mode: 'pro', duration: '3', aspect_ratio: '1:1', multi_shots: false, sound: true },
    });
  });

  test('sent as it was shown changes nothing', () => {
    const read = readRequestModal(submit(requestModal(kling, shown, 'en'), {}), kling, settings);

    expect(read).toEqual({ prompt: 'a fox', settings });
  });

  test('cuts a long note and long names to what Discord takes', () => {
    const long = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`p${index}`, choice(`Parameter ${index}`, 2)]),
    );
    const modal = requestModal(withMore(long), { ...shown, title: 'x'.repeat(99), note: 'y'.repeat(200) }, 'en');

    expect(strict.safeParse(modal).error).toBeUndefined();
  });
});
