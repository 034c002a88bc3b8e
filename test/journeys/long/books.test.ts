import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished } from 'vitest';
import { guildOwner, userOwner } from '#src/domain/credits.ts';
import type { Task } from '#src/domain/task.ts';
import { books } from '#src/store/books.ts';
import { type Database, openDatabase } from '#src/store/database.ts';
import { isPostmaster, readPostmaster, stopPostmaster } from '#src/store/embedded/postmaster.ts';
import { startEmbedded } from '#src/store/embedded.ts';
import { migrate } from '#src/store/migrate.ts';
import { unbalanced, unsettled, wrongTasks } from '#test/books.ts';
import { eventually } from '#test/eventually.ts';
import { newAct, openTestStore, type TestStore, test } from '#test/store.ts';
import { temporaryFolder } from '#test/temporary.ts';

const ann = userOwner('200000000000000001');
const urls = ['https://media.example/v.mp4'];

/** The program as a person runs it. */
async function run(environment: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const child = promisify(execFile)(process.execPath, ['start.js', 'src/books.ts', ...args], {
    env: { PATH: process.env.PATH, ...environment },
  });
  const { stdout, stderr } = await child.catch((error: { stdout: string; stderr: string }) => error);
  return { code: child.child.exitCode, stdout, stderr };
}

/** One settled task, one failed and charged, one rendering, one in line; and a bonus. */
async function aDay(store: TestStore) {
  const done = await store.render();
  await store.succeed(done.id, 60, urls);
  const failed = await store.render({ userId: '200000000000000002' });
  await store.fail(failed.id, { code: 'generation_failed', message: null }, 40);
  const rendering = await store.render();
  const waiting = await store.accept();
  await store.grant(newAct('grant', ann, { reason: '=2+2, "won"' }), '200000000000000001', 50);
  return { done, failed, rendering, waiting };
}

type Day = Awaited<ReturnType<typeof aDay>>;
const ledgerOf = ({ sql }: Database) => sql`select * from ledger order by id`;
const accountsOf = ({ sql }: Database) => sql`select * from accounts order by owner, purse`;

describe('books that balance', () => {
  test('are told with what is held and what the provider charged, and the program ends with 0', async ({
    databaseUrl,
    store,
  }) => {
    const { rendering, waiting } = await aDay(store);

    const { code, stdout, stderr } = await run({ DATABASE_URL: databaseUrl });

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/accounts +\d+ +all the sum of their ledger lines/);
    expect(stdout).toMatch(/tasks +4 +all booked as they ended/);
    expect(stdout).toMatch(/open holds +2 +180 credits/);
    expect(stdout).toMatch(/charged +100 /);
    expect(stdout).toMatch(/booked +100 +60 settled \+ 40 written off/);
    expect(stdout).toMatch(new RegExp(`${rendering.id} +rendering +0 min +${ann} +90`));
    expect(stdout).toMatch(new RegExp(`${waiting.id} +accepted +0 min +${ann} +90`));
    expect(stdout).toMatch(/✓ The books balance\.\s*$/);
  });

  test('are not touched by a repair', async ({ databaseUrl, database, store }) => {
    await aDay(store);
    const before = [await ledgerOf(database), await accountsOf(database)];

    const { code } = await run({ DATABASE_URL: databaseUrl }, '--repair');

    expect(code).toBe(0);
    expect([await ledgerOf(database), await accountsOf(database)]).toEqual(before);
    expect((await store.readAudit('all', 10)).map(({ action }) => action)).toEqual(['grant']);
  });

  test('go to a folder as tables, with nothing that a spreadsheet would run', async ({
    databaseUrl,
    database,
    store,
  }) => {
    const { done } = await aDay(store);
    const folder = await mkdtemp(join(tmpdir(), 'kling-books-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));

    const { code, stdout } = await run({ DATABASE_URL: databaseUrl }, '--csv', join(folder, 'of', 'today'));

    expect(code).toBe(0);
    expect(stdout).toMatch(/accounts\.csv, ledger\.csv and tasks\.csv are in /);
    const read = (name: string) => readFile(join(folder, 'of', 'today', name), 'utf8');
    const [accounts, ledger, tasks] = await Promise.all(['accounts.csv', 'ledger.csv', 'tasks.csv'].map(read));
    expect(accounts).toMatch(/^owner,purse,granted,held,spent,ledger_granted,ledger_held,ledger_spent\r\n/);
    expect(accounts).toMatch(new RegExp(`^${ann},bonus,50,0,0,50,0,0\r$`, 'm'));
    expect(ledger).toMatch(/,grant,50,interaction-[^,]+,900000000000000001,"'=2\+2, ""won"""\r\n/);
    expect(ledger?.trim().split('\r\n')).toHaveLength(1 + (await ledgerOf(database)).length);
    expect(tasks).toMatch(new RegExp(`^${done.id},[^,]+,succeeded,${ann},guild:\\d+,60,0,60,0,0\r$`, 'm'));
  });
});

/** What is broken, what the program must say of it, and the entries (kind, amount, owner) that put it right. */
const breaks: readonly [
  string,
  (database: Database, day: Day) => Promise<unknown>,
  RegExp,
  readonly (string | number)[][],
][] = [
  [
    'an account that is not its ledger',
    ({ sql }) => sql`update accounts set held = held + 7, spent = 0 where owner = ${ann} and purse <> 'bonus'`,
    /account user:200000000000000001 [\d-]+ has held 187, spent 0; its ledger says held 180, spent 60/,
    [],
  ],
  [
    'a bonus that is not its grants',
    ({ sql }) => sql`update accounts set granted = 5000 where purse = 'bonus'`,
    /account user:200000000000000001 bonus has held 0, spent 0, granted 5,000; its ledger says .* granted 50/,
    [],
  ],
  [
    'an account that is missing',
    ({ sql }) => sql`delete from accounts where owner = 'bot'`,
    /account bot [\d-]+ is missing; its ledger says held 180, spent 100/,
    [],
  ],
  [
    'a hold left open by a task that failed',
    ({ sql }, { failed }) =>
      sql`delete from ledger where task_id = ${failed.id} and kind = 'release' and owner like 'user:%'`,
    /\(failed\) still holds 90/,
    [['release', 90, userOwner('200000000000000002')]],
  ],
  [
    'a settlement that is missing',
    ({ sql }, { done }) =>
      sql`delete from ledger where task_id = ${done.id} and kind in ('settle', 'release') and owner = 'bot'`,
    /\(succeeded\) still holds 90/,
    [
      ['settle', 60, 'bot'],
      ['release', 30, 'bot'],
    ],
  ],
  [
    'a task that gave back more than it held',
    ({ sql }, { failed }) =>
      sql`update ledger set amount = 100 where task_id = ${failed.id} and kind = 'release' and owner = 'bot'`,
    /\(failed\) gave back 10 more than it held/,
    [['adjust', 10, 'bot']],
  ],
  [
    'a price below what was settled',
    ({ sql }, { done }) => sql`update tasks set final_credits = 45 where id = ${done.id}`,
    /\(succeeded\) was charged at 45 and has 60 booked/,
    [
      ['correct', -15, 'bot'],
      ['correct', -15, guildOwner('100000000000000002')],
      ['correct', -15, `${guildOwner('100000000000000002')}:${ann}`],
      ['correct', -15, ann],
    ],
  ],
  [
    'a price above what was settled',
    ({ sql }, { done }) => sql`update tasks set final_credits = 270 where id = ${done.id}`,
    /\(succeeded\) was charged at 270 and has 60 booked/,
    [
      ['correct', 210, 'bot'],
      ['correct', 210, guildOwner('100000000000000002')],
      ['correct', 210, `${guildOwner('100000000000000002')}:${ann}`],
      ['correct', 210, ann],
    ],
  ],
  [
    'a write-off that is missing',
    ({ sql }, { failed }) => sql`delete from ledger where task_id = ${failed.id} and kind = 'writeoff'`,
    /\(failed\) was charged at 40 and has 0 booked/,
    [
      ['writeoff', 40, 'bot'],
      ['writeoff', 40, guildOwner('100000000000000002')],
    ],
  ],
  [
    'a charge for a task that nobody should pay for',
    ({ sql }, { failed }) => sql`update tasks set status = 'canceled', final_credits = null where id = ${failed.id}`,
    /\(canceled\) was charged at 0 and has 40 booked/,
    [
      ['correct', -40, 'bot'],
      ['correct', -40, guildOwner('100000000000000002')],
    ],
  ],
];

describe('books that do not balance', () => {
  test.for(breaks)(
    '%s: told and not touched, then put right by entries with their reasons',
    async ([, breakIt, words, entries], { databaseUrl, database, store }) => {
      const day = await aDay(store);
      await breakIt(database, day);
      const before = { ledger: await ledgerOf(database), accounts: await accountsOf(database) };

      const looked = await run({ DATABASE_URL: databaseUrl });
      expect(looked).toMatchObject({ code: 1, stderr: '' });
      expect(looked.stdout).toMatch(words);
      expect(looked.stdout).toMatch(/✗ The books do not balance: \d .*\n.*--repair writes what is proposed/);
      expect({ ledger: await ledgerOf(database), accounts: await accountsOf(database) }).toEqual(before);

      const repaired = await run({ DATABASE_URL: databaseUrl }, '--repair');
      expect(repaired).toMatchObject({ code: 0, stderr: '' });
      expect(repaired.stdout).toMatch(/✓ The books balance\./);

      const after = await ledgerOf(database);
      expect(after.slice(0, before.ledger.length)).toEqual(before.ledger);
      const written = after.slice(before.ledger.length);
      expect(written.map(({ kind, amount, owner }) => [kind, amount, owner])).toEqual(entries);
      for (const { actor, reason } of written) {
        expect(actor).toBe('books');
        expect(reason).toMatch(/^(the provider charged \d+ for a|the) task /);
        expect(looked.stdout).toContain(`“${reason}”`);
      }
      const lines = (await store.readAudit('all', 20)).filter(({ action }) => action === 'repair');
      expect(lines.length).toBeGreaterThan(0);
      expect(await unbalanced(database)).toEqual([]);
      expect(await unsettled(database)).toEqual([]);
      expect((await run({ DATABASE_URL: databaseUrl })).code).toBe(0);
    },
  );

  test('in a way that no entry puts right stay so, and say that a person is needed', async ({
    databaseUrl,
    database,
    store,
  }) => {
    const { rendering } = await aDay(store);
    await database.sql`delete from ledger where task_id = ${rendering.id} and owner = ${ann}`;
    await database.sql`update accounts set held = held - 90 where owner = ${ann} and purse <> 'bonus'`;

    const { code, stdout } = await run({ DATABASE_URL: databaseUrl }, '--repair');

    expect(code).toBe(1);
    expect(stdout).toMatch(
      new RegExp(`task ${rendering.id} \\(rendering\\) was never held\\n +needs a person: ${ann}`),
    );
    expect(stdout).toMatch(/What is left needs a person/);
  });

  test('are put right while the bot works on the same accounts', async ({ databaseUrl, database, store }) => {
    const broken: Task[] = [];
    // One after the other: each needs a slot.
    for (let index = 0; index < 12; index += 1) {
      const task = await store.render({ userId: `2000000000000000${10 + (index % 3)}` });
      await store.succeed(task.id, 90, urls);
      broken.push(task);
    }
    await database.sql`update tasks set final_credits = 45`;
    await database.sql`update accounts set held = held + 5`;
    const pools = Array.from({ length: 8 }, () => openDatabase(databaseUrl, { max: 1 }));
    let isOver = false;
    const work = pools.map(async (pool, index) => {
      const mine = openTestStore(pool, {}, { perUser: 1_000, whole: 1_000 });
      for (let round = 0; !isOver && round < 500; round += 1) {
        const task = await mine.accept({ userId: `2000000000000000${10 + ((index + round) % 3)}` });
        await mine.cancelUnanswered(task.id);
      }
    });

    const { repairTask, repairAccount } = books(database);
    const line = (subject: string) => newAct('repair', subject);
    for (const { owner, purse } of await accountsOf(database))
      await repairAccount(line(`${owner} ${purse}`), owner, purse);
    const first = await Promise.all(broken.map(({ id }) => repairTask(line(`task:${id}`), id)));
    const second = await Promise.all(broken.map(({ id }) => repairTask(line(`task:${id}`), id)));
    isOver = true;
    await Promise.all(work);
    await Promise.all(pools.map((pool) => pool.close()));

    expect(first.map((entries) => entries.length)).toEqual(broken.map(() => 4));
    expect(second.flat()).toEqual([]);
    expect(await unbalanced(database)).toEqual([]);
    expect(await wrongTasks(database)).toEqual([]);
  });
});

describe('the program', () => {
  test('explains itself, and what it was not asked for', async () => {
    const help = await run({}, '--help');
    const wrong = await run({}, '--fix');

    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const word of ['--repair', '--csv', 'DATABASE_URL', 'DATA_DIR']) expect(help.stdout).toContain(word);
    expect(wrong).toMatchObject({ code: 2, stdout: '', stderr: help.stdout });
  });

  test('ends with 2 where there are no books, and leaves nothing behind', async ({ emptyUrl }) => {
    await using folder = await temporaryFolder();

    const nothing = await run({ DATA_DIR: folder.path });
    const bare = await run({ DATABASE_URL: emptyUrl });
    const unreachable = await run({ DATABASE_URL: 'postgres://me:kept-secret@127.0.0.1:1/bot' });
    const wrong = await run({ DATABASE_URL: 'mysql://me:kept-secret@localhost/bot' });

    expect(nothing).toMatchObject({ code: 2, stderr: expect.stringMatching(/There is no data in .*DATA_DIR/) });
    expect(await readdir(folder.path)).toEqual([]);
    expect(bare).toMatchObject({ code: 2, stderr: 'There is nothing of the bot in this database yet\n' });
    expect(unreachable).toMatchObject({ code: 2, stderr: expect.stringMatching(/does not answer.*\n.*/) });
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/DATABASE_URL must begin with postgres/) });
    for (const { stderr } of [unreachable, wrong]) expect(stderr).not.toMatch(/kept-secret/);
  });

  test('does not bring an older database up to date: that is the bot’s to do', async ({ emptyUrl }) => {
    const folder = await mkdtemp(join(tmpdir(), 'kling-migrations-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await cp('migrations', folder, { recursive: true });
    const journal = JSON.parse(await readFile(join(folder, 'meta', '_journal.json'), 'utf8'));
    journal.entries.pop();
    await writeFile(join(folder, 'meta', '_journal.json'), JSON.stringify(journal));
    await migrate(emptyUrl, folder);

    expect(await run({ DATABASE_URL: emptyUrl })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/start the bot once/),
    });
  });

  test('starts the embedded server if nobody has, and leaves it as it was', async () => {
    await using folder = await temporaryFolder();
    const cluster = join(folder.path, 'postgres');
    onTestFinished(() => stopPostmaster(cluster));
    const server = await startEmbedded({ dataDir: folder.path, fsync: false });
    await migrate(server.url);
    const isServing = async () => {
      const postmaster = await readPostmaster(cluster);
      return postmaster !== null && (await isPostmaster(postmaster.pid, cluster));
    };

    const beside = await run({ DATA_DIR: folder.path });
    expect(beside).toMatchObject({ code: 0, stderr: '' });
    expect(await isServing()).toBe(true);
    await server.stop();
    const alone = await run({ DATA_DIR: folder.path });

    expect(alone).toMatchObject({ code: 0, stderr: '' });
    await eventually(async () => !(await isServing()), 'the server to be stopped');
  });
});
