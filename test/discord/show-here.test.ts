import { expect, onTestFinished } from 'vitest';
import type { Interact } from '#sandbox/discord/discord.ts';
import { makeOwnTask, type OwnTask } from '#src/app/own-task.ts';
import { makeCallback } from '#src/discord/callback.ts';
import { type Press, readCall } from '#src/discord/calls.ts';
import { makeReplies } from '#src/discord/replies.ts';
import { makeSay } from '#src/discord/say.ts';
import { makeShowHere } from '#src/discord/show-here.ts';
import { makeUpload } from '#src/discord/upload.ts';
import type { Database } from '#src/store/database.ts';
import { test } from '#test/database.ts';
import { eventually } from '#test/eventually.ts';
import { film, openDesk } from '../app/desk.ts';
import { silent, voice } from './begin.ts';

const original = { method: 'PATCH', route: '/webhooks/:app/:token/messages/@original' } as const;
const megabyte = 2 ** 20;
type OwnTaskOf = (userId: string, taskId: string) => Promise<OwnTask>;

async function start(database: Database, more: Partial<Interact> = {}, isPrivate = false, lookUp?: OwnTaskOf) {
  const desk = await openDesk(database, onTestFinished);
  const { discord, rests, store } = desk;
  const asked = await desk.ask(more, isPrivate);
  const uploads = makeUpload(discord.url, discord.botToken);
  onTestFinished(() => uploads.close());
  const replies = makeReplies(rests.webhooks);
  const callback = makeCallback(rests.callbacks);
  const showHere = makeShowHere({
    ...{ ...replies, ...makeSay({ ...replies, callback }), callback, upload: uploads.upload, voice, log: silent },
    ...{ openVideo: desk.openVideo, find: store.find },
    ownTask: lookUp ?? makeOwnTask({ find: store.find, operatorIds: [discord.ownerId] }),
  });

  /** A click by the member, unless told otherwise. Which message it is on does not matter. */
  function click(userId?: string) {
    const it = asked.it.component({ customId: customIdOf(asked.it.reply()), ...(userId !== undefined && { userId }) });
    return { it, done: showHere(pressOf(it.payload), asked.id) };
  }
  async function press(userId?: string) {
    const { it, done } = click(userId);
    await done;
    expect(discord.violations).toEqual([]);
    return it;
  }
  return { ...desk, asked, click, press };
}

function customIdOf(reply: object | undefined): string {
  return /"custom_id":"([^"]+)"/.exec(JSON.stringify(reply))?.[1] ?? '';
}

function pressOf(payload: object): Press {
  const call = readCall(payload);
  if (call?.kind !== 'press') throw new Error('not a click');
  return call;
}

/** Links are signed anew each time a message is read. */
function unsigned(message: unknown): unknown {
  return JSON.parse(JSON.stringify(message).replaceAll(/\?ex=[^"]*/g, ''));
}

test('a video is shown once more for all, and nothing about its task changes', async ({ database }) => {
  const { asked, press } = await start(database);
  await asked.succeed();
  await asked.deliver();
  const { now: _before, ...before } = await asked.task();
  const reply = unsigned(asked.it.reply());

  const it = await press();

  expect((await it.callback).type).toBe(5);
  expect(it.isPrivate()).toBe(false);
  expect(it.uploads()[0]?.bytes).toEqual(film);
  expect(it.reply()?.content).toMatch(/^\*\*a fox\*\*\n-# .*90 credits$/);
  const { now: _after, ...after } = await asked.task();
  expect(after).toEqual(before);
  expect(unsigned(asked.it.reply())).toEqual(reply);
});

test('what was asked for in private is shown in private', async ({ database }) => {
  const { asked, press } = await start(database, {}, true);
  await asked.succeed();
  await asked.deliver();

  const it = await press();

  expect(it.isPrivate()).toBe(true);
  expect(it.uploads()).toHaveLength(1);
});

test('the copy that was kept is shown where the provider has the video no more', async ({ database }) => {
  const { asked, press, discord, user, rivya } = await start(database, { context: 1 });
  user.dmsClosed = true;
  await asked.leave(1.5);
  await asked.deliver();
  await asked.succeed();
  discord.faults.add({ method: 'PATCH', route: /@original|channels/, status: 403, body: { code: 50001 }, times: 9 });
  discord.faults.add({ method: 'POST', route: /^\/channels/, status: 403, body: { code: 50001 }, times: 9 });
  await asked.deliver();
  expect(await asked.task()).toMatchObject({ delivery: 'undeliverable', keptBytes: film.length });
  discord.faults.clear();
  rivya.setResult({ status: 404 });

  const it = await press();

  expect(it.uploads()[0]?.bytes).toEqual(film);
});

test('one too large for the place is shown by its link', async ({ database }) => {
  const { asked, press, rivya } = await start(database, { attachmentSizeLimit: megabyte });
  rivya.setResult({ size: 3 * megabyte });
  await asked.succeed();
  await asked.deliver();

  const it = await press();

  expect(it.uploads()).toEqual([]);
  expect(JSON.stringify(it.reply()?.components)).toContain('Open the video');
});

test('a prompt that Discord blocks is left out', async ({ database }) => {
  const { asked, press, discord } = await start(database);
  await asked.succeed();
  await asked.deliver();
  discord.faults.add({ ...original, status: 400, body: { code: 200000, message: 'blocked' } });

  const it = await press();

  expect(it.uploads()).toHaveLength(1);
  expect(it.reply()?.content).not.toContain('fox');
});

test('a Discord that fails once is asked again', async ({ database }) => {
  const { asked, press, discord } = await start(database);
  await asked.succeed();
  await asked.deliver();
  discord.faults.add({ ...original, status: 503 });

  expect((await press()).uploads()).toHaveLength(1);
});

test('one that cannot be had now ends in words', async ({ database }) => {
  const { asked, press, rivya } = await start(database);
  await asked.succeed();
  await asked.deliver();
  rivya.setResult({ status: 404 });

  const it = await press();

  expect(it.reply()?.content).toContain('cannot be had right now');
  expect(it.reply()?.flags).toBe(4);
});

test('a task without a video, and another’s, are told of privately', async ({ database }) => {
  const { asked, press, discord, guild } = await start(database);
  const other = discord.addUser();
  discord.addMember(guild.id, other.id);

  const none = await press();
  await asked.succeed();
  await asked.deliver();
  const others = await press(other.id);
  discord.addMember(guild.id, discord.ownerId);
  const operators = await press(discord.ownerId);

  expect([none, others, operators].map((it) => it.isPrivate())).toEqual([true, true, true]);
  expect(none.reply()?.content).toContain('no video of this one');
  for (const it of [others, operators]) expect(it.reply()?.content).toContain('Only the person who asked');
});

test('a database that does not answer is told of in time', async ({ database }) => {
  const { press } = await start(database, {}, false, () => new Promise(() => {}));

  const it = await press();

  expect(it.reply()?.content).toContain('cannot be reached right now');
});

test('one member has one shown at a time', async ({ database }) => {
  const { asked, press, click, discord } = await start(database);
  await asked.succeed();
  await asked.deliver();
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const fault = discord.faults.add({ ...original, hold: held });
  const first = click();
  await eventually(() => fault.hits === 1, 'the upload to hang');

  const second = await press();
  release();
  await first.done;

  expect(second.reply()?.content).toContain('just being shown');
  expect(first.it.uploads()).toHaveLength(1);
  expect((await press()).uploads()).toHaveLength(1);
});
