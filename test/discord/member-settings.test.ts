import { describe, expect, onTestFinished } from 'vitest';
import { buttons, commands, messageCommands, modals } from '#commands/index.ts';
import type { InteractionHandle } from '#sandbox/discord/discord.ts';
import { makeCallback } from '#src/discord/callback.ts';
import { makeDispatch } from '#src/discord/dispatch.ts';
import { makeMemberSettings } from '#src/discord/member-settings.ts';
import { makeReplies } from '#src/discord/replies.ts';
import { makeSay } from '#src/discord/say.ts';
import { test } from '#test/store.ts';
import { begin, noHands, silent } from './begin.ts';

type Settings = Pick<Parameters<typeof makeMemberSettings>[0], 'readSettings' | 'savePing'>;

async function start(store: Settings) {
  const world = await begin({ officialChecks: true }, onTestFinished);
  const callback = makeCallback(world.rests.callbacks);
  const say = makeSay({ ...makeReplies(world.rests.webhooks), callback });
  const settings = makeMemberSettings({ ...say, ...store, log: silent, callback });
  const hands = { ...noHands, ...settings };
  const { dispatch, drain } = makeDispatch({
    ...{ commands, messageCommands, buttons, modals, hands, log: silent, ...say },
    async remember() {},
  });

  async function see({ payload }: InteractionHandle): Promise<void> {
    dispatch(payload);
    await drain();
    expect(world.discord.violations).toEqual([]);
  }

  /** `/kling-me settings`, answered. */
  async function open(locale = 'en-US', subcommand = 'settings') {
    const options = [{ name: subcommand, type: 1, options: [] }];
    const raw = subcommand !== 'settings';
    const { it } = world.use({ command: 'kling-me', options, locale, raw });
    await see(it);
    expect(it.isPrivate()).toBe(true);
    return it;
  }

  /** The member presses the one button that they see. */
  async function toggle(it: InteractionHandle): Promise<InteractionHandle> {
    const press = it.component({ customId: /"custom_id":"([^"]+)"/.exec(JSON.stringify(it.reply()))?.[1] ?? '' });
    await see(press);
    return press;
  }

  return { ...world, open, toggle, see };
}

const said = (it: InteractionHandle) => it.reply()?.content ?? '';
const never = () => new Promise<never>(() => {});
const lost = () => Promise.reject(new Error('connection lost'));

describe('/kling-me settings', () => {
  test('shows the ping, and a press turns it off and on again in the same message', async ({ store }) => {
    const { open, toggle, user } = await start(store);

    const it = await open();
    const first = said(it);
    await toggle(it);
    const off = [said(it), await store.readSettings(user.id)];
    await toggle(it);

    expect(first).toContain('Ping: on.');
    expect(off).toEqual([expect.stringContaining('Ping: off.'), { ping: false }]);
    expect(said(it)).toContain('Ping: on.');
    expect(await store.readSettings(user.id)).toEqual({ ping: true });
    expect(said(await open())).toBe(first);
  });

  test('a press seen twice sets what the button said', async ({ store }) => {
    const { open, toggle, see, user } = await start(store);

    const press = await toggle(await open());
    await see(press);

    expect(await store.readSettings(user.id)).toEqual({ ping: false });
  });

  test('speaks the member’s language', async ({ store }) => {
    const { open } = await start(store);

    expect(said(await open('zh-CN'))).toContain('提醒：开');
    expect(said(await open('nl'))).toContain('Ping: aan');
  });

  test.for([
    ['fails', lost],
    ['does not answer', never],
  ] as const)('says so while the database %s', async ([, readSettings], { store }) => {
    const { open } = await start({ ...store, readSettings });

    expect(said(await open())).toContain('cannot be reached right now');
  });

  test.for([
    ['fails', lost],
    ['does not answer', never],
  ] as const)('a press is not called saved while the database %s', async ([, savePing], { store }) => {
    const { open, toggle } = await start({ ...store, savePing });
    const it = await open();

    const press = await toggle(it);

    expect(press.isPrivate()).toBe(true);
    expect(said(press)).toContain('this may not be saved');
    expect(said(it)).toContain('Ping: on.');
  });

  test('another subcommand is one of another version', async ({ store }) => {
    const { open } = await start(store);

    expect(said(await open('en-US', 'nickname'))).toContain('another version of the bot');
  });
});
