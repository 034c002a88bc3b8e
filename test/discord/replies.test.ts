import { expect, test } from 'vitest';
import { textBody } from '#src/discord/messages.ts';
import { makeReplies } from '#src/discord/replies.ts';
import { begin } from './begin.ts';

const acceptance = '**a fox**\n-# Pro · 5 s · in line; this message turns into the video';

async function start(flags = 0, isAnswered = true, content = acceptance) {
  const world = await begin({ officialChecks: true });
  const { it, call } = world.use();
  if (isAnswered) {
    const body = { type: 4, data: { content, flags } };
    await world.rests.callbacks.post(`/interactions/${it.id}/${it.token}/callback`, { body, auth: false });
  }
  return { ...world, ...makeReplies(world.rests.webhooks), it, reply: call.reply };
}

test.each([
  [0, false],
  [64, true],
])('a reply that stands is seen, private or not (flags %i)', async (flags, isPrivate) => {
  const { lookUpReply, reply, it } = await start(flags);

  // Where only the member has installed the bot, a server may have made it private.
  expect(await lookUpReply({ ...reply, hasBot: false })).toEqual({ messageId: it.reply()?.id, isPrivate });
});

test('a private answer to a public request is a refusal: no acceptance stands', async () => {
  const { lookUpReply, reply, it } = await start(64);

  expect(await lookUpReply(reply)).toBe('gone');
  expect(await lookUpReply({ ...reply, isPrivate: true })).toEqual({ messageId: it.reply()?.id, isPrivate: true });
});

test('where an acceptance may be private, a private no is still none', async () => {
  const { lookUpReply, reply } = await start(64, true, 'My records cannot be reached right now. Nothing was charged.');

  expect(await lookUpReply({ ...reply, isPrivate: true })).toBe('gone');
  expect(await lookUpReply({ ...reply, hasBot: false })).toBe('gone');
});

test('a private “thinking…” may become an acceptance, and a private message that was pressed is one', async () => {
  const { lookUpReply, rests, reply, it } = await start(64, false);
  const asked = { ...reply, isPrivate: true };
  const body = { type: 5, data: { flags: 64 } };
  await rests.callbacks.post(`/interactions/${it.id}/${it.token}/callback`, { body, auth: false });
  expect(await lookUpReply(asked)).toMatchObject({ isPrivate: true });

  const pressed = await start(64, true, 'A draft');
  // Asked later than the message was made.
  const tokenExpiresAt = new Date(pressed.reply.tokenExpiresAt.getTime() + 60_000);
  expect(await pressed.lookUpReply({ ...pressed.reply, isPrivate: true, tokenExpiresAt })).toMatchObject({
    isPrivate: true,
  });
});

test('a reply is waiting while it says “thinking…”, and not once it says more', async () => {
  const { rests, ...deferred } = await start(0, false);
  await rests.callbacks.post(`/interactions/${deferred.it.id}/${deferred.it.token}/callback`, {
    body: { type: 5 },
    auth: false,
  });
  expect(await deferred.isWaiting(deferred.reply)).toBe(true);

  await deferred.editReply(deferred.reply, textBody('Accepted'));

  expect(await deferred.isWaiting(deferred.reply)).toBe(false);
});

test('a reply that never was, was deleted, or cannot be asked for any more is gone', async () => {
  const never = await start(0, false);
  expect(await never.lookUpReply(never.reply)).toBe('gone');

  const deleted = await start();
  deleted.it.deleteReply();
  expect(await deleted.lookUpReply(deleted.reply)).toBe('gone');

  const dead = await start();
  dead.it.expireToken();
  expect(await dead.lookUpReply(dead.reply)).toBe('gone');
  expect(await dead.lookUpReply({ ...dead.reply, token: null })).toBe('gone');

  const closed = await start();
  closed.discord.faults.add({ route: '/webhooks/:app/:token/messages/@original', status: 403 });
  expect(await closed.lookUpReply(closed.reply)).toBe('gone');
});

test.each([{ status: 500 }, { drop: true }, { status: 200, body: { odd: 1 } }])(
  'with an answer like %j nothing is known, and it will be asked again',
  async (fault) => {
    const { lookUpReply, reply, discord } = await start();
    discord.faults.add({ route: '/webhooks/:app/:token/messages/@original', times: 9, ...fault });

    expect(await lookUpReply(reply)).toBe('unknown');
  },
);

test('an edit changes the reply for all, a private word only the member sees', async () => {
  const { editReply, tellPrivately, reply, it, discord } = await start();

  await editReply(reply, textBody('Edited @everyone'));
  await tellPrivately(reply, 'You have 10 left.');

  expect(it.states.map(({ message }) => message.content)).toEqual([acceptance, 'Edited @everyone']);
  expect(it.followups).toMatchObject([{ content: 'You have 10 left.', flags: 64 | 4 }]);
  expect(discord.violations).toEqual([]);
});

test('an edit that Discord refuses throws', async () => {
  const { editReply, reply, it } = await start();
  it.expireToken();

  await expect(editReply(reply, textBody('x'))).rejects.toMatchObject({ status: 401 });
});
