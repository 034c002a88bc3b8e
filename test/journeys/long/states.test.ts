import { expect, test } from 'vitest';
import { onStage } from '#sandbox/show/stage.ts';
import { actSettings, actStates, buttonsOf } from '#sandbox/states/act.ts';
import { languages, states } from '#sandbox/states/states.ts';

test('the real bot can be brought into every state that is drawn, in every language, and no two look the same', {
  timeout: 240_000,
}, async () => {
  const signal = new AbortController().signal;

  const { replies, violations } = await onStage(
    signal,
    async (stage) => ({
      replies: await actStates(stage, signal),
      violations: [...stage.discord.violations, ...stage.rivya.violations],
    }),
    actSettings,
  );

  const drawn = replies.map(({ state, speaker }) => `${state} ${speaker.locale}`);
  expect(drawn.toSorted()).toEqual(
    states.flatMap(({ name }) => languages.map(({ locale }) => `${name} ${locale}`)).toSorted(),
  );
  const looks = replies.map(({ message }) => [message.content, message.attachments.length].join(' '));
  expect(new Set(looks).size).toBe(looks.length);
  // On a phone too, one row of buttons; and what is not for all is seen by the member alone.
  for (const { state, message } of replies) {
    expect([state, message.components.length <= 1]).toEqual([state, true]);
    expect([state, (message.flags & 64) !== 0]).toEqual([state, state === 'refused' || state === 'private']);
    for (const { label } of buttonsOf(message.components)) expect(String(label)).toMatch(/^\S.{0,20}$/u);
  }
  expect(violations).toEqual([]);
});
