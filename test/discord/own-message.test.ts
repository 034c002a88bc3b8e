import { expect, test } from 'vitest';
import { readOwn } from '#src/discord/own-message.ts';

const application = '100000000000000001';
const ids = { id: '400000000000000001', channel_id: '300000000000000001' };
const row = (...custom: string[]) => ({ type: 1, components: custom.map((custom_id) => ({ type: 2, custom_id })) });
const read = (more: object) => readOwn({ ...ids, ...more }, application, null);

test.each([
  ['another member', { author: { id: '200000000000000001' } }],
  ['another application', { author: { id: '100000000000000002' }, application_id: '100000000000000002' }],
  ['nobody that is told', {}],
])('a message of %s is none of ours, whatever its buttons say', (_, more) => {
  expect(read({ ...more, components: [row('again:1')] })).toBeNull();
});

test.each([
  ['by the bot', { author: { id: application } }],
  ['in answer to an interaction', { author: { id: '100000000000000003' }, application_id: application }],
])('a message %s is ours, with the tasks that its buttons name', (_, more) => {
  const components = [row('again:1', 'edit:1', 'delete'), { type: 17, components: [row('show:2')] }];

  expect(read({ ...more, components })).toEqual({
    ...{ id: ids.id, channelId: ids.channel_id, guildId: null },
    taskIds: ['1', '1', '2'],
  });
});

test.each([
  ['links, lists and modals', [row('turn:older:1', 'attach:1:2'), { type: 1, components: [{ type: 2, url: 'x' }] }]],
  ['what no component is', [null, 3, { type: 1, components: 'x' }, { custom_id: 7 }]],
])('%s name no task', (_, components) => {
  expect(read({ author: { id: application }, components })?.taskIds).toEqual([]);
});
