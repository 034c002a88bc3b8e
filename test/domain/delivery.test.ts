import { describe, expect, test } from 'vitest';
import { botSizeLimit, fileName, nonceOf, openRungs, sizeLimit } from '#src/domain/delivery.ts';
import { type Reply, rungs } from '#src/domain/task.ts';
import { aReply, later, noon, taskId } from './builders.ts';

const dead = { tokenExpiresAt: later(-1) };
const rows: readonly [string, Partial<Reply>, string][] = [
  ['a public reply in a server', {}, 'reply message channel dm'],
  ['its token dead', dead, 'message channel dm'],
  ['its token dropped', { token: null }, 'message channel dm'],
  ['its message unknown', { messageId: null }, 'reply channel dm'],
  ['token and message gone', { token: null, messageId: null }, 'channel dm'],
  ['a thread for everyone', { parentId: '7' }, 'reply message channel parent dm'],
  ['such a thread, token and message gone', { parentId: '7', token: null, messageId: null }, 'channel parent dm'],
  ['a private reply in a thread', { parentId: '7', isPrivate: true }, 'reply dm'],
  ['a thread in a server without the bot', { parentId: '7', hasBot: false }, 'reply dm'],
  ['a private reply in a server', { isPrivate: true }, 'reply dm'],
  ['a private reply, token dead', { isPrivate: true, ...dead }, 'dm'],
  ['a server without the bot', { hasBot: false }, 'reply dm'],
  ['a server without the bot, token dead', { hasBot: false, ...dead }, 'dm'],
  ['the DM with the bot', { context: 'bot-dm', guildId: null }, 'reply message channel dm'],
  ['a private reply there', { context: 'bot-dm', guildId: null, isPrivate: true }, 'reply dm'],
  ['the DM with the bot, token dead', { context: 'bot-dm', guildId: null, ...dead }, 'message channel dm'],
  ['a group DM', { context: 'private-channel', guildId: null, hasBot: false }, 'reply dm'],
  ['a group DM, token dead', { context: 'private-channel', guildId: null, hasBot: false, ...dead }, 'dm'],
  ['a group DM that claims the bot', { context: 'private-channel', guildId: null, ...dead }, 'dm'],
];

describe('open rungs', () => {
  test.each(rows)('of %s', (_, more, expected) => {
    const open = openRungs(aReply(more), noon);

    expect(open.join(' ')).toBe(expected);
    expect(open).toEqual(rungs.filter((rung) => open.includes(rung)));
  });

  test.each([
    [60_001, true],
    [60_000, false],
    [59_999, false],
    [0, false],
  ])('a token with %i ms to live counts: %s', (left, counts) => {
    expect(openRungs(aReply({ tokenExpiresAt: later(left) }), noon).includes('reply')).toBe(counts);
  });
});

test.each([
  [10 * 2 ** 20, 10 * 2 ** 20, 10 * 2 ** 20],
  [20 * 2 ** 20, 20 * 2 ** 20, 20 * 2 ** 20],
  [500 * 2 ** 20, 500 * 2 ** 20, 20 * 2 ** 20],
])('of a limit of %i the reply takes %i and posts by the bot %i', (stored, byToken, byBot) => {
  const reply = aReply({ sizeLimit: stored });

  expect(sizeLimit(reply, 'reply')).toBe(byToken);
  for (const rung of ['message', 'channel', 'parent', 'dm'] as const) expect(sizeLimit(reply, rung)).toBe(byBot);
  expect(botSizeLimit).toBe(20_971_520);
});

test('a nonce is the 16 bytes of the id in 22 characters, so that no two tasks share one', () => {
  const nonce = nonceOf(taskId);

  expect(nonce).toHaveLength(22);
  expect(Buffer.from(nonce, 'base64url').toString('hex')).toBe(taskId.replaceAll('-', ''));
  expect(nonceOf('ffffffff-ffff-ffff-ffff-ffffffffffff')).toMatch(/^[\w-]{22}$/);
});

test('the file name is plain, ends in .mp4 and carries the mark of its task', () => {
  expect(fileName(taskId)).toBe('kling-0b1f6d0e.mp4');
});
