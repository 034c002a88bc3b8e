import { describe, expect, test } from 'vitest';
import { checkTask, type Entry, holdsNow, type PurseBook, rightAccount, type TaskBook } from '#src/domain/books.ts';
import { bonus, bot, guildOwner, memberOwner, userOwner } from '#src/domain/credits.ts';
import { statuses } from '#src/domain/task.ts';
import { chances } from '#test/chance.ts';
import { noon, taskId } from './builders.ts';

const day = '2026-11-22';
const ann = userOwner('1');
const home = guildOwner('7');
const purse = (owner: string, more: Partial<PurseBook> = {}, name = day): PurseBook => ({
  owner,
  purse: name,
  held: 90,
  settled: 0,
  released: 0,
  writtenOff: 0,
  corrected: 0,
  ...more,
});
const everybody = [bot, home, memberOwner('7', '1'), ann];
/** A task in a server, all its purses alike but those that are given. */
const book = (
  more: Partial<TaskBook> = {},
  figures: Partial<PurseBook> = {},
  other: readonly PurseBook[] = [],
): TaskBook => ({
  taskId,
  userId: '1',
  guildId: '7',
  status: 'succeeded',
  wasUncertain: false,
  finalCredits: 90,
  acceptedAt: noon,
  purses: [
    ...everybody.filter((owner) => other.every((one) => one.owner !== owner)).map((owner) => purse(owner, figures)),
    ...other,
  ],
  ...more,
});
const settled = { settled: 90 };
const released = { released: 90 };

describe('books that are right', () => {
  test.each<[string, TaskBook]>([
    ['accepted', book({ status: 'accepted', finalCredits: null })],
    ['rendering, adjusted', book({ status: 'rendering', finalCredits: null }, { held: 45 })],
    ['rendering again after an uncertain spell', book({ status: 'rendering', wasUncertain: true }, released)],
    ['settled', book({}, settled)],
    ['settled below the hold', book({ finalCredits: 60 }, { settled: 60, released: 30 })],
    ['settled at 0', book({ finalCredits: 0 }, released)],
    ['settled without a price', book({ finalCredits: null }, settled)],
    [
      'settled from two purses',
      book({}, settled, [purse(ann, { held: 60, settled: 60 }), purse(ann, { held: 30, settled: 30 }, bonus)]),
    ],
    ['failed', book({ status: 'failed', finalCredits: 0 }, released)],
    ['canceled', book({ status: 'canceled', finalCredits: null }, released)],
    ['uncertain', book({ status: 'uncertain', finalCredits: null, wasUncertain: true }, released)],
    [
      'failed, and charged',
      book(
        { status: 'failed', finalCredits: 40 },
        released,
        [bot, home].map((owner) => purse(owner, { released: 90, writtenOff: 40 })),
      ),
    ],
    [
      'a late success',
      book(
        { wasUncertain: true },
        released,
        [bot, home].map((owner) => purse(owner, { released: 90, writtenOff: 90 })),
      ),
    ],
    ['corrected', book({}, { settled: 45, released: 45, corrected: 45 })],
    ['of a task in a DM', book({ guildId: null, purses: [purse(bot, settled), purse(ann, settled)] })],
  ])('%s', (_, right) => {
    expect(checkTask(right)).toEqual([]);
  });
});

describe('a closed task', () => {
  test('that still holds is released', () => {
    const wrong = book({ status: 'failed', finalCredits: 0 }, released, [purse(ann)]);

    const reason = 'the task is failed and holds nothing any more';
    expect(checkTask(wrong)).toEqual([
      {
        ...{ wrong: 'open-hold', owner: ann, purse: day, credits: 90 },
        entries: [{ owner: ann, purse: day, kind: 'release', amount: 90, reason }],
      },
    ]);
  });

  test('that released before has the rest taken off by an adjustment; so has one that gave back too much', () => {
    const rest = book({ status: 'failed', finalCredits: 0 }, released, [purse(ann, { held: 100, released: 90 })]);
    const more = book({}, settled, [purse(bot, { settled: 90, released: 90 })]);

    expect(linesOf(rest)).toEqual([[ann, 'adjust', -10]]);
    expect(linesOf(more)).toEqual([[bot, 'adjust', 90]]);
  });

  test('that succeeded and was never settled gets the settlement that it should have had', () => {
    const both = [purse(ann, { held: 60 }), purse(ann, { held: 30 }, bonus)];

    expect(linesOf(book({ finalCredits: 70 }, { settled: 70, released: 20 }, both))).toEqual([
      ...[
        [ann, 'settle', 60],
        [ann, 'settle', 10],
        [ann, 'release', 20],
      ],
    ]);
    expect(linesOf(book({ finalCredits: 180 }, { held: 180, settled: 180 }, both))).toEqual([
      ...[
        [ann, 'adjust', 90],
        [ann, 'settle', 150],
        [ann, 'settle', 30],
      ],
    ]);
    expect(linesOf(book({ finalCredits: null }, settled, [purse(ann)]))).toEqual([[ann, 'settle', 90]]);
  });

  test('whose price is not the provider’s is corrected, the bonus given back first', () => {
    const both = [purse(ann, { held: 60, settled: 60 }), purse(ann, { held: 30, settled: 30 }, bonus)];
    const low = book({ finalCredits: 45 }, settled, both);

    expect(checkTask(low)[0]).toEqual({
      ...{ wrong: 'price', owner: bot, booked: 90, charged: 45 },
      entries: [
        {
          ...{ owner: bot, purse: day, kind: 'correct', amount: -45 },
          reason: 'the provider charged 45 for a task that is succeeded; booked were 90',
        },
      ],
    });
    expect(linesOf(low).filter(([owner]) => owner === ann)).toEqual([
      ...[
        [ann, 'correct', -30],
        [ann, 'correct', -15],
      ],
    ]);
    expect(linesOf(book({ finalCredits: 270 }, settled))).toEqual(everybody.map((owner) => [owner, 'correct', 180]));
  });

  test('that failed and was charged lacks a write-off, on the budgets alone', () => {
    expect(linesOf(book({ status: 'failed', finalCredits: 40 }, released))).toEqual([
      [bot, 'writeoff', 40],
      [home, 'writeoff', 40],
    ]);
  });

  test('that nobody should pay for gives back what was taken', () => {
    expect(linesOf(book({ status: 'canceled', finalCredits: null }, settled))).toEqual(
      everybody.map((owner) => [owner, 'correct', -90]),
    );
    expect(linesOf(book({ wasUncertain: true }, settled))).toEqual([
      [memberOwner('7', '1'), 'correct', -90],
      [ann, 'correct', -90],
    ]);
  });
});

describe('what needs a person', () => {
  test.each<[string, TaskBook, string[]]>([
    ['no hold on the member', book({ purses: everybody.slice(0, 3).map((owner) => purse(owner, settled)) }), [ann]],
    [
      'no hold on the server',
      book({ purses: [purse(bot, settled), purse(ann, settled)] }),
      [home, memberOwner('7', '1')],
    ],
    ['an open task without any', book({ status: 'accepted', purses: [] }), everybody],
  ])('%s', (_, wrong, owners) => {
    expect(checkTask(wrong)).toEqual(owners.map((owner) => ({ wrong: 'no-hold', owner, entries: [] })));
  });

  test.each<[string, PurseBook]>([
    ['holds less than the budget does', purse(ann, { held: 45 })],
    ['gave back more than it held', purse(ann, { released: 180, held: 90 })],
    ['has spent already', purse(ann, { held: 180, settled: 90 })],
  ])('an open task that %s', (_, wrong) => {
    const open = book({ status: 'rendering', finalCredits: null }, {}, [wrong]);

    expect(checkTask(open)).toEqual([{ wrong: 'uneven', owner: ann, entries: [] }]);
  });
});

test('whatever is broken in a closed task, its entries put it right, and there is nothing left to say', () => {
  for (const random of chances(2_000)) {
    const status = random.pick(statuses.filter((one) => !['accepted', 'submitting', 'rendering'].includes(one)));
    const figure = () => random.pick([0, 0, 30, 45, 90, random.upTo(300)]);
    const purses = [...everybody, ann].map((owner, index) =>
      purse(
        owner,
        { held: figure(), settled: figure(), released: figure(), writtenOff: figure(), corrected: figure() - figure() },
        index === 4 ? bonus : day,
      ),
    );
    const finalCredits = random.pick([null, 0, 45, 90, 270]);
    const broken = book({ status, finalCredits, wasUncertain: random.upTo(1) === 1, purses });

    const findings = checkTask(broken);
    const entries = findings.flatMap((finding) => finding.entries);

    expect(checkTask(apply(broken, entries))).toEqual([]);
    for (const { kind, amount } of entries)
      expect(amount !== 0 && (amount > 0 || ['adjust', 'correct'].includes(kind))).toBe(true);
    // The ledger takes each of these once for a task and purse.
    for (const kind of ['settle', 'release', 'writeoff'] as const) {
      const before = { settle: 'settled', release: 'released', writeoff: 'writtenOff' } as const;
      for (const entry of entries.filter((one) => one.kind === kind)) {
        const old = purses.find((one) => one.owner === entry.owner && one.purse === entry.purse);
        expect(old?.[before[kind]]).toBe(0);
      }
    }
  }
});

test('an account is what its ledger says, unless that is below zero', () => {
  const balance = { granted: 0, held: 90, spent: 0 };
  const account = { owner: ann, purse: day, kept: null };

  expect(rightAccount({ ...account, ledger: balance })).toEqual(balance);
  expect(rightAccount({ ...account, ledger: { ...balance, held: -1 } })).toBeNull();
  expect(rightAccount({ ...account, ledger: { ...balance, granted: -1 } })).toBeNull();
});

function linesOf(wrong: TaskBook): (string | number)[][] {
  return checkTask(wrong).flatMap(({ entries }) => entries.map(({ owner, kind, amount }) => [owner, kind, amount]));
}

/** The books after these entries, as the ledger would sum them. */
function apply(before: TaskBook, entries: readonly Entry[]): TaskBook {
  const fields = {
    hold: 'held',
    adjust: 'held',
    settle: 'settled',
    release: 'released',
    writeoff: 'writtenOff',
    correct: 'corrected',
  } as const;
  const purses = before.purses.map((one) => {
    const mine = entries.filter(({ owner, purse: name }) => owner === one.owner && name === one.purse);
    const figures = { ...one };
    for (const { kind, amount } of mine) {
      if (kind === 'grant' || kind === 'revoke') expect.unreachable('not of a task');
      figures[fields[kind]] += amount;
    }
    return figures;
  });
  expect(purses.filter((one) => holdsNow(one) !== 0)).toEqual([]);
  return { ...before, purses };
}
