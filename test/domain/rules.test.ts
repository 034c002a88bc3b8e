import { describe, expect, test } from 'vitest';
import { bot, guildOwner, memberOwner, userOwner } from '#src/domain/credits.ts';
import {
  type Asker,
  guildOf,
  type Limits,
  openRules,
  type Rule,
  type RuleKind,
  roleSubject,
  subjectsOf,
  termsOf,
} from '#src/domain/rules.ts';
import { aReply } from './builders.ts';

const limits: Limits = { quota: 90, period: 'day', budget: 900, guildBudget: 450, maxWaiting: 10 };
const ann: Asker = { userId: '1', guildId: '7', roles: ['11', '12'], hasAllowance: true };
const inDm: Asker = { ...ann, guildId: null, roles: [] };
const rule = (kind: RuleKind, subject: string, credits: number | null = null, reason: string | null = null): Rule => ({
  kind,
  subject,
  credits,
  reason,
});
const own = (credits: number) => rule('allowance', userOwner('1'), credits);
const role = (id: string, credits: number, guildId = '7') => rule('allowance', roleSubject(guildId, id), credits);
const server = (credits: number, guildId = '7') => rule('allowance', guildOwner(guildId), credits);
const terms = (asker: Asker, ...rules: readonly Rule[]) => termsOf(asker, openRules(rules), limits);

describe('the allowance', () => {
  test.each<[string, Asker, readonly Rule[], number]>([
    ['the default, where nothing is set', ann, [], 90],
    ['that server’s', ann, [server(180)], 180],
    ['that server’s, if it is lower too', ann, [server(0)], 0],
    ['not another server’s', ann, [server(180, '8')], 90],
    ['the role’s before the server’s', ann, [server(180), role('11', 270)], 270],
    ['a role’s before the server’s, if it is lower too', ann, [server(180), role('11', 10)], 10],
    ['the highest of the roles', ann, [role('11', 270), role('12', 360)], 360],
    ['the highest of the roles, in whatever order', ann, [role('11', 360), role('12', 270)], 360],
    ['not of a role that the member does not have', ann, [role('13', 900)], 90],
    ['not of a role of another server', ann, [role('11', 900, '8')], 90],
    ['a role that gives nothing still counts', ann, [server(180), role('11', 0)], 0],
    ['the member’s own before all', ann, [own(45), role('11', 270), server(180)], 45],
    ['the member’s own of 0 before all', ann, [own(0), role('11', 270), server(180)], 0],
    ['not another member’s own', ann, [rule('allowance', userOwner('2'), 900)], 90],
    ['in a DM the default', inDm, [server(180), role('11', 270)], 90],
    ['in a DM the member’s own', inDm, [own(450), server(180)], 450],
    ['in a DM never a role’s, whatever roles are said', { ...inDm, roles: ['11'] }, [role('11', 270)], 90],
    ['nothing for a stranger', { ...ann, hasAllowance: false }, [server(180), role('11', 270)], 0],
    ['for a stranger what is theirs by name', { ...ann, hasAllowance: false }, [own(45), server(180)], 45],
  ])('%s', (_, asker, rules, allowance) => {
    expect(terms(asker, ...rules)).toMatchObject({ allowance });
  });
});

describe('a server’s budget', () => {
  test.each<[string, Asker, readonly Rule[], number | null]>([
    ['is the one for every server', ann, [], 450],
    ['or its own', ann, [rule('budget', guildOwner('7'), 1800)], 1800],
    ['which may be 0', ann, [rule('budget', guildOwner('7'), 0)], 0],
    ['or none at all, where operators lifted it', ann, [rule('budget', guildOwner('7'), null)], null],
    ['and not another server’s', ann, [rule('budget', guildOwner('8'), 1800)], 450],
    ['and does not count in a DM', inDm, [rule('budget', guildOwner('7'), 1800)], null],
  ])('%s', (_, asker, rules, guildBudget) => {
    expect(terms(asker, ...rules)).toMatchObject({ guildBudget, budget: 900 });
  });
});

test.each<[string, Asker, readonly Rule[], number | null]>([
  ['there is none', ann, [], null],
  ['is its managers’', ann, [rule('cap', guildOwner('7'), 45)], 45],
  ['may be 0', ann, [rule('cap', guildOwner('7'), 0)], 0],
  ['is not another server’s', ann, [rule('cap', guildOwner('8'), 45)], null],
  ['does not count in a DM', inDm, [rule('cap', guildOwner('7'), 45)], null],
])('a server’s cap %s', (_, asker, rules, cap) => {
  expect(terms(asker, ...rules)).toMatchObject({ cap });
});

describe('who may not ask', () => {
  const everywhere = rule('block', userOwner('1'));
  const theServer = rule('block', guildOwner('7'));
  const here = rule('block', memberOwner('7', '1'));
  const paused = rule('pause', bot, null, 'Back at noon.');
  const blocked = (who: string) => ({ refused: 'blocked', who });

  test.each<[string, Asker, readonly Rule[], object]>([
    ['a user who is blocked', ann, [everywhere], blocked('user')],
    ['a user who is blocked, in a DM too', inDm, [everywhere], blocked('user')],
    ['anybody in a server that is blocked', ann, [theServer], blocked('server')],
    ['a member blocked by this server’s managers', ann, [here], blocked('member')],
    ['the widest block is named', ann, [here, theServer, everywhere], blocked('user')],
    ['anybody while the bot is paused, with its operators’ words', ann, [paused], { message: 'Back at noon.' }],
    ['a pause comes before a block', ann, [paused, everywhere], { refused: 'paused' }],
    ['a pause may have no words', ann, [rule('pause', bot)], { refused: 'paused', message: null }],
  ])('%s', (_, asker, rules, refusal) => {
    expect(terms(asker, ...rules)).toMatchObject(refusal);
  });

  test.each<[string, Asker, readonly Rule[]]>([
    ['a member of a blocked server in a DM', inDm, [theServer, here]],
    ['a member blocked in one server, in another', { ...ann, guildId: '8' }, [here, theServer]],
    ['another user', { ...ann, userId: '2' }, [everywhere, here]],
  ])('%s may', (_, asker, rules) => {
    expect(terms(asker, ...rules)).not.toHaveProperty('refused');
  });
});

test('every rule that can matter has a subject that is asked for, and no other', () => {
  const subjects = subjectsOf(ann);

  expect(subjects).toEqual([
    ...[bot, userOwner('1'), guildOwner('7'), memberOwner('7', '1')],
    ...[roleSubject('7', '11'), roleSubject('7', '12')],
  ]);
  expect(subjectsOf({ ...inDm, roles: ['11'] })).toEqual([bot, userOwner('1')]);
});

test.each([
  ['in a server that added the bot, that server’s', {}, '200000000000000001'],
  ['by user install in a server without the bot, no server’s', { hasBot: false }, null],
  ['in a DM, no server’s', { guildId: null, context: 'bot-dm' as const }, null],
])('%s rules count', (_, place, guildId) => {
  expect(guildOf(aReply(place))).toBe(guildId);
});
