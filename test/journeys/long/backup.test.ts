import { execFile } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { serverUrl } from '#src/store/embedded/attachment.ts';
import { stopPostmaster } from '#src/store/embedded/postmaster.ts';
import { startWorld, type World } from '#test/bot.ts';
import type { Bot } from '#test/bot-process.ts';
import { eventually } from '#test/eventually.ts';
import { installedTools } from '#test/installed-server.ts';
import { expectGoodEnd, finishedRows, taskRows } from '#test/outcome.ts';
import { temporaryFolder } from '#test/temporary.ts';

const run = promisify(execFile);
const hasVideo = ({ attachments }: { attachments: readonly unknown[] }) => attachments.length === 1;
/** One at a time at the provider, so that somebody waits. */
const settings = { MAX_ACTIVE_TASKS: '1' };

/** A video that Discord does not take, a render, and one in line, as a backup finds them. */
async function threeUnderWay(world: World) {
  const { rivya, discord } = world;
  const states = async () => (await taskRows(world)).map(({ status, delivery }) => `${status} ${delivery}`);
  const refusing = discord.faults.add({
    method: 'PATCH',
    route: /^\/webhooks\//,
    status: 503,
    times: Number.POSITIVE_INFINITY,
  });
  const late = world.kling({ prompt: 'late' });
  await eventually(() => rivya.tasks.length === 1, 'the first render');
  rivya.finish(rivya.tasks[0]?.id ?? '');
  await eventually(async () => (await states()).includes('succeeded pending'), 'its delivery to fail');
  const rendering = world.kling({ prompt: 'rendering' });
  await eventually(async () => (await states()).includes('rendering none'), 'the second render');
  const waiting = world.kling({ prompt: 'waiting' });
  await eventually(async () => {
    const [row] = await world.database.sql`select answered_at from tasks where prompt = 'waiting'`;
    return row?.answeredAt !== null && row !== undefined;
  }, 'the third in line');
  expect(await states()).toEqual(['succeeded pending', 'rendering none', 'accepted none']);
  return { asked: [late, rendering, waiting], refusing };
}

/** All three come, and one more that the backup does not know. */
async function goOn(world: World, asked: Awaited<ReturnType<typeof threeUnderWay>>['asked']) {
  world.rivya.render = 'auto';
  const lost = world.kling({ prompt: 'lost' });
  for (const { id, status } of world.rivya.tasks) if (status !== 'succeeded') world.rivya.finish(id);
  await Promise.all([...asked, lost].map((one) => one.waitFor(hasVideo, 60_000)));
  expect(await finishedRows(world)).toHaveLength(4);
  return lost;
}

/** What docs/operations.md says of a database that was restored. */
async function expectRestored(world: World, before: Bot | null): Promise<void> {
  const rows = await finishedRows(world);
  const sent = world.rivya.requests.filter(({ method, path }) => method === 'POST' && path === '/api/v1/generations');

  expect(rows.map(({ status, delivery }) => `${status} ${delivery}`)).toEqual(Array(3).fill('succeeded delivered'));
  // The one in line was sent before and after: the same key, so it is one render at one price.
  expect(sent).toHaveLength(5);
  expect(world.rivya.tasks.map(({ body }) => body.prompt)).toEqual(['late', 'rendering', 'waiting', 'lost']);
  expect(world.rivya.credits).toBe(9_000 - 4 * 90);
  expect(world.discord.messages(world.channel.id).filter(hasVideo)).toHaveLength(4);
  expect(world.discord.messages(world.channel.id)).toHaveLength(4);
  const [spent] = await world.database.sql`select sum(spent)::int as credits from accounts where owner = 'bot'`;
  expect(spent?.credits).toBe(3 * 90);
  // What the database has forgotten is told by the log alone.
  const known = rows.map(({ id }) => id);
  const named = before?.lines.filter(({ msg, task }) => msg === 'rendering' && !known.includes(String(task)));
  expect(named).toMatchObject([{ provider: world.rivya.tasks[3]?.id }]);
  await expectGoodEnd(world);
}

test('a copy of the stopped DATA_DIR, put back later, carries on what was open and pays nothing twice', async () => {
  const [home, shelf] = [await temporaryFolder(), await temporaryFolder()];
  const cluster = join(home.path, 'postgres');
  onTestFinished(async () => {
    await stopPostmaster(cluster);
    await home[Symbol.asyncDispose]();
    await shelf[Symbol.asyncDispose]();
  });
  await using world = await startWorld({
    databaseUrl: serverUrl(join(home.path, 'run'), 'kling'),
    env: { DATABASE_URL: '', DATA_DIR: home.path, ...settings },
    rivya: { render: 'manual' },
  });
  const { asked, refusing } = await threeUnderWay(world);

  expect(await world.bot?.kill('SIGTERM')).toBe(0);
  await run('cp', ['-a', `${home.path}/.`, shelf.path]);
  refusing.remove();
  const after = await world.boot();
  const lost = await goOn(world, asked);
  expect(await after.kill('SIGTERM')).toBe(0);
  for (const name of await readdir(home.path)) await rm(join(home.path, name), { recursive: true });
  await run('cp', ['-a', `${shelf.path}/.`, home.path]);
  // By then the 15 minutes of the replies are over.
  for (const one of [...asked, lost]) one.expireToken();
  await world.boot();

  await expectRestored(world, after);
}, 180_000);

const tools = await installedTools();

test.skipIf(tools === null)(
  'a dump made beside the running bot, restored later, carries on what was open and pays nothing twice',
  async () => {
    if (tools === null) return;
    await using shelf = await temporaryFolder();
    await using server = await tools.start();
    const dump = join(shelf.path, 'kling.dump');
    await using world = await startWorld({ databaseUrl: server.url, env: settings, rivya: { render: 'manual' } });
    const { asked, refusing } = await threeUnderWay(world);

    await server.use('pg_dump', '--format', 'custom', '--file', dump, 'kling');
    refusing.remove();
    const lost = await goOn(world, asked);
    expect(await world.bot?.kill('SIGTERM')).toBe(0);
    await server.use('dropdb', '--force', 'kling');
    await server.use('createdb', 'kling');
    await server.use('pg_restore', '--dbname', 'kling', '--exit-on-error', dump);
    for (const one of [...asked, lost]) one.expireToken();
    await world.boot();

    await expectRestored(world, world.bot);
  },
  180_000,
);
