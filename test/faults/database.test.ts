import { describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '#src/store/database.ts';
import { startWorld, type World } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { expectGoodEnd, finishedRows, privateAnswer, taskRows } from '#test/outcome.ts';
import { freeze, ownServer } from '#test/server.ts';

const hasVideo = ({ attachments }: { attachments: readonly unknown[] }) => attachments.length === 1;
const away = /records cannot be reached right now.*Nothing was charged/;
type Interaction = ReturnType<World['kling']>;

/** A bot on a server of its own, which nobody looks after. */
async function begin(options: Parameters<typeof startWorld>[0] = {}) {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await ownServer());
  const world = stack.use(await startWorld({ databaseUrl: server.url, ...options }));
  const kept = stack.move();
  return { server, world, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Ends every session of the bot's, or all but `keep` of an application. */
function killSessions(database: Database): Promise<unknown> {
  return database.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name in ('kling', 'kling-queue', '') and pid <> pg_backend_pid() and backend_type = 'client backend'`;
}

/** What the member was told was true: a private no, and nothing was made of it; or the video. */
async function expectHonest(world: World, interaction: Interaction): Promise<void> {
  await interaction.callback;
  if (!interaction.isPrivate()) await interaction.waitFor(hasVideo, 60_000);
  else {
    expect(await privateAnswer(interaction)).toMatch(away);
    expect(await world.database.sql`select from tasks where origin = ${interaction.id}`).toHaveLength(0);
  }
}

/** Commands until one is accepted publicly. */
function accepted(world: World): Promise<Interaction> {
  return eventually(async () => {
    const interaction = world.kling({ prompt: 'accepted again' });
    await interaction.callback;
    return !interaction.isPrivate() && interaction;
  }, 'an accepted task');
}

async function expectAllDelivered(world: World): Promise<void> {
  const rows = await finishedRows(world);
  expect(rows.map(({ status, delivery }) => `${status} ${delivery}`)).toEqual(rows.map(() => 'succeeded delivered'));
  expect(world.rivya.tasks).toHaveLength(rows.length);
  await expectGoodEnd(world);
}

describe.concurrent('a database that fails under work', () => {
  test('a restart of the server under tasks in every state: each goes on by itself, and the queue listens again', async () => {
    await using own = await begin({
      rivya: { render: 'manual' },
      env: { MAX_ACTIVE_TASKS: '2' },
    });
    const { server, world } = own;
    const rendering = [world.kling({ prompt: 'first' }), world.kling({ prompt: 'second' })];
    await eventually(() => world.rivya.tasks.length === 2, 'two renders');
    const waiting = world.kling({ prompt: 'in line' });
    await eventually(async () => (await taskRows(world)).length === 3, 'the line');
    const upload = Promise.withResolvers<void>();
    const held = world.discord.faults.add({
      method: 'PATCH',
      route: '/webhooks/:application/:token/messages/@original',
      hold: upload.promise,
      when: 'after',
    });
    world.rivya.finish(world.rivya.tasks[0]?.id ?? '');
    await eventually(() => held.hits > 0, 'an upload under way');

    await server.stop();
    upload.resolve();
    const during = world.kling({ prompt: 'while away' });
    await during.callback;
    await server.start();
    const after = await accepted(world);
    world.rivya.render = 'auto';
    for (const { id, status } of world.rivya.tasks) if (status !== 'succeeded') world.rivya.finish(id);

    await Promise.all([...rendering, waiting, after].map((one) => one.waitFor(hasVideo, 60_000)));
    await expectHonest(world, during);
    await expectAllDelivered(world);
    const listening = await world.database.sql`
    select from pg_stat_activity where application_name = 'kling-queue' and query ilike 'listen%'`;
    expect(listening).toHaveLength(1);
  }, 120_000);

  test('all sessions killed again and again while tasks are under way: each is paid and delivered once', async () => {
    await using world = await startWorld({ env: { MAX_ACTIVE_TASKS_PER_USER: '8' } });
    const interactions: Interaction[] = [];

    for (let round = 0; round < 8; round += 1) {
      interactions.push(world.kling({ prompt: `round ${round}` }));
      await eventually(async () => {
        await world.database.sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`;
        return true;
      }, 'a killing');
      // Each round at another moment of the tasks before it.
      await new Promise((resolve) => setTimeout(resolve, 40 * round));
    }

    for (const interaction of interactions) await expectHonest(world, interaction);
    await (await accepted(world)).waitFor(hasVideo);
    await expectAllDelivered(world);
  }, 120_000);

  test('a pool whose every connection is kept waiting: everybody sees “thinking…” in time, and then a video', async () => {
    await using world = await startWorld({ env: { QUOTA_CREDITS: '9000', MAX_WAITING_TASKS_PER_USER: '30' } });
    const connection = await world.database.sql.reserve();
    await connection`begin`;
    await connection`lock table tasks in access exclusive mode`;

    const interactions = Array.from({ length: 15 }, (_, index) => world.kling({ prompt: `waits ${index}` }));
    const answers = await Promise.all(interactions.map(({ callback }) => callback));
    await connection`rollback`;
    connection.release();

    expect(answers.map(({ type }) => type)).toEqual(answers.map(() => 5));
    await Promise.all(interactions.map((interaction) => interaction.waitFor(hasVideo, 60_000)));
    await expectAllDelivered(world);
  }, 120_000);

  test('a server with no connection left: a private answer in time, and work goes on when there are some', async () => {
    await using own = await begin({ rivya: { render: 'manual' } });
    const { server, world } = own;
    const early = world.kling({ prompt: 'early' });
    await eventually(() => world.rivya.tasks.length === 1, 'the render');
    await using crowd = openDatabase(server.url, { max: 200, applicationName: 'crowd' });
    await using admin = openDatabase(server.url, { max: 1, applicationName: 'admin' });
    await admin.sql`select 1`;
    const fill = async () => {
      const more = Array.from({ length: 200 }, () => crowd.sql`select pg_sleep(0.2)`.catch(() => {}));
      await Promise.all(more);
    };
    await fill();
    let isFilling = true;
    const keepFull = (async () => {
      for (let times = 0; isFilling && times < 1_000; times += 1) await fill();
    })();

    const refused = await eventually(async () => {
      await killSessions(admin);
      await fill();
      const interaction = world.kling({ prompt: 'no room' });
      await interaction.callback;
      return interaction.isPrivate() && interaction;
    }, 'a private answer');
    expect(await privateAnswer(refused)).toMatch(away);
    isFilling = false;
    await keepFull;
    await crowd.close();
    world.rivya.render = 'auto';
    world.rivya.finish(world.rivya.tasks[0]?.id ?? '');

    await early.waitFor(hasVideo, 60_000);
    await (await accepted(world)).waitFor(hasVideo, 60_000);
    await expectGoodEnd(world);
  }, 120_000);

  test('a server that is frozen: “thinking…” at first, then a private no at once; thawed, all goes on', async () => {
    await using own = await begin();
    const { server, world } = own;

    const thaw = await freeze(await server.postmaster());
    using _ = { [Symbol.dispose]: thaw };
    const first = world.kling({ prompt: 'first' });
    expect((await first.callback).type).toBe(5);
    const refused = await eventually(async () => {
      const interaction = world.kling({ prompt: 'refused' });
      await interaction.callback;
      return interaction.isPrivate() && interaction;
    }, 'a private answer');
    expect(await privateAnswer(refused)).toMatch(away);
    thaw();

    await first.waitFor(hasVideo, 60_000);
    await (await accepted(world)).waitFor(hasVideo, 60_000);
    await expectAllDelivered(world);
  }, 120_000);
});
