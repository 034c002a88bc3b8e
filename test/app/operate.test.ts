import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { makeManage } from '#src/app/manage.ts';
import { makeOperate } from '#src/app/operate.ts';
import type { Actor, ActRefusal } from '#src/domain/acts.ts';
import { guildOwner, memberOwner, userOwner } from '#src/domain/credits.ts';
import { roleSubject } from '#src/domain/rules.ts';
import { openDatabase } from '#src/store/database.ts';
import { unbalanced } from '#test/books.ts';
import { newWish, openTestStore, reply, type TestStore, test } from '#test/store.ts';

const boss = '900000000000000001';
const partner = '900000000000000002';
const ann = '200000000000000001';
const home = '100000000000000002';
const away = '100000000000000008';
const manageServer = 1n << 5n;
const asOperator = (more: Partial<Actor> = {}): Actor => ({
  source: `interaction-${randomUUID()}`,
  userId: boss,
  guildId: null,
  permissions: 0n,
  ...more,
});
const asManager = (more: Partial<Actor> = {}): Actor =>
  asOperator({ userId: ann, guildId: home, permissions: manageServer, ...more });

const operatorsOf = (store: TestStore) =>
  makeOperate({ operatorIds: [boss, partner], ...store, hasRender: async () => true });
const managersOf = (store: TestStore) => makeManage({ operatorIds: [boss, partner], ...store });
const bonusOf = async ({ sql }: { sql: ReturnType<typeof openDatabase>['sql'] }, userId = ann) => {
  const [row] = await sql`
    select granted, held, spent from accounts where owner = ${userOwner(userId)} and purse = 'bonus'`;
  return row ?? null;
};

describe('grants', () => {
  test('give bonus credits, with a reason that the ledger and the log keep', async ({ database, store }) => {
    const actor = asOperator();

    const outcome = await operatorsOf(store).grant(actor, ann, 180, ' won the\n contest ');

    expect(outcome).toEqual({ credits: 180, left: 180, isNew: true });
    expect(await bonusOf(database)).toEqual({ granted: 180, held: 0, spent: 0 });
    const ledger = await database.sql`select owner, purse, kind, amount, source, actor, reason from ledger`;
    const kept = { actor: boss, reason: 'won the contest', source: actor.source };
    expect(ledger).toEqual([{ owner: userOwner(ann), purse: 'bonus', kind: 'grant', amount: 180, ...kept }]);
    expect(await store.readAudit('all', 10)).toMatchObject([
      { action: 'grant', subject: userOwner(ann), guildId: null, facts: { credits: 180, left: 180 }, ...kept },
    ]);
  });

  test('reach a user who never used the bot, who may spend them at once', async ({ database }) => {
    const store = openTestStore(database, { quota: 0 });
    await operatorsOf(store).grant(asOperator(), ann, 90, 'welcome');

    expect(await store.hasOwnCredits(ann)).toBe(true);
    const [first, second] = await store.acceptAll([newWish({ hasAllowance: false }), newWish({ hasAllowance: false })]);
    expect(first).toHaveProperty('accepted');
    expect(second).toMatchObject({ refused: 'quota', left: 0 });
  });

  test.for([0, -1, 0.5, 1_000_001, Number.NaN, Number.POSITIVE_INFINITY])(
    'of %d are refused',
    async (credits, { store }) => {
      const { grant, revoke } = operatorsOf(store);

      expect(await grant(asOperator(), ann, credits, 'x')).toEqual({ refused: 'credits', least: 1, most: 1_000_000 });
      if (credits !== 1_000_001) {
        expect(await revoke(asOperator(), ann, credits, 'x')).toMatchObject({ refused: 'credits', least: 1 });
      }
      expect(await store.readAudit('all', 10)).toEqual([]);
    },
  );

  test.for([null, '', ' \n ', 'x'.repeat(401)])(
    'need a reason of at most 400 characters, not %j',
    async (reason, { store }) => {
      expect(await operatorsOf(store).grant(asOperator(), ann, 90, reason)).toEqual({ refused: 'reason', most: 400 });
      expect(await operatorsOf(store).revoke(asOperator(), ann, 90, reason)).toEqual({ refused: 'reason', most: 400 });
    },
  );

  test('stop at what an account can hold', async ({ database, store }) => {
    await database.sql`
      insert into accounts (owner, purse, granted) values (${userOwner(ann)}, 'bonus', ${1_000_000_000 - 89})`;

    const { grant } = operatorsOf(store);

    expect(await grant(asOperator(), ann, 90, 'x')).toEqual({ refused: 'bonus-full', most: 1_000_000_000 });
    expect(await grant(asOperator(), ann, 89, 'x')).toMatchObject({ credits: 89 });
  });

  test('by the same event at eight processes give once, and each gets the same answer', async ({
    databaseUrl,
    database,
  }) => {
    const pools = Array.from({ length: 8 }, () => openDatabase(databaseUrl, { max: 1 }));
    const actor = asOperator();

    const outcomes = await Promise.all(
      pools.map((pool) => operatorsOf(openTestStore(pool)).grant(actor, ann, 90, 'once')),
    );
    await Promise.all(pools.map((pool) => pool.close()));

    expect(outcomes.filter((outcome) => 'isNew' in outcome && outcome.isNew)).toHaveLength(1);
    expect(outcomes).toEqual(outcomes.map(() => expect.objectContaining({ credits: 90, left: 90 })));
    expect(await bonusOf(database)).toMatchObject({ granted: 90 });
    expect(await database.sql`select from audit`).toHaveLength(1);
  });

  test('by two operators at once both count', async ({ databaseUrl, database }) => {
    const pools = Array.from({ length: 16 }, () => openDatabase(databaseUrl, { max: 1 }));

    await Promise.all(
      pools.map((pool, index) => {
        const actor = asOperator({ userId: index % 2 === 0 ? boss : partner });
        return operatorsOf(openTestStore(pool)).grant(actor, ann, 10 + index, 'both');
      }),
    );
    await Promise.all(pools.map((pool) => pool.close()));

    expect(await bonusOf(database)).toMatchObject({ granted: 16 * 10 + 120 });
    expect(await unbalanced(database)).toEqual([]);
  });
});

describe('revokes', () => {
  test('take back what is neither held nor spent, and beyond that nothing, with the figure', async ({ database }) => {
    const store = openTestStore(database, { quota: 0 });
    const { grant, revoke } = operatorsOf(store);
    await grant(asOperator(), ann, 300, 'a start');
    const spent = await store.render();
    await store.succeed(spent.id, 90, ['https://media.example/v.mp4']);
    await store.accept();

    expect(await revoke(asOperator(), ann, 121, 'too much')).toEqual({ refused: 'revoke', credits: 121, free: 120 });
    expect(await bonusOf(database)).toEqual({ granted: 300, held: 90, spent: 90 });
    expect(await revoke(asOperator(), ann, 120, 'all of it')).toEqual({ credits: 120, left: 0, isNew: true });
    expect(await revoke(asOperator(), ann, 1, 'more')).toMatchObject({ refused: 'revoke', free: 0 });

    expect(await bonusOf(database)).toEqual({ granted: 180, held: 90, spent: 90 });
    expect((await store.readAudit('all', 10)).map(({ action }) => action)).toEqual(['revoke', 'grant']);
    expect(await unbalanced(database)).toEqual([]);
  });

  test('from a user who has no account find nothing, and leave none behind', async ({ database, store }) => {
    expect(await operatorsOf(store).revoke(asOperator(), ann, 1, 'x')).toMatchObject({ refused: 'revoke', free: 0 });
    expect(await bonusOf(database)).toBeNull();
  });

  test('of an overdrawn bonus have nothing to take', async ({ database, store }) => {
    await database.sql`
      insert into accounts (owner, purse, granted, spent) values (${userOwner(ann)}, 'bonus', 90, 270)`;

    expect(await operatorsOf(store).revoke(asOperator(), ann, 1, 'x')).toMatchObject({ refused: 'revoke', free: 0 });
  });

  test('at once never take more than there is', async ({ databaseUrl, database, store }) => {
    await operatorsOf(store).grant(asOperator(), ann, 100, 'a start');
    const pools = Array.from({ length: 16 }, () => openDatabase(databaseUrl, { max: 1 }));

    const outcomes = await Promise.all(
      pools.map((pool) => operatorsOf(openTestStore(pool)).revoke(asOperator(), ann, 30, 'race')),
    );
    await Promise.all(pools.map((pool) => pool.close()));

    expect(outcomes.filter((outcome) => 'isNew' in outcome)).toHaveLength(3);
    expect(outcomes.filter((outcome) => 'free' in outcome && outcome.free === 10)).toHaveLength(13);
    expect(await bonusOf(database)).toMatchObject({ granted: 10 });
  });

  test('of an event seen again answer as then, whatever was granted since', async ({ store }) => {
    const { grant, revoke } = operatorsOf(store);
    await grant(asOperator(), ann, 100, 'a start');
    const actor = asOperator();
    await revoke(actor, ann, 100, 'back');
    await grant(asOperator(), ann, 500, 'again');

    expect(await revoke(actor, ann, 100, 'back')).toEqual({ credits: 100, left: 0, isNew: false });
    expect(await store.hasOwnCredits(ann)).toBe(true);
  });
});

describe('what operators set', () => {
  test('is kept with its figures before and after; null takes it away', async ({ store }) => {
    const { setAllowance, setBudget } = operatorsOf(store);
    const role = { guildId: home, roleId: '500000000000000001' };

    const first = await setAllowance(asOperator(), role, 270, 'subscribers');
    const second = await setAllowance(asOperator({ userId: partner }), role, 360, null);
    await setBudget(asOperator(), home, 'unlimited', null);
    const gone = await setAllowance(asOperator(), role, null, 'the role is deleted');

    const figures = (credits: number, reason: string | null) => ({ credits, reason });
    expect(first).toEqual({ before: null, after: figures(270, 'subscribers'), isNew: true });
    expect(second).toMatchObject({ before: figures(270, 'subscribers'), after: figures(360, null) });
    expect(gone).toMatchObject({ before: figures(360, null), after: null });
    expect(await store.readRules(['allowance', 'budget'])).toEqual([
      { kind: 'budget', subject: guildOwner(home), credits: null, reason: null, actor: boss },
    ]);
    const lines = await store.readAudit('all', 10);
    expect(
      lines.map(({ actor, action, subject, guildId, reason }) => [actor, action, subject, guildId, reason]),
    ).toEqual([
      [boss, 'allowance', roleSubject(home, role.roleId), home, 'the role is deleted'],
      [boss, 'budget', guildOwner(home), home, null],
      [partner, 'allowance', roleSubject(home, role.roleId), home, null],
      [boss, 'allowance', roleSubject(home, role.roleId), home, 'subscribers'],
    ]);
  });

  test('by an event seen again changes nothing, though it was set anew since', async ({ store }) => {
    const { setAllowance } = operatorsOf(store);
    const actor = asOperator();
    await setAllowance(actor, { userId: ann }, 90, null);
    await setAllowance(asOperator({ userId: partner }), { userId: ann }, 180, null);

    const again = await setAllowance(actor, { userId: ann }, 90, null);

    expect(again).toMatchObject({ before: null, after: { credits: 90 }, isNew: false });
    expect(await store.readRules(['allowance'])).toMatchObject([{ subject: userOwner(ann), credits: 180 }]);
    expect(await store.readAudit('all', 10)).toHaveLength(2);
  });

  test.for([-1, 0.5, 1_000_000_001, Number.NaN])('of %d credits is refused', async (credits, { store }) => {
    const { setAllowance, setBudget } = operatorsOf(store);
    const refusal = { refused: 'credits', least: 0, most: 1_000_000_000 };

    expect(await setAllowance(asOperator(), { userId: ann }, credits, null)).toEqual(refusal);
    expect(await setBudget(asOperator(), home, credits, null)).toEqual(refusal);
    expect(await managersOf(store).setCap(asManager(), credits, null)).toEqual(refusal);
    expect(await store.readAudit('all', 10)).toEqual([]);
  });

  test('blocks users and servers, until it is taken back', async ({ store }) => {
    const { block, unblock } = operatorsOf(store);
    await block(asOperator(), { userId: ann }, 'spam');
    await block(asOperator(), { guildId: away }, null);
    const ask = () =>
      store.acceptAll([
        ...[newWish(), newWish({ userId: boss, reply: { ...reply, guildId: away } }), newWish({ userId: boss })],
        newWish({ reply: { ...reply, guildId: null, context: 'bot-dm' } }),
      ]);

    const blocked = { refused: 'blocked', who: 'user' };
    const [here, server, other, dm] = await ask();
    expect([here, server, dm]).toEqual([blocked, { refused: 'blocked', who: 'server' }, blocked]);
    expect(other).toHaveProperty('accepted');

    await unblock(asOperator(), { userId: ann }, 'sorry');
    await unblock(asOperator(), { guildId: away }, null);
    expect((await ask()).every((outcome) => 'accepted' in outcome)).toBe(true);
    const actions = (await store.readAudit('all', 10)).map(({ action, reason }) => [action, reason]);
    expect(actions).toEqual([
      ...[
        ['unblock', null],
        ['unblock', 'sorry'],
        ['block', null],
        ['block', 'spam'],
      ],
    ]);
  });

  test('is theirs alone', async ({ database, store }) => {
    const operators = operatorsOf(store);
    const nobody = asOperator({ userId: ann, guildId: home, permissions: ~0n });

    const refused: (ActRefusal | object)[] = await Promise.all([
      operators.setAllowance(nobody, { userId: ann }, 9_000, null),
      operators.setBudget(nobody, home, 'unlimited', null),
      operators.block(nobody, { userId: boss }, null),
      operators.unblock(nobody, { userId: ann }, null),
      operators.pause(nobody, null),
      operators.resume(nobody),
      operators.grant(nobody, ann, 90, 'for me'),
      operators.revoke(nobody, boss, 90, 'from you'),
    ]);

    expect(refused).toEqual(refused.map(() => ({ refused: 'not-operator' })));
    expect(await database.sql`select subject from rules union all select subject from audit`).toEqual([]);
    expect(await database.sql`select from ledger`).toEqual([]);
  });
});

describe('what managers set', () => {
  test('is a cap and blocks in their own server, told apart from others’', async ({ database }) => {
    const store = openTestStore(database, { quota: 900 });
    const { setCap, block, unblock } = managersOf(store);
    const other = '200000000000000002';

    await setCap(asManager(), 90, 'a day’s share');
    await block(asManager(), other, 'rude');

    const [first, second, blocked, elsewhere] = await store.acceptAll([
      ...[newWish(), newWish(), newWish({ userId: other })],
      newWish({ userId: other, reply: { ...reply, guildId: away } }),
    ]);
    expect(first).toHaveProperty('accepted');
    expect(second).toMatchObject({ refused: 'guild-cap', left: 0, most: 90 });
    expect(blocked).toEqual({ refused: 'blocked', who: 'member' });
    expect(elsewhere).toHaveProperty('accepted');
    expect(await store.readRules(['cap', 'block'], home)).toMatchObject([
      { kind: 'cap', subject: guildOwner(home), credits: 90 },
      { kind: 'block', subject: memberOwner(home, other), reason: 'rude', actor: ann },
    ]);
    expect(await store.readRules(['cap', 'block'], away)).toEqual([]);

    await setCap(asManager(), null, null);
    await unblock(asManager(), other, null);
    const again = await store.acceptAll([newWish(), newWish({ userId: other })]);
    expect(again.every((outcome) => 'accepted' in outcome)).toBe(true);
  });

  test('can raise nothing: a cap above the allowance gives no credit more', async ({ database }) => {
    const store = openTestStore(database, { quota: 90 });
    await managersOf(store).setCap(asManager(), 9_000, null);

    const [first, second] = await store.acceptAll([newWish(), newWish()]);

    expect(first).toHaveProperty('accepted');
    expect(second).toMatchObject({ refused: 'quota', left: 0, quota: 90 });
  });

  test.for([
    ['a member without "Manage Server"', asManager({ permissions: 1n << 11n })],
    ['anybody in a DM', asManager({ guildId: null })],
  ] as const)('is refused to %s', async ([, actor], { database, store }) => {
    const managers = managersOf(store);

    const refused = await Promise.all([
      ...[managers.setCap(actor, 0, null), managers.block(actor, boss, null), managers.unblock(actor, boss, null)],
      ...[managers.spend(actor), managers.log(actor)],
    ]);

    expect(refused).toEqual(refused.map(() => ({ refused: 'not-manager' })));
    expect(await database.sql`select from audit`).toEqual([]);
  });

  test('is open to administrators, and to operators in any server they are in', async ({ store }) => {
    const { setCap } = managersOf(store);

    expect(await setCap(asManager({ permissions: 1n << 3n }), 90, null)).toMatchObject({ isNew: true });
    expect(await setCap(asManager({ userId: boss, permissions: 0n }), 180, null)).toMatchObject({ isNew: true });
  });

  test('and what is set about their server they see, with its spend, and nothing of others', async ({ store }) => {
    const operators = operatorsOf(store);
    const managers = managersOf(store);
    await operators.setBudget(asOperator(), home, 900, null);
    await operators.setBudget(asOperator(), away, 450, null);
    await operators.grant(asOperator({ guildId: home }), ann, 90, 'a secret');
    await managers.block(asManager(), boss, 'a joke');
    await store.accept();
    await store.accept({ reply: { ...reply, guildId: away } });

    const page = await managers.log(asManager());
    const spend = await managers.spend(asManager());

    if ('refused' in page) expect.unreachable('refused');
    expect(page.isWhole).toBe(true);
    expect(page.lines.map(({ action, subject }) => [action, subject])).toEqual([
      ['block', memberOwner(home, boss)],
      ['budget', guildOwner(home)],
    ]);
    expect(await managers.log(asManager(), page.lines[0]?.id)).toMatchObject({ lines: [{ action: 'budget' }] });
    expect(spend).toMatchObject({ held: 90, spent: 0, budget: 900, members: [{ userId: ann, held: 90 }] });
  });
});
