import { expect, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { expectGoodEnd, finishedRows, taskRows } from '#test/outcome.ts';
import { account, age } from '#test/store.ts';

const creates = '/api/v1/generations';
const hasVideo = ({ attachments }: { attachments: readonly unknown[] }) => attachments.length === 1;

test('a key revoked in mid-flight fails nobody, is told once, and its successor finishes all', async () => {
  await using world = await startWorld({ rivya: { render: 'manual' }, env: { MAX_ACTIVE_TASKS: '2' } });
  const rendering = world.kling({ prompt: 'rendering' });
  await eventually(async () => (await taskRows(world))[0]?.status === 'rendering', 'the render');
  world.rivya.setKey('rvya_sk_successor');
  const later = [world.kling({ prompt: 'has a slot' }), world.kling({ prompt: 'waits in line' })];
  const refusals = (method: string) =>
    world.rivya.requests.filter((request) => request.method === method && request.status === 401).length;
  await eventually(() => refusals('GET') >= 1 && refusals('POST') >= 2, 'the key to be refused');

  const statuses = (await taskRows(world)).map(({ status }) => status);
  expect(statuses.sort()).toEqual(['accepted', 'rendering', 'submitting']);
  expect(await world.bot?.kill('SIGTERM')).toBe(0);
  expect(world.bot?.lines.filter(({ msg }) => msg.includes('refuses RIVYA_API_KEY'))).toHaveLength(1);
  world.rivya.render = 'auto';
  world.rivya.finish(world.rivya.tasks[0]?.id ?? '');
  await world.database.sql`update tasks set wake_at = now() where status = 'submitting'`;
  await world.boot({ RIVYA_API_KEY: 'rvya_sk_successor' });

  await Promise.all([rendering, ...later].map((interaction) => interaction.waitFor(hasVideo)));
  expect(world.rivya.tasks).toHaveLength(3);
  await expectGoodEnd(world);
}, 90_000);

test('a create whose answer is lost, a 5xx, a conflict or a rate limit is sent again with the same key and body', async () => {
  await using world = await startWorld();
  const cases = [
    { when: 'after', drop: true } as const,
    { when: 'before', drop: true } as const,
    { when: 'after', status: 502 } as const,
    { when: 'before', status: 409, body: { error: { code: 'idempotency_conflict', message: 'busy' } } } as const,
    { when: 'before', status: 429, code: 'rate_limited', headers: { 'retry-after': '1' } } as const,
  ];
  // Each fault is met by one send; the next send of that task gets through.
  for (const fault of cases) world.rivya.faults.add({ method: 'POST', route: creates, ...fault });
  const users = cases.map((_, index) => world.discord.addUser({ name: `user${index}` }));
  const interactions = users.map(({ id }) => world.kling({}, { userId: id }));
  await Promise.all(interactions.map((interaction) => interaction.waitFor(hasVideo, 40_000)));

  expect(world.rivya.tasks).toHaveLength(cases.length);
  expect(world.rivya.requests.filter(({ method, path }) => method === 'POST' && path === creates)).toHaveLength(10);
  expect((await finishedRows(world)).map(({ status }) => status)).toEqual(cases.map(() => 'succeeded'));
  await expectGoodEnd(world);
}, 90_000);

test('polls that fail never end a render: 404, 5xx, an unknown status and rubbish are waited out', async () => {
  await using world = await startWorld({ rivya: { renderMs: 1, minPollMs: 0 } });
  const route = '/api/v1/generations/:id';
  world.rivya.faults.add({ method: 'GET', route, status: 404, code: 'not_found' });
  world.rivya.faults.add({ method: 'GET', route, status: 503 });
  world.rivya.faults.add({ method: 'GET', route, status: 200, body: { id: 'x', status: 'dreaming' } });

  const interaction = world.kling();
  // Each poll would be seconds apart: the row is moved instead of waiting.
  const hurry = setInterval(() => {
    world.database.sql`update tasks set next_poll_at = now() where status = 'rendering'`.catch(() => {});
  }, 500);
  try {
    await interaction.waitFor(hasVideo);
  } finally {
    clearInterval(hurry);
  }

  expect(world.rivya.tasks[0]?.statusReads).toBeGreaterThanOrEqual(1);
  expect(await finishedRows(world)).toMatchObject([{ status: 'succeeded' }]);
}, 60_000);

test('a create that may have been taken and is never confirmed ends uncertain: released, told, and not sent again', async () => {
  await using world = await startWorld();
  world.rivya.faults.add({ method: 'POST', route: creates, status: 500, times: 100 });
  const interaction = world.kling();
  const row = await eventually(
    async () => (await taskRows(world)).find(({ status }) => status === 'submitting'),
    'a send',
  );
  await eventually(() => world.rivya.requests.some(({ status, path }) => status === 500 && path === creates), 'a 500');

  // Half an hour later one more send is made, and then no more.
  await eventually(async () => {
    await age(world.database, row.id, 31 * 60_000);
    return (await taskRows(world)).find(({ status }) => status === 'uncertain');
  }, 'the end of sends');
  const notice = await eventually(
    async () => (await taskRows(world)).find(({ delivery }) => delivery === 'delivered'),
    'the notice',
  );

  expect(notice.errorCode).toBe('send_uncertain');
  expect(await account(world.database, `user:${world.user.id}`)).toEqual({ held: 0, spent: 0 });
  expect(interaction.reply()?.content ?? '').toContain('a fox in the snow');
  expect(world.discord.violations).toEqual([]);
}, 60_000);

test('a render without an end is uncertain after six hours, and its late video is delivered free of charge', async () => {
  await using world = await startWorld({ rivya: { render: 'manual', minPollMs: 0 } });
  const interaction = world.kling();
  await eventually(() => world.rivya.tasks.length === 1, '1 tasks at the provider');
  const [row] = await taskRows(world);
  const id = row?.id ?? '';
  await eventually(async () => (await taskRows(world)).find(({ status }) => status === 'rendering'), 'rendering');
  await world.database
    .sql`update tasks set rendering_at = now() - interval '7 hours', next_poll_at = now() where id = ${id}`;

  const told = await interaction.waitFor(({ content }) => content.includes('⚠️'));
  world.rivya.finish(world.rivya.tasks[0]?.id ?? '');
  await age(world.database, id, 61 * 60_000);
  const video = await world.discord.waitForMessage(world.channel.id, hasVideo);

  expect(told.content).toMatch(/not finished this video in six hours.*credits are back/);
  expect(video.content).toMatch(/late, so free of charge/);
  expect(await account(world.database, `user:${world.user.id}`)).toEqual({ held: 0, spent: 0 });
  expect(await account(world.database, 'bot')).toEqual({ held: 0, spent: 90 });
  await expectGoodEnd(world);
}, 60_000);

test('a success without a video is waited for, then told and closed; nothing is lost from the books', async () => {
  await using world = await startWorld({ rivya: { render: 'manual', minPollMs: 0 } });
  const interaction = world.kling();
  await eventually(() => world.rivya.tasks.length === 1, 'the create');
  world.rivya.finish(world.rivya.tasks[0]?.id ?? '', { urls: null });
  const seen = await eventually(async () => {
    const [row] = await world.database.sql<{ id: string }[]>`select id from tasks where missing_url_at is not null`;
    return row;
  }, 'the missing video to be noticed');
  expect(await taskRows(world)).toMatchObject([{ status: 'rendering' }]);

  await age(world.database, seen.id, 11 * 60_000);
  const told = await eventually(async () => {
    await world.database.sql`update tasks set next_poll_at = now() where status = 'rendering'`;
    return interaction.reply()?.content.includes('⚠️') && interaction.reply();
  }, 'the notice');

  expect(told.content).toMatch(/done but gave no video/);
  expect(await finishedRows(world)).toMatchObject([{ status: 'succeeded', delivery: 'undeliverable' }]);
  expect(await account(world.database, `user:${world.user.id}`)).toEqual({ held: 0, spent: 90 });
  await expectGoodEnd(world);
});
