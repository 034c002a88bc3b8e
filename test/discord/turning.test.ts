import { describe, expect, test } from 'vitest';
import type { Interact } from '#sandbox/discord/discord.ts';
import { makeAnswerVideo, type Turned } from '#src/discord/answer.ts';
import { makeCallback } from '#src/discord/callback.ts';
import { type Press, readCall } from '#src/discord/calls.ts';
import { textBody } from '#src/discord/messages.ts';
import { makeReplies } from '#src/discord/replies.ts';
import { makeSay } from '#src/discord/say.ts';
import { noon, taskId } from '../domain/builders.ts';
import { accepted, callbackRoute, refused, task } from './answering.ts';
import { begin, silent, voice, type WhenFinished } from './begin.ts';

const turned: Turned = { turn: () => textBody('changed') };

/** A press on a message of the bot's in a DM, and the real answers to it; what the store would do is only noted. */
async function start(whenFinished?: WhenFinished) {
  const world = await begin({ officialChecks: true }, whenFinished);
  const { discord, rests, user } = world;
  const { id: channelId } = discord.dmWith(user.id);
  discord.say(channelId, user.id, 'a fox');
  const go = [{ type: 1, components: [{ type: 2, style: 1, label: 'Go', custom_id: 'go' }] }];
  const body = { ...textBody('pressed'), components: go };
  const { id: messageId } = (await rests.bot.post(`/channels/${channelId}/messages`, { body })) as { id: string };
  const marked: object[] = [];
  const canceled: string[] = [];
  const replies = makeReplies(rests.webhooks);
  const callback = makeCallback(rests.callbacks);
  const { turnIntoVideo } = makeAnswerVideo({
    signal: new AbortController().signal,
    ...replies,
    voice,
    log: silent,
    callback,
    sayPrivately: makeSay({ ...replies, callback }).sayPrivately,
    requestVideo: () => Promise.reject(new Error('not by this road')),
    async markAnswered(id, seen) {
      marked.push({ id, ...seen });
    },
    async cancelUnanswered(id) {
      canceled.push(id);
      return true;
    },
  });

  /** Pressed; the outcome comes at once, or only once Discord had an answer. */
  async function press(
    outcome: Turned | Error,
    { isLate = false, ...more }: Partial<Interact> & { isLate?: boolean } = {},
  ) {
    const it = discord.press({ messageId, customId: 'go', ...more });
    const call = readCall(it.payload) as Press;
    const own = typeof outcome === 'object' && 'accepted' in outcome ? withReply(outcome, call) : outcome;
    const come = async () => {
      if (isLate) await it.callback;
      if (own instanceof Error) throw own;
      return own;
    };
    return { it, answered: turnIntoVideo(call, come()) };
  }

  const message = () => discord.messages(channelId).find(({ id }) => id === messageId);
  return { ...world, messageId, message, press, marked, canceled, callback };
}

function withReply(outcome: Extract<Turned, { accepted: object }>, { reply }: Press): Turned {
  return { ...outcome, accepted: { ...outcome.accepted, reply: outcome.isNew ? reply : outcome.accepted.reply } };
}

describe('a press that makes a task', () => {
  test('turns its message into the accepted one, which is the task’s reply', async () => {
    const { press, message, messageId, marked, discord } = await start();

    const { it, answered } = await press(accepted);
    await answered;

    expect((await it.callback).type).toBe(7);
    expect(message()?.content).toContain('**a fox**');
    expect(marked).toEqual([{ id: taskId, messageId, isPrivate: false, shown: 'accepted' }]);
    expect(discord.violations).toEqual([]);
  });

  test('whose interaction is gone is canceled, and its message stays as it is', async () => {
    const { press, message, marked, canceled, discord } = await start();
    discord.faults.add({ route: callbackRoute, status: 404, body: { code: 10062, message: 'Unknown interaction' } });

    await (await press(accepted)).answered;

    expect([marked, canceled]).toEqual([[], [taskId]]);
    expect(message()?.content).toBe('pressed');
  });

  test('that another process answered by leaving the message alone is stored as saying nothing yet', async () => {
    const { press, messageId, marked, callback } = await start();
    const { it, answered } = await press(accepted, { isLate: true });
    await callback(it, { type: 6 });

    await answered;

    expect(marked).toEqual([{ id: taskId, messageId, isPrivate: false, shown: null }]);
  });

  test('that is made already, by another press, leaves the message and tells the member so', async () => {
    const { press, message, marked } = await start();

    const { it, answered } = await press({ accepted: { ...task, answeredAt: noon }, isNew: false });
    await answered;

    expect(it.isPrivate()).toBe(true);
    expect(it.reply()?.content).toContain('asked for this already');
    expect(message()?.content).toBe('pressed');
    expect(marked).toEqual([]);
  });
});

describe('a press that makes none', () => {
  test('turns its message into what it says from now on', async () => {
    const { press, message, marked } = await start();

    await (await press(turned)).answered;

    expect(message()).toMatchObject({ content: 'changed', components: [] });
    expect(marked).toEqual([]);
  });

  test('and is refused leaves the message usable; the reason is for the member alone', async () => {
    const { press, message, discord } = await start();

    const { it, answered } = await press(refused);
    await answered;

    expect(it.isPrivate()).toBe(true);
    expect(it.reply()?.content).toContain('10 left of 100');
    expect(message()).toMatchObject({ content: 'pressed', components: [{ type: 1 }] });
    expect(discord.violations).toEqual([]);
  });
});

// Each waits for longer than the bot does: side by side.
describe.concurrent('an outcome that is late', () => {
  test('is waited for while the message stands; then it turns into the accepted one', async ({
    expect,
    onTestFinished,
  }) => {
    const { press, message, messageId, marked } = await start(onTestFinished);

    const { it, answered } = await press(accepted, { isLate: true });
    const { type } = await it.callback;
    await answered;

    expect(type).toBe(6);
    expect(message()?.content).toContain('**a fox**');
    expect(marked).toEqual([{ id: taskId, messageId, isPrivate: false, shown: 'accepted' }]);
  });

  test('and turns the message does so', async ({ expect, onTestFinished }) => {
    const { press, message } = await start(onTestFinished);

    await (await press(turned, { isLate: true })).answered;

    expect(message()).toMatchObject({ content: 'changed', components: [] });
  });

  test.for([
    ['a refusal', refused, '10 left of 100'],
    ['no outcome at all', new Error('the database is away'), 'cannot say whether'],
    ['the task of another press', { accepted: { ...task, answeredAt: noon }, isNew: false }, 'asked for this already'],
  ] as const)('and is %s is told privately, the message stands', async ([, outcome, words], context) => {
    const { press, message } = await start(context.onTestFinished);

    const { it, answered } = await press(outcome, { isLate: true });
    await answered;

    context.expect(it.followups).toMatchObject([{ flags: 64 | 4, content: context.expect.stringContaining(words) }]);
    context.expect(message()).toMatchObject({ content: 'pressed', components: [{ type: 1 }] });
  });
});
