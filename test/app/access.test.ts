import { afterEach, describe, expect, test, vi } from 'vitest';
import { makeAccess } from '#src/app/access.ts';

const ann = '600000000000000001';
const home = '200000000000000001';
const other = '200000000000000002';
const hour = 60 * 60 * 1000;

type Answer = boolean | 'no answer';
function begin({
  guildIds = [home],
  userIds = [],
  operatorIds = [],
  members = {},
  bonus = false,
}: {
  guildIds?: string[];
  userIds?: string[];
  operatorIds?: string[];
  members?: Record<string, Answer>;
  bonus?: boolean;
} = {}) {
  const asked: string[] = [];
  const answers = new Map(Object.entries(members));
  const access = makeAccess({
    guildIds,
    userIds,
    operatorIds,
    async isMember(guildId, userId) {
      asked.push(`${guildId}/${userId}`);
      const answer = answers.get(guildId) ?? false;
      if (answer === 'no answer') throw new Error('Discord is away');
      return answer;
    },
    hasOwnCredits: async () => bonus,
  });
  return { access, asked, answers };
}

afterEach(() => void vi.useRealTimers());

const open = { hasAllowance: true };
const stranger = { refused: 'stranger' };

test.each<[string, Parameters<typeof begin>[0], string | null, object]>([
  ['no list of servers opens it to all', { guildIds: [] }, null, open],
  ['an allowed server opens it', {}, home, open],
  ['an allowed server opens it to its members in a DM', { members: { [home]: true } }, null, open],
  ['an allowed server opens it to its members elsewhere', { members: { [home]: true } }, other, open],
  ['one of several servers is enough', { guildIds: [other, home], members: { [home]: true } }, null, open],
  [
    'one of several is enough, also where another does not answer',
    { guildIds: [other, home], members: { [other]: 'no answer', [home]: true } },
    null,
    open,
  ],
  ['another server does not', {}, other, stranger],
  ['a DM of a stranger does not', {}, null, stranger],
  ['a named user may', { userIds: [ann] }, other, open],
  ['an operator may', { operatorIds: [ann] }, null, open],
  ['a stranger with bonus may spend that alone', { bonus: true }, other, { hasAllowance: false }],
  ['a member with bonus has an allowance', { bonus: true, members: { [home]: true } }, null, open],
  [
    'a Discord that does not answer is no "stranger"',
    { members: { [home]: 'no answer' } },
    null,
    { refused: 'membership-unknown' },
  ],
  [
    'bonus counts where Discord does not answer',
    { members: { [home]: 'no answer' }, bonus: true },
    null,
    { hasAllowance: false },
  ],
])('%s', async (_, facts, guildId, expected) => {
  expect(await begin(facts).access(ann, guildId)).toEqual(expected);
});

test.each([[{ guildIds: [] }], [{ userIds: [ann] }], [{ operatorIds: [ann] }]])(
  'who may use it anyway (%j) is not asked about',
  async (facts) => {
    const { access, asked } = begin(facts);
    await access(ann, null);

    expect(asked).toEqual([]);
  },
);

describe('what Discord said of a member', () => {
  test.each([true, false])('(%s) counts for an hour', async (isMember) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { access, asked, answers } = begin({ members: { [home]: isMember } });
    const before = await access(ann, null);
    answers.set(home, !isMember);

    vi.advanceTimersByTime(hour - 1);
    expect(await access(ann, null)).toEqual(before);
    expect(asked).toHaveLength(1);

    vi.advanceTimersByTime(1);
    expect(await access(ann, null)).not.toEqual(before);
    expect(asked).toEqual([`${home}/${ann}`, `${home}/${ann}`]);
  });

  test('still counts after that hour while Discord does not answer', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { access, answers } = begin({ members: { [home]: true } });
    await access(ann, null);
    answers.set(home, 'no answer');
    vi.advanceTimersByTime(2 * hour);

    expect(await access(ann, null)).toEqual(open);
  });

  test('is kept for each user apart', async () => {
    const { access, asked } = begin({ members: { [home]: true } });

    await access(ann, null);
    await access('600000000000000002', null);

    expect(asked).toHaveLength(2);
  });

  test('does not fill the memory, however many strangers come', async () => {
    const { access, asked } = begin();
    for (let user = 0; user < 10_001; user += 1) await access(String(user), null);

    await access('10000', null);
    expect(asked).toHaveLength(10_001);
    await access('0', null);
    expect(asked).toHaveLength(10_002);
  });
});
