import { describe, expect, onTestFinished } from 'vitest';
import { makeKeepVideo } from '#src/app/keep.ts';
import type { Database } from '#src/store/database.ts';
import { test } from '#test/database.ts';
import { silent } from '../discord/begin.ts';
import { film, openDesk } from './desk.ts';

const megabyte = 2 ** 20;

/** A finished video that nobody can be shown: a group DM, its token dead, and DMs closed. */
async function start(database: Database) {
  const desk = await openDesk(database, onTestFinished);
  const { discord, user } = desk;
  user.dmsClosed = true;
  const group = discord.addChannel({ recipients: [user.id] });
  const asked = await desk.ask({ context: 2, channelId: group.id, attachmentSizeLimit: 100 * megabyte });
  await asked.leave(1.5);
  await asked.deliver();
  await asked.expire();
  await asked.succeed();
  const pieces = () => database.sql<{ part: number; size: number }[]>`
    select part, length(bytes) as size from kept_chunks where task_id = ${asked.id} order by part`;
  const kept = async () => {
    const copy = await desk.store.openKept(asked.id);
    return copy === null ? null : Buffer.concat(await Array.fromAsync(copy.bytes));
  };
  return { ...desk, asked, pieces, kept };
}

describe('a video that no rung takes', () => {
  test('is kept in pieces, and read again to the last byte', async ({ database }) => {
    const { rivya, asked, pieces, kept, everything } = await start(database);
    rivya.setResult({ size: 3.5 * megabyte });

    await asked.deliver();

    expect(await asked.task()).toMatchObject({ delivery: 'undeliverable', keptBytes: 3.5 * megabyte });
    const list = await pieces();
    expect(list.map(({ part }) => part)).toEqual(list.map((_, index) => index));
    expect(list.length).toBeGreaterThan(2);
    expect(Math.max(...list.map(({ size }) => size))).toBeLessThan(2 * megabyte);
    expect((await kept())?.length).toBe(3.5 * megabyte);

    rivya.setResult({ status: 404 });
    const copy = await kept();
    await asked.press();
    await asked.deliver();
    expect(asked.it.uploads()[0]?.bytes?.equals(copy ?? Buffer.alloc(0))).toBe(true);
    expect(await pieces()).toEqual([]);
    expect(everything().filter(({ attachments }) => attachments.length > 0)).toHaveLength(1);
  });

  test('is kept anew after a death in the middle, and counts for nothing before it is whole', async ({ database }) => {
    const { rivya, store, asked, pieces, kept, openVideo } = await start(database);
    rivya.setResult({ size: 3.5 * megabyte });
    const dying = makeKeepVideo({
      ...store,
      log: silent,
      openVideo,
      savePiece: (id, part, bytes) =>
        part < 2 ? store.savePiece(id, part, bytes) : Promise.reject(new Error('killed')),
    });
    await expect(dying(await asked.task())).rejects.toThrow('killed');
    expect(await pieces()).toHaveLength(2);
    expect(await kept()).toBeNull();
    rivya.setResult({});

    await asked.deliver();

    expect((await kept())?.equals(film)).toBe(true);
    expect(await asked.task()).toMatchObject({ delivery: 'undeliverable' });
  });

  test('waits ten minutes for a provider that does not give it whole; then it is given up without', async ({
    database,
  }) => {
    const { rivya, asked, pieces } = await start(database);
    rivya.setResult({ truncateAt: 50_000 });

    await asked.deliver();
    expect(await asked.task()).toMatchObject({ delivery: 'pending', keptBytes: null });
    expect(await pieces()).toEqual([]);

    await database.sql`update tasks set pending_at = now() - interval '11 minutes'`;
    await asked.deliver();
    expect(await asked.task()).toMatchObject({ delivery: 'undeliverable', keptBytes: null });
  });

  test.for([
    ['is no mp4', { bytes: Buffer.from('<html>gone</html>') }],
    ['is larger than what is kept', { size: 201 * megabyte }],
  ] as const)('is not kept where it %s', async ([, result], { database }) => {
    const { rivya, asked, pieces } = await start(database);
    rivya.setResult(result);

    await asked.deliver();

    expect(await asked.task()).toMatchObject({ delivery: 'undeliverable', keptBytes: null });
    expect(await pieces()).toEqual([]);
  });

  test('stays kept where the rung that opens has no room for it and no link works', async ({ database }) => {
    const { rivya, asked, kept } = await start(database);
    rivya.setResult({ size: 3 * megabyte });
    await asked.deliver();
    rivya.setResult({ status: 404 });
    await asked.press();
    await database.sql`update tasks set size_limit = ${megabyte}`;

    await asked.deliver();

    expect(await asked.task()).toMatchObject({ delivery: 'undeliverable' });
    expect((await kept())?.length).toBe(3 * megabyte);
    expect(asked.it.reply()?.content).toContain('Press the button to try again');
  });

  test('comes by its copy where the link gives a broken one', async ({ database }) => {
    const { rivya, asked } = await start(database);
    await asked.deliver();
    rivya.setResult({ truncateAt: 50_000 });
    await asked.press();

    await asked.deliver();

    expect(asked.it.uploads()[0]?.bytes?.equals(film)).toBe(true);
    expect(await asked.task()).toMatchObject({ delivery: 'delivered', keptBytes: null });
  });
});

describe('the days for which videos are kept', () => {
  test('end with the whole copy', async ({ database }) => {
    const { store, asked, pieces } = await start(database);
    await asked.deliver();

    await database.sql`update tasks set kept_at = now() - interval '89 days'`;
    await store.dropKept(90, 10);
    expect(await pieces()).toHaveLength(1);
    await database.sql`update tasks set kept_at = now() - interval '91 days'`;
    await store.dropKept(90, 10);

    expect(await pieces()).toEqual([]);
    expect(await asked.task()).toMatchObject({ delivery: 'undeliverable', keptBytes: null });
  });

  test('leave no pieces that never became a whole one, but those that may yet', async ({ database }) => {
    const { store, asked, pieces } = await start(database);
    await store.savePiece(asked.id, 0, film);

    await store.dropKept(90, 10);
    expect(await pieces()).toHaveLength(1);
    await database.sql`update tasks set delivery = 'undeliverable'`;
    await store.dropKept(90, 10);

    expect(await pieces()).toEqual([]);
  });
});
