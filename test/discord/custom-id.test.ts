import { expect, test } from 'vitest';
import { customId, readCustomId } from '#src/discord/custom-id.ts';

test.each([
  ['show', []],
  ['show', ['0192a9a0-0000-7000-8000-000000000001']],
  ['again', ['a', 'b', '']],
])('%s with %j is read as it was written', (action, args) => {
  expect(readCustomId(customId(action, ...args))).toEqual({ action, args });
});

test.each([
  ['longer than Discord takes', () => customId('show', 'x'.repeat(96))],
  ['with an argument that would be read as two', () => customId('show', 'a:b')],
])('an id %s is not written', (_, write) => {
  expect(write).toThrow();
});
