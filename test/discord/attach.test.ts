import { randomUUID } from 'node:crypto';
import { expect, onTestFinished } from 'vitest';
import { buttons, commands, messageCommands, modals } from '#commands/index.ts';
import type { InteractionHandle } from '#sandbox/discord/discord.ts';
import { makeOwnTask } from '#src/app/own-task.ts';
import { makeAttach } from '#src/discord/attach.ts';
import { makeCallback } from '#src/discord/callback.ts';
import { makeDispatch } from '#src/discord/dispatch.ts';
import { makeLookUp } from '#src/discord/look-up.ts';
import { makeRemake } from '#src/discord/remake.ts';
import { makeReplies } from '#src/discord/replies.ts';
import { makeSay } from '#src/discord/say.ts';
import { kling } from '#src/domain/parameters.ts';
import type { RawRequest } from '#src/domain/request.ts';
import { png } from '#test/images.ts';
import { newWish, reply, type TestStore, test } from '#test/store.ts';
import { begin, noHands, silent } from './begin.ts';

const image = { name: 'a.png', url: 'https://cdn.discordapp.com/a.png', size: 9 };
const never = () => new Promise<never>(() => {});

/** A member’s earlier task whose image cannot be had, with *Edit* below its private reply. */
async function start(store: TestStore, more: Partial<Pick<TestStore, 'saveOpening' | 'findOpening'>> = {}) {
  const world = await begin({ officialChecks: true }, onTestFinished);
  const { discord, rests, user } = world;
  const callback = makeCallback(rests.callbacks);
  const say = makeSay({ ...makeReplies(rests.webhooks), callback });
  const asked: { raw: RawRequest; isPrivate: boolean }[] = [];
  const lookUp = makeLookUp({ ...say, model: kling, ownTask: makeOwnTask({ ...store, operatorIds: [] }) });
  const ports = {
    ...{ ...say, ...store, ...more, model: kling, log: silent, newId: randomUUID, callback, lookUp },
    async answerVideo(call: { reply: { isPrivate: boolean } }, raw: RawRequest) {
      asked.push({ raw, isPrivate: call.reply.isPrivate });
    },
  };
  const { askToAttach, ...attaching } = makeAttach(ports);
  const remaking = makeRemake({ ...ports, askToAttach, imagesAgain: async () => null });
  const hands = { ...noHands, ...remaking, ...attaching };
  const { dispatch, drain } = makeDispatch({
    ...{ commands, messageCommands, buttons, modals, hands, log: silent, ...say },
    async remember() {},
  });

  async function see(it: InteractionHandle): Promise<InteractionHandle> {
    dispatch(it.payload);
    await drain();
    expect(discord.violations).toEqual([]);
    return it;
  }

  const request = { ...newWish().request, images: [image] };
  const { id } = await store.accept({ userId: user.id, request, body: null, reply: { ...reply, isPrivate: true } });
  const { it } = world.use();
  const button = { type: 2, style: 2, label: 'Edit', custom_id: `edit:${id}` };
  const components = [{ type: 1, components: [button] }];
  const data = { content: 'x', components, allowed_mentions: { parse: [] } } as never;
  await callback({ id: it.id, token: it.token }, { type: 4, data });

  /** *Edit* is pressed and its modal sent: what the member is told. */
  async function edit(): Promise<InteractionHandle> {
    const press = await see(it.component({ customId: `edit:${id}` }));
    return see(press.modalSubmit({ values: { prompt: 'a hare', 'setting.mode': 'std' } }));
  }
  /** The button below that is pressed, and its modal sent. */
  async function attach(told: InteractionHandle): Promise<InteractionHandle> {
    const press = await see(told.component({ customId: idOf(told) }));
    expect(press.answer()).toMatchObject({ type: 9, data: { title: 'Attach the images again' } });
    return see(press.modalSubmit({ attachments: [{ name: 'new.png', bytes: png(), option: 'images' }] }));
  }

  return { ...world, edit, attach, see, asked, taskId: id };
}

const idOf = (it: InteractionHandle) => /"custom_id":"(attach:[^"]+)"/.exec(JSON.stringify(it.reply()))?.[1] ?? '';
const said = (it: InteractionHandle) => it.reply()?.content ?? '';

test('images of an edited request that cannot be had are asked for, and what was written is kept', async ({
  store,
}) => {
  const { edit, attach, asked } = await start(store);

  const told = await edit();
  const before = [...asked];
  await attach(told);

  expect(told.isPrivate()).toBe(true);
  expect(said(told)).toMatch(/no longer there.*Nothing was charged/);
  expect(before).toEqual([]);
  expect(asked).toMatchObject([
    { raw: { prompt: 'a hare', settings: { mode: 'std', duration: '5' }, images: [{ name: 'new.png' }] } },
  ]);
  // As the earlier video was.
  expect(asked.map(({ isPrivate }) => isPrivate)).toEqual([true]);
});

test('what was written is there for a day, and for who wrote it', async ({ store, database }) => {
  const { edit, attach, asked } = await start(store);
  const told = await edit();

  await database.sql`update openings set user_id = '200000000000000009'`;
  const others = await attach(told);
  await database.sql`update openings set created_at = created_at - interval '25 hours'`;
  const late = await attach(told);

  for (const it of [others, late]) expect(said(it)).toMatch(/kept for a day and is no longer there/);
  expect(asked).toEqual([]);
});

test('a task that is gone meanwhile is told of', async ({ store, database }) => {
  const { edit, attach, asked } = await start(store);
  const told = await edit();
  await database.sql`delete from ledger`;
  await database.sql`delete from tasks`;

  const sent = await attach(told);

  expect(sent.isPrivate()).toBe(true);
  expect(said(sent)).not.toBe('');
  expect(asked).toEqual([]);
});

test('a database that does not answer is told of in time', async ({ store }) => {
  const before = await start(store, { saveOpening: never });
  const after = await start(store, { findOpening: never });

  const told = await before.edit();
  const sent = await after.attach(await after.edit());

  for (const it of [told, sent]) {
    expect(it.isPrivate()).toBe(true);
    expect(said(it)).toContain('cannot be reached right now');
  }
  expect(after.asked).toEqual([]);
});
