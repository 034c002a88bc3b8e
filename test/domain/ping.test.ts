import { describe, expect, test } from 'vitest';
import { endsWithPing } from '#src/domain/ping.ts';
import type { Reply, Rung, Task } from '#src/domain/task.ts';
import { aReply, aTask, later } from './builders.ts';

const second = 1_000;
const long = {
  status: 'succeeded',
  renderingAt: later(-61 * second),
  closedAt: later(0),
  pendingAt: later(0),
} as const;

describe('a render ends with a ping', () => {
  test.each<[string, boolean, Rung, Partial<Task>, Partial<Reply>]>([
    ['after more than a minute', true, 'reply', {}, {}],
    ['after a minute', false, 'reply', { renderingAt: later(-60 * second) }, {}],
    ['shown by the bot in the same message', true, 'message', {}, {}],
    ['shown in a new message, which mentions the member', false, 'channel', {}, {}],
    ['shown in a new message beside the thread', false, 'parent', {}, {}],
    ['shown in a DM', false, 'dm', {}, {}],
    ['that failed', true, 'reply', { status: 'failed' }, {}],
    ['that never was one', false, 'reply', { status: 'failed', renderingAt: null }, {}],
    ['whose end is uncertain', false, 'reply', { status: 'uncertain', closedAt: null }, {}],
    ['that came after all', true, 'message', { uncertainAt: later(-30 * second) }, {}],
    ['shown to the member alone', false, 'reply', {}, { isPrivate: true }],
    ['in a group', false, 'reply', {}, { context: 'private-channel' }],
    ['in the DM with the bot', true, 'reply', {}, { context: 'bot-dm' }],
    ['asked for again by a click', false, 'reply', { pendingAt: later(5 * second) }, {}],
  ])('%s: %s (%s)', (_, isPinged, rung, more, reply) => {
    expect(endsWithPing(aTask({ ...long, ...more, reply: aReply(reply) }), rung)).toBe(isPinged);
  });
});
