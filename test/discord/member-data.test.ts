import { describe, expect, onTestFinished } from 'vitest';
import { buttons, commands, messageCommands, modals } from '#commands/index.ts';
import type { InteractionHandle } from '#sandbox/discord/discord.ts';
import { makeCallback } from '#src/discord/callback.ts';
import { makeDispatch } from '#src/discord/dispatch.ts';
import { makeMemberData } from '#src/discord/member-data.ts';
import { makeReplies } from '#src/discord/replies.ts';
import { makeSay } from '#src/discord/say.ts';
import { videosOnPage } from '#src/domain/member-data.ts';
import type { Database } from '#src/store/database.ts';
import { newAct, newWish, openTestStore, type TestStore, test } from '#test/store.ts';
import { begin, noHands, silent } from './begin.ts';

const bob = '200000000000000002';
const lost = () => Promise.reject(new Error('connection lost'));
type Ports = Pick<TestStore, 'readMemberData' | 'readStake' | 'askDeletion'>;

async function start(database: Database, more: Partial<Ports> = {}) {
  const world = await begin({ officialChecks: true }, onTestFinished);
  const store = openTestStore(database);
  const callback = makeCallback(world.rests.callbacks);
  const replies = makeReplies(world.rests.webhooks);
  const say = makeSay({ ...replies, callback });
  const hands = { ...noHands, ...makeMemberData({ ...replies, ...say, ...store, ...more, log: silent, callback }) };
  const { dispatch, drain } = makeDispatch({
    ...{ commands, messageCommands, buttons, modals, hands, log: silent, ...say },
    async remember() {},
  });

  async function see({ payload }: InteractionHandle): Promise<void> {
    dispatch(payload);
    await drain();
    expect(world.discord.violations).toEqual([]);
  }

  async function ask(subcommand: string, page?: number, locale = 'en-US') {
    const given = page === undefined ? [] : [{ name: 'page', type: 4, value: page }];
    const options = [{ name: subcommand, type: 1, options: given }];
    const { it } = world.use({ command: 'kling-me', options: options as never, locale });
    await see(it);
    expect(it.isPrivate()).toBe(true);
    return it;
  }

  async function press(it: InteractionHandle): Promise<InteractionHandle> {
    const click = it.component({ customId: /"custom_id":"([^"]+)"/.exec(JSON.stringify(it.reply()))?.[1] ?? '' });
    await see(click);
    return click;
  }

  const asked = () => database.sql`select user_id from deletions`;
  return { ...world, store, ask, press, see, asked };
}

const said = (it: InteractionHandle) => it.reply()?.content ?? '';
const fileOf = (it: InteractionHandle) => {
  const text = it.uploads()[0]?.bytes?.toString() ?? '';
  return { text, data: text === '' ? null : JSON.parse(text) };
};

describe('/kling-me data', () => {
  test('gives all that is stored about a member, and nothing of anybody else or of secrets', async ({ database }) => {
    const { store, ask, user } = await start(database);
    const task = await store.render({ userId: user.id });
    await store.succeed(task.id, 80, ['https://media.example/film.mp4']);
    await store.render({ userId: bob, request: { ...newWish().request, prompt: 'a secret of bob' } });
    await store.saveLocales([{ userId: user.id, locale: 'nl' }]);
    const act = newAct('grant', `user:${user.id}`, { reason: 'for a good film' });
    await store.grant(act, user.id, 50);
    await store.setRule(newAct('block', `guild:1:user:${user.id}`), 'block', { credits: null, reason: 'rude' });

    const it = await ask('data');

    const { text, data } = fileOf(it);
    expect(it.reply()?.attachments).toMatchObject([{ filename: 'kling-data-1.json' }]);
    expect(data).toMatchObject({
      ...{ userId: user.id, page: 1, pages: 1, settings: { locale: 'nl', ping: true } },
      videos: [{ id: task.id, prompt: 'a fox', status: 'succeeded', links: ['https://media.example/film.mp4'] }],
      rules: [{ server: '1', kind: 'block', reason: 'rude' }],
      acts: [{ action: 'block' }, { action: 'grant', reason: 'for a good film' }],
    });
    expect(data.credits).toMatchObject([{ kind: 'grant', amount: 50 }, { kind: 'release' }, { kind: 'settle' }, {}]);
    expect(text).not.toMatch(/token|secret|interaction-/);
    expect(text).not.toContain(bob);
    expect(text).not.toContain(act.actor);
    expect(text.split('\n').length).toBeGreaterThan(30);
  });

  test('comes by pages where it is too much for one file, and says so', async ({ database }) => {
    const { store, ask, user } = await start(database);
    const { id } = await store.accept({ userId: user.id });
    await database.sql`
      insert into tasks (id, origin, user_id, channel_id, context, locale, model, prompt, settings, images,
        application_id, token_expires_at, size_limit, has_bot, held_credits, accepted_at)
      select gen_random_uuid(), 'more-' || n, user_id, channel_id, context, locale, model, repeat('狐', 2500), settings,
        images, application_id, token_expires_at, size_limit, has_bot, held_credits, accepted_at - n * interval '1 minute'
      from tasks, generate_series(1, ${videosOnPage}) as n where id = ${id}`;

    const first = await ask('data');
    const second = await ask('data', 2);
    const beyond = await ask('data', 2 ** 31);

    expect(said(first)).toContain('Page 1 of 2');
    expect(fileOf(first).data.videos).toHaveLength(videosOnPage);
    expect(fileOf(first).text.length).toBeLessThan(10 * 2 ** 20);
    expect(fileOf(second).data.videos).toHaveLength(1);
    expect(fileOf(beyond).data).toMatchObject({ page: 2, pages: 2 });
  });

  test.for(['en-US', 'zh-CN', 'nl'])('is empty for who never used the bot (%s)', async (locale, { database }) => {
    const { ask } = await start(database);

    const it = await ask('data', undefined, locale);

    expect(fileOf(it).data).toMatchObject({ videos: [], credits: [], settings: null });
    expect(said(it)).toContain('PRIVACY.md');
  });

  test('says so where it cannot be had', async ({ database }) => {
    const { ask } = await start(database, { readMemberData: lost });

    expect(said(await ask('data'))).toContain('cannot be had right now');
  });
});

describe('/kling-me delete', () => {
  test('is asked for by one press, once', async ({ database }) => {
    const { ask, press, asked, user, store, see } = await start(database);
    const waiting = await store.accept({ userId: user.id });
    await store.answer(waiting);

    const it = await ask('delete');
    expect(said(it)).toContain('keyed hash');
    expect(await asked()).toEqual([]);
    const click = await press(it);
    await see(click);

    expect(await asked()).toEqual([{ userId: user.id }]);
    expect(said(click)).toContain('1 video in line is canceled; nothing is being made');
    expect(JSON.stringify(it.reply())).not.toContain('custom_id');
    expect(said(await ask('delete'))).toContain('is being deleted');
  });

  test('takes a second press from who has bonus credits', async ({ database }) => {
    const { ask, press, asked, user, store } = await start(database);
    await store.grant(newAct('grant', `user:${user.id}`), user.id, 50);

    const click = await press(await ask('delete'));
    expect(said(click)).toContain('50 bonus credits');
    expect(await asked()).toEqual([]);
    await press(click);

    expect(await asked()).toEqual([{ userId: user.id }]);
  });

  test('says so where it is not known whether it is stored', async ({ database }) => {
    const { ask, press, asked } = await start(database, { askDeletion: lost });

    const click = await press(await ask('delete'));

    expect(said(click)).toContain('`/kling-me delete` shows where it stands');
    expect(await asked()).toEqual([]);
  });
});
