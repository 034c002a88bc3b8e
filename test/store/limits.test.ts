import { describe, expect } from 'vitest';
import { guildOwner, memberOwner, userOwner } from '#src/domain/credits.ts';
import { roleSubject } from '#src/domain/rules.ts';
import type { WishOutcome } from '#src/domain/wish.ts';
import { unbalanced, unsettled } from '#test/books.ts';
import { account, newAct, newWish, openTestStore, reply, type TestStore, test } from '#test/store.ts';

const ann = '200000000000000001';
const home = '100000000000000002';
const away = '100000000000000008';
const role = '500000000000000001';
const atHome = { ...reply, guildId: home };
const elsewhere = { ...reply, guildId: away };
const inDm = { ...reply, guildId: null, context: 'bot-dm' as const };
const installed = { ...atHome, hasBot: false };

const allow = (store: TestStore, subject: string, credits: number) =>
  store.setRule(newAct('allowance', subject), 'allowance', { credits, reason: null });
const budget = (store: TestStore, guildId: string, credits: number | null) =>
  store.setRule(newAct('budget', guildOwner(guildId)), 'budget', { credits, reason: null });
const cap = (store: TestStore, guildId: string, credits: number) =>
  store.setRule(newAct('cap', guildOwner(guildId)), 'cap', { credits, reason: null });
const person = (index: number) => `2000000000000000${String(index).padStart(2, '0')}`;

async function ask(store: TestStore, more: Parameters<typeof newWish>[0]): Promise<WishOutcome> {
  const [outcome] = await store.acceptAll([newWish(more)]);
  return outcome ?? expect.unreachable('no outcome');
}

describe('an allowance', () => {
  test('is the highest of the member’s roles there, and one account across servers', async ({ database }) => {
    const store = openTestStore(database, { quota: 180 });
    await allow(store, roleSubject(home, role), 270);
    const withRole = { reply: atHome, roles: [role] };

    const first = await store.accept(withRole);
    await store.accept({ reply: elsewhere });

    expect(first.allowance).toBe(270);
    expect(await account(database, userOwner(ann))).toEqual({ held: 180, spent: 0 });
    // Elsewhere the default counts, and of that nothing is left.
    expect(await ask(store, { reply: elsewhere })).toMatchObject({ refused: 'quota', left: 0, quota: 180 });
    expect(await ask(store, { reply: inDm })).toMatchObject({ refused: 'quota', left: 0, quota: 180 });
    // The role was taken away, or the member has left: the same account, by the default.
    expect(await ask(store, { reply: atHome })).toMatchObject({ refused: 'quota', left: 0, quota: 180 });
    expect(await ask(store, withRole)).toHaveProperty('accepted');
    expect(await ask(store, withRole)).toMatchObject({ refused: 'quota', left: 0, quota: 270 });
    expect(await unbalanced(database)).toEqual([]);
  });

  test('of a server counts in it, not by a user install that only happens to be used there', async ({ database }) => {
    const store = openTestStore(database, { quota: 90 });
    await allow(store, guildOwner(home), 180);

    expect(await ask(store, { reply: installed, roles: [role] })).toMatchObject({ accepted: { allowance: 90 } });
    expect(await ask(store, { reply: atHome })).toMatchObject({ accepted: { allowance: 180 } });
    expect(await account(database, guildOwner(home))).toEqual({ held: 90, spent: 0 });
  });

  test('of one’s own comes before all, and is a stranger’s too', async ({ database }) => {
    const store = openTestStore(database, { quota: 0 });
    await allow(store, roleSubject(home, role), 900);
    await allow(store, userOwner(ann), 90);
    expect(await store.hasOwnCredits(ann)).toBe(true);
    expect(await store.hasOwnCredits(person(2))).toBe(false);

    expect(await ask(store, { reply: atHome, roles: [role], hasAllowance: false })).toHaveProperty('accepted');
    expect(await ask(store, { reply: atHome, roles: [role] })).toMatchObject({ refused: 'quota', quota: 90 });
    await store.setRule(newAct('allowance', userOwner(ann)), 'allowance', null);
    expect(await ask(store, { reply: atHome, roles: [role] })).toHaveProperty('accepted');
  });

  test('that changes counts for the next wish; a second one in the same batch too', async ({ database }) => {
    const store = openTestStore(database, { quota: 90 });
    await store.accept();
    expect(await ask(store, {})).toMatchObject({ refused: 'quota' });

    await allow(store, guildOwner(home), 180);

    const [second, third] = await store.acceptAll([newWish(), newWish()]);
    expect(second).toHaveProperty('accepted');
    expect(third).toMatchObject({ refused: 'quota', left: 0, quota: 180 });
  });

  test('as it was chosen is what is left under the video', async ({ database }) => {
    const store = openTestStore(database, { quota: 90 });
    await allow(store, roleSubject(home, role), 270);
    await database.sql`insert into accounts (owner, purse, granted) values (${userOwner(person(2))}, 'bonus', 100)`;

    const member = await store.accept({ roles: [role] });
    const stranger = await store.accept({ userId: person(2), hasAllowance: false });

    expect(await store.creditsLeft(member)).toBe(180);
    expect(await store.creditsLeft(stranger)).toBe(10);
    expect(await store.creditsLeft({ userId: person(3), allowance: null })).toBe(90);
  });
});

describe('a server’s budget', () => {
  test('is kept beside the bot’s from hold to settlement, limited or not', async ({ database, store }) => {
    const done = await store.render({ reply: atHome });
    const failed = await store.render({ reply: atHome });
    await store.render({ reply: elsewhere });

    await store.succeed(done.id, 60, ['https://media.example/v.mp4']);
    await store.fail(failed.id, { code: 'generation_failed', message: null }, 40);

    expect(await account(database, guildOwner(home))).toEqual({ held: 0, spent: 100 });
    expect(await account(database, guildOwner(away))).toEqual({ held: 90, spent: 0 });
    expect(await account(database, memberOwner(home, ann))).toEqual({ held: 0, spent: 60 });
    expect(await account(database, userOwner(ann))).toEqual({ held: 90, spent: 60 });
    expect(await account(database, 'bot')).toEqual({ held: 90, spent: 100 });
    expect(await unbalanced(database)).toEqual([]);
    expect(await unsettled(database)).toEqual([]);
  });

  test('bears a late success that costs the member nothing', async ({ database, store }) => {
    const task = await store.render({ reply: atHome });
    await store.doubt(task.id, { code: 'render_uncertain', message: null });

    await store.succeed(task.id, 90, ['https://media.example/v.mp4']);

    expect(await account(database, guildOwner(home))).toEqual({ held: 0, spent: 90 });
    expect(await account(database, memberOwner(home, ann))).toEqual({ held: 0, spent: 0 });
    expect(await unbalanced(database)).toEqual([]);
  });

  test('refuses its members with what is left and when it renews; other servers and DMs go on', async ({
    database,
  }) => {
    const store = openTestStore(database, { guildBudget: 200 });
    await store.accept({ reply: atHome, userId: person(1) });
    await store.accept({ reply: atHome, userId: person(2) });

    const refused = await ask(store, { reply: atHome, userId: person(3) });

    const [clock] = await database.sql<{ renews: Date }[]>`
      select (date_trunc('day', now() at time zone 'utc') + interval '1 day') at time zone 'utc' as renews`;
    expect(refused).toEqual({ refused: 'guild-budget', cost: 90, left: 20, most: 200, renewsAt: clock?.renews });
    expect(await ask(store, { reply: elsewhere, userId: person(3) })).toHaveProperty('accepted');
    expect(await ask(store, { reply: inDm, userId: person(3) })).toHaveProperty('accepted');
    expect(await account(database, guildOwner(home))).toEqual({ held: 180, spent: 0 });
  });

  test('of its own comes before the one for every server, and may be lifted', async ({ database }) => {
    const store = openTestStore(database, { guildBudget: 90 });
    await store.accept({ reply: atHome });
    expect(await ask(store, { reply: atHome })).toMatchObject({ refused: 'guild-budget', most: 90 });

    await budget(store, home, 180);
    expect(await ask(store, { reply: atHome })).toHaveProperty('accepted');
    expect(await ask(store, { reply: atHome })).toMatchObject({ refused: 'guild-budget', most: 180 });

    await budget(store, home, null);
    expect(await ask(store, { reply: atHome })).toHaveProperty('accepted');
  });

  test('that is used up is news once for each figure; one of 0 never, and neither is a member’s limit', async ({
    database,
  }) => {
    const store = openTestStore(database, { guildBudget: 90, budget: 270, quota: 900 });
    await budget(store, away, 0);
    await cap(store, '100000000000000009', 0);
    const ninth = { ...reply, guildId: '100000000000000009' };
    await store.accept({ reply: atHome });

    await store.acceptAll([newWish({ reply: atHome }), newWish({ reply: atHome }), newWish({ reply: elsewhere })]);
    await store.acceptAll([newWish({ reply: atHome }), newWish({ reply: ninth })]);
    expect(await store.claimAlarms(10)).toMatchObject([
      { kind: 'budget', facts: { subject: guildOwner(home), most: 90 } },
    ]);
    expect(await store.claimAlarms(10)).toEqual([]);
    await budget(store, home, 180);
    await store.acceptAll([1, 2, 3].map(() => newWish({ reply: atHome })));
    await store.acceptAll([newWish({ reply: inDm }), newWish({ reply: inDm })]);

    const news = await store.claimAlarms(10);
    expect(news.map(({ facts }) => ('subject' in facts ? [facts.subject, facts.most] : [])).toSorted()).toEqual([
      ['bot', 270],
      [guildOwner(home), 180],
    ]);
  });
});

describe('a server’s cap', () => {
  test('limits what one member holds and spends there, bonus included, and nothing elsewhere', async ({ database }) => {
    const store = openTestStore(database, { quota: 90 });
    await database.sql`insert into accounts (owner, purse, granted) values (${userOwner(ann)}, 'bonus', 900)`;
    await cap(store, home, 200);
    await store.accept({ reply: atHome });
    await store.accept({ reply: atHome });

    expect(await ask(store, { reply: atHome })).toMatchObject({ refused: 'guild-cap', cost: 90, left: 20, most: 200 });
    expect(await ask(store, { reply: elsewhere })).toHaveProperty('accepted');
    expect(await ask(store, { reply: atHome, userId: person(2) })).toHaveProperty('accepted');
  });

  test('counts what was spent before it was set, and gives back what a failure gives back', async ({
    database,
    store,
  }) => {
    const task = await store.render({ reply: atHome });
    await cap(store, home, 100);
    expect(await ask(store, { reply: atHome })).toMatchObject({ refused: 'guild-cap', left: 10 });

    await store.fail(task.id, { code: 'generation_failed', message: null });

    expect(await ask(store, { reply: atHome })).toHaveProperty('accepted');
    expect(await account(database, memberOwner(home, ann))).toEqual({ held: 90, spent: 0 });
  });

  test('is overdrawn, never lost, by a price above the hold', async ({ database, store }) => {
    await cap(store, home, 180);
    const task = await store.render({ reply: atHome }, 270);

    expect(await account(database, memberOwner(home, ann))).toEqual({ held: 270, spent: 0 });
    expect(await ask(store, { reply: atHome })).toMatchObject({ refused: 'guild-cap', left: 0 });
    await store.succeed(task.id, 270, ['https://media.example/v.mp4']);
    expect(await account(database, memberOwner(home, ann))).toEqual({ held: 0, spent: 270 });
  });
});

test('what a server uses, and who uses most of it, is told for the running period', async ({ database }) => {
  const store = openTestStore(database, { guildBudget: 900 });
  await cap(store, home, 450);
  const mine = await store.render({ reply: atHome });
  await store.succeed(mine.id, 90, ['https://media.example/v.mp4']);
  await store.accept({ reply: atHome });
  await store.accept({ reply: atHome, userId: person(2) });
  await store.accept({ reply: elsewhere, userId: person(3) });
  await database.sql`insert into accounts (owner, purse, spent) values (${guildOwner(home)}, '2020-01-01', 500)`;

  const spend = await store.readSpend(home);

  expect(spend).toMatchObject({ held: 180, spent: 90, budget: 900, cap: 450 });
  expect(spend.renewsAt.getTime()).toBeGreaterThan(Date.now());
  expect(spend.members).toEqual([
    { userId: ann, held: 90, spent: 90 },
    { userId: person(2), held: 90, spent: 0 },
  ]);
  expect(await store.readSpend('100000000000000077')).toMatchObject({ held: 0, spent: 0, cap: null, members: [] });
});
