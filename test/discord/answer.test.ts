import { describe, expect, test } from 'vitest';
import type { Outcome } from '#src/app/request-video.ts';
import { makeCallback } from '#src/discord/callback.ts';
import { noon, taskId } from '../domain/builders.ts';
import { accepted, callbackRoute, refused, type Store, slow, start, task } from './answering.ts';

describe('an accepted wish', () => {
  test('is answered with the accepted message, and that is stored', async () => {
    const { answer, it, marked, canceled, discord } = await start(accepted);

    await answer();

    expect((await it.callback).type).toBe(4);
    expect(it.reply()?.content).toContain('**a fox**');
    expect(marked).toEqual([{ id: taskId, messageId: it.reply()?.id, isPrivate: false, shown: 'accepted' }]);
    expect(canceled).toEqual([]);
    expect(discord.violations).toEqual([]);
  });

  test('whose interaction is gone is canceled by the process that made the row', async () => {
    const made = await start(accepted);
    made.discord.faults.add({
      route: callbackRoute,
      status: 404,
      body: { code: 10062, message: 'Unknown interaction' },
    });
    await made.answer();
    expect([made.canceled, made.marked]).toEqual([[taskId], []]);

    const found = await start({ ...accepted, isNew: false });
    found.discord.faults.add({
      route: callbackRoute,
      status: 404,
      body: { code: 10062, message: 'Unknown interaction' },
    });
    await found.answer();
    expect([found.canceled, found.marked]).toEqual([[], []]);
  });

  test('whose first answer arrived on a connection that broke is stored by what Discord has', async () => {
    const { answer, it, marked, discord } = await start(accepted);
    discord.faults.add({ route: callbackRoute, drop: true, when: 'after' });

    await answer();

    // What it says is not known: its own job sees to that.
    expect(marked).toEqual([{ id: taskId, messageId: it.reply()?.id, isPrivate: false, shown: null }]);
  });

  test('that another process deferred is stored as saying nothing yet, so that no “thinking…” stays', async () => {
    const { answer, it, marked, rests } = await start(accepted);
    await makeCallback(rests.callbacks)(it, { type: 5 });

    await answer();

    expect(marked).toEqual([{ id: taskId, messageId: it.reply()?.id, isPrivate: false, shown: null }]);
  });

  test('that was answered before is answered no second time in the store', async () => {
    const { answer, marked } = await start({ accepted: { ...task, answeredAt: noon }, isNew: false });

    await answer();

    expect(marked).toEqual([]);
  });

  test('whose prompt automatic moderation blocks is answered without it', async () => {
    const { answer, it, marked, canceled, discord } = await start(accepted);
    discord.autoModerate(/fox/);

    await answer();

    expect(it.reply()?.content).toMatch(/^-# Pro · 5 s/);
    expect([marked.length, canceled]).toEqual([1, []]);
  });

  test('whose answer Discord will not take at all is canceled before anyone hears that nothing was charged', async () => {
    const { answer, it, marked, canceled, discord } = await start(accepted);
    discord.autoModerate(/./);

    await expect(answer()).rejects.toMatchObject({ code: 200000 });

    expect(it.answer()).toBeUndefined();
    expect([marked, canceled]).toEqual([[], [taskId]]);
  });
});

describe('a store that fails after the wish was accepted', () => {
  const broken = () => Promise.reject(new Error('the statement failed'));

  test('is no fault of the command: its answer stands, and the sweep stores it', async () => {
    const { answer, it } = await start(accepted, undefined, { markAnswered: broken });

    await answer();

    expect(it.reply()?.content).toContain('**a fox**');
  });

  test('leaves an interaction that is gone to the sweep', async () => {
    const { answer, it, discord } = await start(accepted, undefined, { cancelUnanswered: broken });
    discord.faults.add({ route: callbackRoute, status: 404, body: { code: 10062, message: 'Unknown interaction' } });

    await answer();

    expect(it.answer()).toBeUndefined();
  });

  test.each<[string, Store['cancelUnanswered']]>([
    ['fails', broken],
    ['comes too late', async () => false],
  ])('lets nobody hear that nothing was charged where the cancel %s', async (_, cancelUnanswered) => {
    const { answer, it, discord } = await start(accepted, undefined, { cancelUnanswered });
    discord.autoModerate(/./);

    await answer();

    expect(it.answer()).toBeUndefined();
  });
});

test('what another click has asked for is not made again: the member is told where it stands', async () => {
  const other = { ...task, reply: { ...task.reply, token: 'of-another', messageId: '900000000000000009' } };
  const requestVideo = async (): Promise<Outcome> => ({ accepted: other, isNew: false });
  const { answer, it, marked, canceled, discord } = await start(accepted, undefined, { requestVideo });

  await answer('retry:1');

  expect(it.isPrivate()).toBe(true);
  expect(it.reply()?.content).toMatch(/already \(https:\/\/discord.com\/channels\/\d+\/\d+\/900000000000000009\)/);
  expect([marked, canceled]).toEqual([[], []]);
  expect(discord.violations).toEqual([]);
});

test('a refusal is private, says why, and stores nothing', async () => {
  const { answer, it, marked, canceled, discord } = await start(refused);

  await answer();

  expect(it.isPrivate()).toBe(true);
  expect(it.reply()?.content).toContain('10 left of 100');
  expect([marked, canceled]).toEqual([[], []]);
  expect(discord.violations).toEqual([]);
});

// Each waits for longer than the bot does: side by side.
describe.concurrent('an outcome that is late', () => {
  test('is waited for behind a public defer, which then turns into the accepted message', async ({
    expect,
    onTestFinished,
  }) => {
    const { answer, it, marked, discord } = await start(slow(accepted), onTestFinished);

    await answer();

    expect((await it.callback).type).toBe(5);
    expect(it.reply()?.content).toContain('**a fox**');
    expect(marked).toEqual([{ id: taskId, messageId: it.reply()?.id, isPrivate: false, shown: 'accepted' }]);
    expect(discord.violations).toEqual([]);
  });

  test('and a refusal leaves a neutral line without figures; the reason goes to the member alone', async ({
    expect,
    onTestFinished,
  }) => {
    const { answer, it, marked, discord } = await start(slow(refused), onTestFinished);

    await answer();

    expect(it.isPrivate()).toBe(false);
    expect(it.reply()?.content).not.toMatch(/\d/);
    expect(it.followups).toMatchObject([{ content: expect.stringContaining('10 left of 100') }]);
    expect((it.followups[0]?.flags ?? 0) & 64).toBe(64);
    expect(marked).toEqual([]);
    expect(discord.violations).toEqual([]);
  });

  test('and stays unknown says just that, and never that it was refused', async ({ expect, onTestFinished }) => {
    const { answer, it } = await start(
      (answered) => answered.then(() => Promise.reject(new Error('the database is away'))),
      onTestFinished,
    );

    await answer();

    expect(it.reply()?.content).toContain('cannot say whether your request was accepted');
  });

  test('and a prompt that is blocked leaves the rest of the message', async ({ expect, onTestFinished }) => {
    const { answer, it, marked, discord } = await start(slow(accepted), onTestFinished);
    discord.autoModerate(/fox/);

    await answer();

    expect(it.reply()?.content).toMatch(/^-# Pro · 5 s/);
    expect(marked).toHaveLength(1);
  });
});

describe('an apology', () => {
  test('is private where nothing was answered yet', async () => {
    const { apologise, call, it } = await start(accepted);

    await apologise(call);

    expect(it.isPrivate()).toBe(true);
    expect(it.reply()?.content).toContain('nothing was charged');
  });

  test('stands in the reply where something was', async () => {
    const { apologise, answer, call, it } = await start(refused);
    await answer();

    await apologise(call);

    expect(it.states).toHaveLength(2);
  });
});
