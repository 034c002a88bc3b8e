import { describe, expect, test } from 'vitest';
import { CommandRules, type RuleLine } from '#sandbox/discord/command-rules.ts';
import { World } from '#sandbox/discord/world.ts';
import { isOffered } from '#src/discord/command-rules.ts';

const [application, command, guildId] = ['100', '200', '300'];
const [ann, red, blue, here, elsewhere] = ['400', '500', '501', '600', '601'];
const everywhere = '299';
const line = (type: 1 | 2 | 3, id: string, permission: boolean): RuleLine => ({ type, id, permission });
const roles = [red, blue];

type Row = readonly [what: string, own: readonly RuleLine[], all: readonly RuleLine[], isOffered: boolean];
const rows: readonly Row[] = [
  ['nothing set', [], [], true],
  ['everyone forbidden', [line(1, guildId, false)], [], false],
  ['everyone forbidden all commands', [], [line(1, guildId, false)], false],
  ['everyone forbidden, a role allowed', [line(1, guildId, false), line(1, red, true)], [], true],
  ['one role forbidden, another allowed', [line(1, red, false), line(1, blue, true)], [], true],
  ['a role allowed, the user forbidden', [line(1, red, true), line(2, ann, false)], [], false],
  ['a role forbidden, the user allowed', [line(1, red, false), line(2, ann, true)], [], true],
  ['forbidden all commands, allowed this', [line(2, ann, true)], [line(2, ann, false)], true],
  ['allowed all commands, forbidden this', [line(1, guildId, false)], [line(2, ann, true)], false],
  ['all channels forbidden', [line(3, everywhere, false)], [], false],
  ['all channels but this forbidden', [line(3, everywhere, false), line(3, here, true)], [], true],
  ['this channel forbidden', [line(3, here, false)], [], false],
  ['this channel forbidden, the user allowed', [line(3, here, false), line(2, ann, true)], [], false],
  ['another channel forbidden', [line(3, elsewhere, false)], [], true],
  ['another user and role forbidden', [line(2, '401', false), line(1, '502', false)], [], true],
  [
    'this channel forbidden to all commands, all channels allowed this',
    [line(3, everywhere, true)],
    [line(3, here, false)],
    true,
  ],
];

describe('rules of a server’s managers over commands', () => {
  test.each(rows)('%s', (_, own, all, isAllowed) => {
    const rules = new Map([
      [command, own],
      [application, all],
    ]);
    const user = { guildId, userId: ann, roles, permissions: 0n, homeChannelId: here };

    expect(isOffered(command, application, rules, user)).toBe(isAllowed);
    expect(isOffered(command, application, rules, { ...user, permissions: 1n << 3n })).toBe(true);
  });

  test.each(rows)('the stand-in’s client says the same: %s', (_, own, all, isAllowed) => {
    const world = new World(() => '900', '901');
    world.addGuild({ id: guildId });
    const channel = world.addChannel({ id: here, guildId });
    const thread = world.addChannel({ id: '602', guildId, type: 12, parentId: here });
    const rules = new CommandRules(application);
    rules.set(guildId, command, own);
    rules.set(guildId, null, all);

    for (const place of [channel, thread]) {
      expect(rules.shows(command, guildId, ann, { roles, permissions: 0n }, place)).toBe(isAllowed);
    }
  });
});
