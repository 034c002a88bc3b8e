import { expect, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { holdAccounts } from '#test/held-accounts.ts';
import { expectGoodEnd, finishedRows, privateAnswer, taskRows } from '#test/outcome.ts';
import { ownServer } from '#test/server.ts';
import { account } from '#test/store.ts';

const hasVideo = ({ attachments }: { attachments: readonly unknown[] }) => attachments.length === 1;

test('a slow database: the member sees "thinking…" in time, then the task goes its way', async () => {
  await using world = await startWorld();
  const held = await holdAccounts(world.database.sql);

  const interaction = world.kling();
  const answer = await interaction.callback;
  await held.release();
  await interaction.waitFor(hasVideo);

  expect(answer.type).toBe(5);
  expect(interaction.isPrivate()).toBe(false);
  expect(world.rivya.tasks).toHaveLength(1);
  await finishedRows(world);
  await expectGoodEnd(world);
});

test('a refusal that comes late is one neutral line in public, and its figures are private', async () => {
  await using world = await startWorld({ env: { QUOTA_CREDITS: '10' } });
  const held = await holdAccounts(world.database.sql);

  const interaction = world.kling();
  await interaction.callback;
  await held.release();
  const reply = await interaction.waitFor(({ content }) => content !== '');
  const [reason] = await eventually(() => interaction.followups.length > 0 && interaction.followups, 'the reason');

  expect(reply.content).toMatch(/not accepted; the reason was sent privately/);
  expect(reply.content).not.toMatch(/\d/);
  expect(reason?.content).toMatch(/costs 90 credits and you have 10 left/);
  expect((reason?.flags ?? 0) & 64).toBe(64);
  expect(await taskRows(world)).toEqual([]);
  await expectGoodEnd(world);
});

test('a connection that breaks while it is not known what became of the transaction: one task, one hold', async () => {
  await using world = await startWorld();
  const held = await holdAccounts(world.database.sql);

  const interaction = world.kling();
  await eventually(async () => {
    const cut = await world.database.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and pid <> pg_backend_pid()`;
    return cut.length > 0;
  }, 'a transaction to be cut');
  await held.release();
  await interaction.waitFor(hasVideo);

  expect(await finishedRows(world)).toHaveLength(1);
  expect(world.rivya.tasks).toHaveLength(1);
  expect(await account(world.database, 'bot')).toEqual({ held: 0, spent: 90 });
  await expectGoodEnd(world);
});

test('a database known to be away: an honest private answer at once, and work goes on when it is back', async () => {
  await using server = await ownServer();
  await using world = await startWorld({ databaseUrl: server.url });
  const before = world.kling({ prompt: 'before' });
  await before.waitFor(hasVideo);

  await server.stop();
  // The first statement that fails tells; until then a command may have to wait behind "thinking…".
  const away = await eventually(async () => {
    const interaction = world.kling({ prompt: 'while away' });
    const { type } = await interaction.callback;
    return type === 4 && interaction.isPrivate() && interaction;
  }, 'a private answer');
  expect(await privateAnswer(away)).toMatch(/records cannot be reached right now.*Nothing was charged/);

  await server.start();
  const after = await eventually(async () => {
    const interaction = world.kling({ prompt: 'after' });
    await interaction.callback;
    return !interaction.isPrivate() && interaction;
  }, 'an accepted task');
  await after.waitFor(hasVideo);
  await expectGoodEnd(world);
}, 90_000);
