import { expect, onTestFinished, test } from 'vitest';
import { makeCallback } from '#src/discord/callback.ts';
import { makeHistory, pageBody } from '#src/discord/history.ts';
import { makeReplies } from '#src/discord/replies.ts';
import { makeSay } from '#src/discord/say.ts';
import type { Page } from '#src/domain/history.ts';
import { kling } from '#src/domain/parameters.ts';
import { aReply, aTask } from '../domain/builders.ts';
import { begin, silent } from './begin.ts';

const id = (index: number) => `0b1f6d0e-7c52-4c7f-9a37-6d1f0c9a1e5${index}`;
const pageOf = (...tasks: Parameters<typeof aTask>[0][]): Page => ({
  tasks: tasks.map((task, index) => aTask({ id: id(index), delivery: 'delivered', ...task })),
  hasNewer: true,
  hasOlder: true,
});
const ids = (page: Page, chosen?: string) =>
  [...JSON.stringify(pageBody(page, { model: kling, locale: 'en-US' }, chosen)).matchAll(/"custom_id":"(\w+)/g)].map(
    ([, action]) => action,
  );

async function ask(readPage: () => Promise<Page>) {
  const { discord, rests, use } = await begin({ officialChecks: true }, onTestFinished);
  const callback = makeCallback(rests.callbacks);
  const { sayPrivately } = makeSay({ ...makeReplies(rests.webhooks), callback });
  const { it, call } = use({ command: 'kling-history', options: {} });
  await makeHistory({ model: kling, log: silent, readPage, callback, sayPrivately }).openHistory(call);
  expect(it.isPrivate()).toBe(true);
  expect(discord.violations).toEqual([]);
  return it.reply();
}

test('a page fits a message and pings nobody, whatever was asked for', async () => {
  const long = { settings: { ...aTask().settings, multi_shots: true, sound: true }, finalCredits: 1_000_000_000 };
  const reply = aReply({ guildId: '9'.repeat(20), channelId: '9'.repeat(20), messageId: '9'.repeat(20) });
  const prompts = ['@everyone '.repeat(200), '*'.repeat(2000), '🦊'.repeat(1000), '<@1> \n\n# x', '`'.repeat(2000)];
  const page = pageOf(...prompts.map((prompt) => ({ ...long, prompt, reply })));

  const shown = await ask(async () => page);

  expect(shown?.content.length).toBeLessThan(2000);
  expect(shown?.content.split('\n')).toHaveLength(11);
  for (const locale of ['zh-CN', 'nl']) {
    expect(pageBody(page, { model: kling, locale }, id(0)).content.length).toBeLessThan(2000);
  }
});

test('what can be done about a task is what it is fit for', () => {
  const page = pageOf(
    { resultUrls: ['https://files.example/1.mp4'] },
    { status: 'failed' },
    { delivery: 'undeliverable', resultUrls: [], keptBytes: 9 },
    { status: 'rendering', delivery: 'none' },
    { delivery: 'pending', resultUrls: ['https://files.example/1.mp4'] },
  );

  const actions = [0, 1, 2, 3, 4].map((index) => ids(page, id(index)).slice(1, -2));

  expect(actions).toEqual([
    ['here', 'again', 'edit'],
    ['retry', 'edit'],
    ['show', 'here', 'again', 'edit'],
    ['again', 'edit'],
    ['again', 'edit'],
  ]);
  expect(ids(page)).toEqual(['choose', 'turn', 'turn']);
});

test.each(['en-US', 'zh-CN', 'nl'])(
  'what has been removed says so (%s), and nothing can be done about it',
  (locale) => {
    const page = pageOf({ prompt: '', resultUrls: [], images: [] }, { prompt: 'a hen' });

    const { content } = pageBody(page, { model: kling, locale }, id(0));

    const [, entry] = content.split('\n');
    expect(entry).toMatch({ 'en-US': /removed/, 'zh-CN': /已删除/, nl: /verwijderd/ }[locale] ?? /no such language/);
    expect(ids(page, id(0))).toEqual(['choose', 'turn', 'turn']);
  },
);

test('a private task has no link', () => {
  const { content } = pageBody(pageOf({ reply: aReply({ isPrivate: true }) }), { model: kling, locale: 'en-US' });

  expect(content).not.toContain('https://');
});

test('who has asked for nothing yet reads how to', async () => {
  const shown = await ask(async () => ({ tasks: [], hasNewer: false, hasOlder: false }));

  expect(shown?.content).toContain('`/kling` makes one');
});

test.each<[string, () => Promise<Page>]>([
  ['fails', () => Promise.reject(new Error('connection lost'))],
  ['does not answer', () => new Promise(() => {})],
])('a database that %s is told of in time', async (_, readPage) => {
  expect((await ask(readPage))?.content).toContain('cannot be reached right now');
});
