import { expect, onTestFinished, test } from 'vitest';
import { makeCallback } from '#src/discord/callback.ts';
import { makeRemake } from '#src/discord/remake.ts';
import { makeReplies } from '#src/discord/replies.ts';
import { makeSay } from '#src/discord/say.ts';
import { kling } from '#src/domain/parameters.ts';
import { aTask } from '../domain/builders.ts';
import { begin } from './begin.ts';

const unexpected = () => Promise.reject(new Error('nothing can be made of it'));

test.each([
  ['again', /are removed/, 'en-US'],
  ['retry', /已被删除/, 'zh-CN'],
  ['edit', /zijn verwijderd/, 'nl'],
] as const)('what was removed is not made anew (%s), and the member is told why', async (how, words, locale) => {
  const { rests, use, discord } = await begin({ officialChecks: true }, onTestFinished);
  const callback = makeCallback(rests.callbacks);
  const { sayPrivately } = makeSay({ ...makeReplies(rests.webhooks), callback });
  const task = aTask({ prompt: '', images: [], delivery: 'delivered' });
  const remaking = makeRemake({
    ...{ model: kling, callback, sayPrivately, lookUp: () => Promise.resolve(task) },
    ...{ imagesAgain: unexpected, askToAttach: unexpected, answerVideo: unexpected, againNear: unexpected },
  });
  const { it, call } = use({ locale });
  const press = { ...call, kind: 'press', customId: `${how}:${task.id}`, values: [] } as const;

  await (how === 'edit' ? remaking.openEdit(press, task.id) : remaking.remake(press, task.id, how));

  expect(it.reply()?.content).toMatch(words);
  expect(it.isPrivate()).toBe(true);
  expect(discord.violations).toEqual([]);
});
