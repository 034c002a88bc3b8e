import { expect } from 'vitest';
import { guildOwner, memberOwner, userOwner } from '#src/domain/credits.ts';
import type { Task } from '#src/domain/task.ts';
import { type Database, openDatabase } from '#src/store/database.ts';
import { unbalanced, unsettled } from '#test/books.ts';
import { type Chance, chances } from '#test/chance.ts';
import { account, newAct, newWish, openTestStore, reply, type TestStore, test } from '#test/store.ts';

const guilds = ['100000000000000001', '100000000000000002', '100000000000000003'];
const users = Array.from({ length: 16 }, (_, index) => `2000000000000001${String(index).padStart(2, '0')}`);
const person = (index: number) => users[index] ?? expect.unreachable('a member');
const atHome = { ...reply, guildId: '100000000000000002' };
const elsewhere = { ...reply, guildId: '100000000000000008' };
const limits = { quota: 1_800, budget: 20_000, guildBudget: 4_500, maxWaiting: 1_000 };
const guildCap = 900;
const slots = { perUser: 100, whole: 1_000 };
const rounds = 4;

/** One worker: accepts, answers, sends and closes; in between people grant, revoke and set. No price is above its hold. */
async function work(store: TestStore, random: Chance): Promise<void> {
  const ends = [
    (id: string) => store.succeed(id, random.pick([45, 90, null]), ['https://media.example/v.mp4']),
    (id: string) => store.fail(id, { code: 'generation_failed', message: null }, random.pick([0, 45])),
    (id: string) => store.doubt(id, { code: 'render_uncertain', message: null }),
    (id: string) => store.cancelUnanswered(id),
  ];
  for (let round = 0; round < rounds; round += 1) {
    const wishes = Array.from({ length: 1 + random.upTo(4) }, () => {
      const guildId = random.pick([...guilds, null]);
      return newWish({ userId: random.pick(users), reply: { ...reply, guildId } });
    });
    const outcomes = await store.acceptAll(wishes);
    const ids = outcomes.flatMap((outcome) => ('accepted' in outcome ? [outcome.accepted.id] : []));
    await intervene(store, random);
    const answered = ids.filter(() => random.upTo(4) > 0);
    await store.markAnswered(
      answered.map((taskId) => ({ taskId, messageId: '300000000000000001', isPrivate: false, shown: 'accepted' })),
    );
    for (const id of ids) await store.markRendering(id, `render-${id}`, random.pick([90, null]), 0);
    await intervene(store, random);
    for (const id of ids) await random.pick(ends)(id);
  }
}

async function intervene(store: TestStore, random: Chance): Promise<void> {
  const user = random.pick(users);
  const credits = 1 + random.upTo(200);
  const acts = [
    () => store.grant(newAct('grant', userOwner(user)), user, credits),
    () => store.revoke(newAct('revoke', userOwner(user)), user, credits),
    () =>
      store.setRule(
        newAct('allowance', userOwner(user)),
        'allowance',
        random.pick([null, { credits: 900, reason: null }]),
      ),
    () => store.setRule(newAct('pause', 'bot'), 'pause', { credits: null, reason: null }),
    () => store.setRule(newAct('resume', 'bot'), 'pause', null),
    () => store.setRule(newAct('resume', 'bot'), 'pause', null),
  ];
  await random.pick(acts)();
}

/** One connection each, all open at the same time. Only this file has so many: the server has 200. */
async function over64<T>(databaseUrl: string, work: (pool: Database, index: number) => Promise<T>): Promise<T[]> {
  const pools = Array.from({ length: 64 }, () => openDatabase(databaseUrl, { max: 1 }));
  try {
    return await Promise.all(pools.map(work));
  } finally {
    await Promise.all(pools.map((pool) => pool.close()));
  }
}

/** Four wishes from each of 64 connections, by 16 members in two servers, so that batches cross in every way. */
async function askAtOnce(databaseUrl: string, limits: Parameters<typeof openTestStore>[1]): Promise<Task[]> {
  const outcomes = await over64(databaseUrl, (pool, index) => {
    const wishes = Array.from({ length: 4 }, (_, round) => {
      return newWish({ userId: person((index * 7 + round * 5) % 16), reply: round % 2 === 0 ? atHome : elsewhere });
    });
    return openTestStore(pool, limits).acceptAll(wishes);
  });
  return outcomes.flat().flatMap((outcome) => ('accepted' in outcome ? [outcome.accepted] : []));
}

test('quotas and the bot’s budget are spent exactly and never more', async ({ databaseUrl, database }) => {
  const tasks = await askAtOnce(databaseUrl, { quota: 450, budget: 9_000, maxWaiting: 100 });

  // 16 members may hold 5 videos each (450 / 90); the budget would take 100.
  expect(tasks).toHaveLength(80);
  expect(await account(database, 'bot')).toEqual({ held: 7_200, spent: 0 });
  for (const index of Array.from({ length: 16 }).keys()) {
    expect(await account(database, userOwner(person(index)))).toEqual({ held: 450, spent: 0 });
  }
  expect(await unbalanced(database)).toEqual([]);
});

test('a server’s budget is spent exactly and never more', async ({ databaseUrl, database }) => {
  const tasks = await askAtOnce(databaseUrl, { quota: 9_000, guildBudget: 1_850 });

  for (const { guildId } of [atHome, elsewhere]) {
    expect(tasks.filter(({ reply }) => reply.guildId === guildId)).toHaveLength(20);
    expect(await account(database, guildOwner(guildId))).toEqual({ held: 1_800, spent: 0 });
  }
  expect(await unbalanced(database)).toEqual([]);
});

test('no member spends more than a server’s cap in it, and all of it can be spent', async ({
  databaseUrl,
  database,
}) => {
  const operator = openTestStore(database);
  await operator.setRule(newAct('cap', guildOwner(atHome.guildId)), 'cap', { credits: 200, reason: null });

  const tasks = await askAtOnce(databaseUrl, { quota: 90_000, maxWaiting: 1_000 });

  const members = await database.sql<{ held: number }[]>`
    select held from accounts where owner like ${`${memberOwner(atHome.guildId, '')}%`}`;
  expect(members.map(({ held }) => held)).toEqual(Array.from({ length: 16 }, () => 180));
  expect(tasks.filter(({ reply }) => reply.guildId === elsewhere.guildId)).toHaveLength(128);
  expect(await unbalanced(database)).toEqual([]);
});

test('accepts, settlements, grants, revokes and rules at once: no deadlock, no limit passed, every account as its ledger', async ({
  databaseUrl,
  database,
}) => {
  const operator = openTestStore(database, limits, slots);
  for (const guildId of guilds) {
    await operator.setRule(newAct('cap', guildOwner(guildId)), 'cap', { credits: guildCap, reason: null });
  }

  // A deadlock would be an error of one of these.
  const randoms = [...chances(64)];
  await over64(databaseUrl, (pool, index) =>
    work(openTestStore(pool, limits, slots), randoms[index] ?? expect.unreachable('a chance for each')),
  );

  expect(await unbalanced(database)).toEqual([]);
  expect(await unsettled(database)).toEqual([]);
  const [most] = await database.sql`
    select max(held + spent) filter (where owner = 'bot')::int as bot,
      max(held + spent) filter (where owner ~ '^guild:[0-9]+$')::int as guild,
      max(held + spent) filter (where owner ~ ':user:')::int as member,
      max(held + spent) filter (where owner ~ '^user:' and purse <> 'bonus')::int as "user",
      max(held + spent - granted) filter (where purse = 'bonus')::int as overdrawn
    from accounts`;
  expect(most?.bot).toBeLessThanOrEqual(limits.budget);
  expect(most?.guild).toBeLessThanOrEqual(limits.guildBudget);
  expect(most?.member).toBeLessThanOrEqual(guildCap);
  expect(most?.user).toBeLessThanOrEqual(limits.quota);
  expect(most?.overdrawn).toBeLessThanOrEqual(0);
  const counts = await database.sql`select status, count(*)::int as tasks from tasks group by status`;
  for (const status of ['succeeded', 'failed', 'uncertain', 'canceled']) {
    expect(counts.find((row) => row.status === status)?.tasks, status).toBeGreaterThan(5);
  }
});
