import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serverUrl } from '#src/store/embedded/attachment.ts';
import { stopPostmaster } from '#src/store/embedded/postmaster.ts';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { expectGoodEnd, finishedRows, taskRows } from '#test/outcome.ts';
import { familyOf, postmasterOf } from '#test/server.ts';
import { temporaryFolder } from '#test/temporary.ts';

const hasVideo = ({ attachments }: { attachments: readonly unknown[] }) => attachments.length === 1;

/** The bot as `npm start` runs it, on a server of its own. */
async function begin() {
  const folder = await temporaryFolder();
  const cluster = join(folder.path, 'postgres');
  onTestFinished(async () => {
    await stopPostmaster(cluster);
    await folder[Symbol.asyncDispose]();
  });
  const world = await startWorld({
    databaseUrl: serverUrl(join(folder.path, 'run'), 'kling'),
    env: { DATABASE_URL: '', DATA_DIR: folder.path },
    rivya: { render: 'manual' },
  });
  onTestFinished(() => world[Symbol.asyncDispose]());
  return { world, cluster };
}

test.each([
  ['alone', async (pid: number) => [pid]],
  ['with all its processes', familyOf],
])(
  'the embedded server killed %s under a working bot: it comes back, and everything goes on',
  async (_, victims) => {
    const { world, cluster } = await begin();
    const early = world.kling({ prompt: 'early' });
    await eventually(async () => (await taskRows(world))[0]?.status === 'rendering', 'the render');

    for (const pid of await victims(await postmasterOf(cluster))) process.kill(pid, 'SIGKILL');
    const during = world.kling({ prompt: 'during' });
    await during.callback;
    const late = await eventually(async () => {
      const interaction = world.kling({ prompt: 'late' });
      await interaction.callback;
      return !interaction.isPrivate() && interaction;
    }, 'an accepted task');
    await eventually(() => world.rivya.tasks.some(({ body }) => body.prompt === 'late'), 'its create');
    world.rivya.render = 'auto';
    for (const { id, status } of world.rivya.tasks) if (status !== 'succeeded') world.rivya.finish(id);

    await Promise.all([early, late].map((interaction) => interaction.waitFor(hasVideo)));
    // Whatever was said to the command in between, it was true.
    if (during.isPrivate()) expect(during.reply()?.content).toMatch(/Nothing was charged/i);
    else await during.waitFor(hasVideo);
    const rows = await finishedRows(world);
    expect(rows.map(({ status, delivery }) => `${status} ${delivery}`)).toEqual(rows.map(() => 'succeeded delivered'));
    expect(world.rivya.tasks).toHaveLength(rows.length);
    expect(world.bot?.lines.filter(({ msg }) => msg.startsWith('the embedded PostgreSQL is gone'))).toHaveLength(1);
    await expectGoodEnd(world);
    expect(await world.bot?.kill('SIGTERM')).toBe(0);
  },
  90_000,
);

test('a clean stop while the server is down and cannot start ends with 0, and the next start goes on', async () => {
  const { world, cluster } = await begin();
  const interaction = world.kling();
  await eventually(async () => (await taskRows(world))[0]?.status === 'rendering', 'the render');
  const settings = join(cluster, 'postgresql.conf');
  const good = await readFile(settings, 'utf8');
  await writeFile(settings, `${good}\nno_such_setting = 1\n`);
  process.kill(await postmasterOf(cluster), 'SIGKILL');
  await world.bot?.waitForLog(({ msg }) => msg.startsWith('the embedded PostgreSQL does not start'));

  expect(await world.bot?.kill('SIGTERM')).toBe(0);
  await writeFile(settings, good);
  for (const { id } of world.rivya.tasks) world.rivya.finish(id);
  await world.boot();

  await interaction.waitFor(hasVideo);
  await expectGoodEnd(world);
}, 90_000);
