import { describe, expect } from 'vitest';
import { makeTendDeletions } from '#src/app/erase.ts';
import { checkTask, isRight } from '#src/domain/books.ts';
import { kling } from '#src/domain/parameters.ts';
import { books } from '#src/store/books.ts';
import type { Database } from '#src/store/database.ts';
import { account, newAct, newWish, openTestStore, type TestStore, test } from '#test/store.ts';
import { silent } from '../discord/begin.ts';

const ann = '200000000000000001';
const bob = '200000000000000002';
const guildId = '100000000000000002';
const operator = '900000000000000001';
const asker = { userId: ann, guildId, roles: [], hasAllowance: true };

/** Time passes until deletions are looked at again, and they are. */
async function beat(store: TestStore, { sql }: Database): Promise<void> {
  await sql`update deletions set due_at = now() - interval '1 second'`;
  await makeTendDeletions({ ...store, log: silent })();
}

async function done(store: TestStore, userId: string, price = 90): Promise<string> {
  const { id } = await store.render({ userId });
  await store.succeed(id, price, ['https://media.example/film.mp4']);
  await store.markDelivered(id, 'reply', '300000000000000002');
  return id;
}

async function forget(store: TestStore, database: Database, userId = ann): Promise<void> {
  await store.askDeletion(userId);
  await beat(store, database);
}

/** Every row of every table of ours in which this text stands. */
async function rowsWith({ sql }: Database, text: string): Promise<string[]> {
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`;
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await sql`select from ${sql(name)} as t where to_jsonb(t)::text like ${`%${text}%`}`;
    if (rows.length > 0) found.push(name);
  }
  return found;
}

async function expectBalance({ sql }: Database): Promise<void> {
  await books({ sql }).readBooks(async (read) => {
    const accounts = await Array.fromAsync(read.accounts());
    const tasks = await Array.fromAsync(read.tasks());
    expect(accounts.filter((one) => !isRight(one))).toEqual([]);
    expect(tasks.flatMap(checkTask)).toEqual([]);
  });
}

const refusalOf = async (store: TestStore, userId = ann) => {
  const [outcome] = await store.acceptAll([newWish({ userId })]);
  return outcome !== undefined && 'refused' in outcome ? outcome.refused : 'accepted';
};

describe('a member who is forgotten', () => {
  test('stands in no row any more, while all sums stay and others keep what is theirs', async ({ database, store }) => {
    await store.saveLocales([{ userId: ann, locale: 'nl' }]);
    await store.grant(newAct('grant', `user:${ann}`, { reason: 'for ann' }), ann, 50);
    await done(store, ann);
    await done(store, bob);
    await store.saveOpening({ id: crypto.randomUUID(), userId: ann, request: { prompt: 'a fox' } as never });
    const bot = await account(database, 'bot');
    const guild = await account(database, `guild:${guildId}`);

    await forget(store, database);

    expect(await rowsWith(database, ann)).toEqual([]);
    expect(await rowsWith(database, 'for ann')).toEqual([]);
    expect(await account(database, 'bot')).toEqual(bot);
    expect(await account(database, `guild:${guildId}`)).toEqual(guild);
    expect(await account(database, `user:${bob}`)).toEqual({ held: 0, spent: 90 });
    expect((await store.readPage(bob, { way: 'newest' })).tasks).toMatchObject([{ prompt: 'a fox' }]);
    const gone = await database.sql`select prompt, provider_id, message_id from tasks where user_id like 'gone-%'`;
    expect(gone).toEqual([{ prompt: '', providerId: null, messageId: null }]);
    const [open] = await database.sql`
      select sum(granted - held - spent)::int as credits from accounts where purse = 'bonus'`;
    expect(open).toEqual({ credits: 0 });
    await expectBalance(database);
  });

  test('has no more to spend in this period for it, on the server’s cap neither', async ({ database }) => {
    const store = openTestStore(database, { quota: 200 });
    await store.setRule(newAct('cap', `guild:${guildId}`), 'cap', { credits: 150, reason: null });
    await done(store, ann);
    await forget(store, database);
    expect(await store.readStatement(asker)).toMatchObject({ left: 110 });

    expect(await refusalOf(store)).toBe('guild-cap');

    expect(await account(database, `user:${ann}`)).toEqual({ held: 0, spent: 90 });
    await expectBalance(database);
    await forget(store, database);
    expect(await rowsWith(database, ann)).toEqual([]);
    expect(await refusalOf(store)).toBe('guild-cap');
    await expectBalance(database);
  });

  test('begins the next period as anybody does, and nothing under a hash is left', async ({ database }) => {
    const store = openTestStore(database, { quota: 100 });
    await done(store, ann);
    await forget(store, database);
    await database.sql`update remainders set purse = '2020-01-01'`;

    await beat(store, database);

    expect(await database.sql`select from remainders`).toHaveLength(0);
    expect(await refusalOf(store)).toBe('accepted');
    await expectBalance(database);
  });

  test('stays blocked until the block is taken away, by whoever could', async ({ database, store }) => {
    for (const subject of [`user:${ann}`, `guild:${guildId}:user:${ann}`]) {
      const rule = { credits: null, reason: 'rude' };
      await store.setRule(newAct('block', subject), 'block', rule);
      await forget(store, database);
      expect(await rowsWith(database, ann)).toEqual([]);

      expect(await refusalOf(store)).toBe('blocked');
      expect((await store.readRules(['block'])).map((one) => one.subject)).toEqual([subject]);

      await forget(store, database);
      await store.setRule(newAct('unblock', subject), 'block', null);
      expect(await refusalOf(store)).toBe('accepted');
      await database.sql`update tasks set status = 'canceled', closed_at = now()`;
      await database.sql`delete from ledger`;
      await database.sql`delete from accounts`;
    }
  });

  test('is who they were to whatever is shown before an accept', async ({ database, store }) => {
    await store.setRule(newAct('allowance', `user:${ann}`), 'allowance', { credits: 500, reason: null });
    await done(store, ann);
    await forget(store, database);
    expect(await rowsWith(database, ann)).toEqual([]);

    expect(await store.hasOwnCredits(ann)).toBe(true);
    expect(await store.hasOwnCredits(bob)).toBe(false);

    expect(await store.quote(asker, kling, {})).toMatchObject({ left: 410 });
    await expectBalance(database);
  });

  test('gets what is being made first; what waits is canceled, and told', async ({ database, store }) => {
    const rendering = await store.render();
    const ended = await done(store, ann);
    const waiting = await store.accept();
    await store.answer(waiting);

    await forget(store, database);

    expect(await store.found(waiting.id)).toMatchObject({ status: 'canceled', delivery: 'pending', userId: ann });
    expect(await store.found(rendering.id)).toMatchObject({ status: 'rendering', prompt: 'a fox' });
    expect(await store.found(ended)).toMatchObject({ prompt: '', userId: ann });
    expect(await store.readStake(ann)).toMatchObject({ isAsked: true, waiting: 0, rendering: 2 });
    await store.markDelivered(waiting.id, 'reply', null);
    await store.succeed(rendering.id, 90, ['https://media.example/film.mp4']);
    await beat(store, database);
    expect(await store.found(rendering.id)).toMatchObject({ delivery: 'pending', prompt: 'a fox', userId: ann });
    await store.markDelivered(rendering.id, 'reply', null);
    await beat(store, database);
    expect(await rowsWith(database, ann)).toEqual([]);
    await expectBalance(database);
  });

  test('is forgotten once, by any number of workers, however often they asked', async ({ database, store }) => {
    await done(store, ann);
    await Promise.all([1, 2, 3].map(() => store.askDeletion(ann)));

    const outcomes = await Promise.all([1, 2, 3, 4].map(() => store.eraseMember(ann)));

    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await rowsWith(database, ann)).toEqual([]);
    await expectBalance(database);
  });

  test('who never used the bot is nobody, before and after', async ({ database, store }) => {
    await forget(store, database);

    expect(await rowsWith(database, ann)).toEqual([]);
    expect(await store.readStake(ann)).toEqual({ bonus: 0, waiting: 0, rendering: 0, isAsked: false });
  });

  test('may ask for videos at the same moment: each is theirs or comes later, and is counted', async ({ database }) => {
    const store = openTestStore(database, { quota: 1000 });
    await done(store, ann);
    await store.askDeletion(ann);

    const [outcomes] = await Promise.all([
      Promise.all([1, 2, 3].map(() => store.acceptAll([newWish()]))),
      store.eraseMember(ann),
    ]);

    expect(outcomes.flat().every((outcome) => 'accepted' in outcome)).toBe(true);
    expect(await account(database, `user:${ann}`)).toEqual({ held: 270, spent: 90 });
    await expectBalance(database);
  });

  test('leaves an operator’s acts on others, and no block of a server that was left', async ({ database, store }) => {
    const manager = '700000000000000001';
    const subject = `guild:${guildId}:user:${ann}`;
    await store.setRule(newAct('block', subject, { actor: manager }), 'block', { credits: null, reason: null });
    await store.setRule(newAct('block', `user:${bob}`, { reason: 'rude' }), 'block', { credits: null, reason: 'rude' });
    await forget(store, database);

    expect(await store.managedGuilds([operator])).toEqual([guildId]);
    await store.forgetManagers(guildId, [operator]);

    expect(await refusalOf(store)).toBe('accepted');
    expect(await store.readAudit('all', 5)).toMatchObject([{ subject: `user:${bob}`, reason: 'rude' }, {}]);
  });
});
