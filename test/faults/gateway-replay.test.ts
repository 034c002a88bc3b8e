import { expect, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { expectGoodEnd, finishedRows } from '#test/outcome.ts';

const hasVideo = ({ attachments }: { attachments: readonly unknown[] }) => attachments.length === 1;

test('interactions that the gateway sends again or late after RESUME: one task, one charge, one answer each', async () => {
  await using world = await startWorld({ rivya: { render: 'manual' } });
  const { discord, rivya, database } = world;
  const { gateway } = discord;
  const triesToAnswer = ({ id }: { id: string }) =>
    discord.requests.filter(({ path }) => path.startsWith(`/interactions/${id}/`)).map(({ status }) => status);
  const resume = async (meanwhile = () => {}) => {
    const { resumes } = gateway;
    gateway.fault({ replays: true });
    gateway.drop();
    meanwhile();
    await gateway.waitFor(() => gateway.resumes > resumes, 40_000, 'a resume');
  };
  const before = world.kling({ prompt: 'before' });
  await eventually(() => rivya.tasks.length === 1, 'the first at the provider');

  const meant = { meanwhile: before, tooLate: before };
  await resume(() => {
    meant.meanwhile = world.kling({ prompt: 'meanwhile' }, { answerWithinMs: 60_000 });
    meant.tooLate = world.kling({ prompt: 'too late' }, { at: Date.now() - 5_000 });
  });
  const { meanwhile, tooLate } = meant;
  await eventually(() => rivya.tasks.length === 2 && triesToAnswer(before).length === 2, 'the replay');
  for (const { id } of rivya.tasks) rivya.finish(id);
  await Promise.all([before, meanwhile].map((one) => one.waitFor(hasVideo)));
  await resume();
  await eventually(() => triesToAnswer(before).length === 3 && triesToAnswer(meanwhile).length === 2, 'a replay again');
  await eventually(() => triesToAnswer(tooLate).length === 2, 'the dead one again');
  const rows = await finishedRows(world);

  expect(rows.map(({ status }) => status).toSorted()).toEqual(['canceled', 'succeeded', 'succeeded']);
  expect(rivya.tasks.map(({ body }) => body.prompt)).toEqual(['before', 'meanwhile']);
  expect(await entries(database)).toEqual([
    { kind: 'hold', count: 3, amount: 270 },
    { kind: 'release', count: 1, amount: 90 },
    { kind: 'settle', count: 2, amount: 180 },
  ]);
  expect(triesToAnswer(before)).toEqual([200, 400, 400]);
  expect(triesToAnswer(meanwhile)).toEqual([200, 400]);
  expect(triesToAnswer(tooLate)).toEqual([404, 404]);
  expect([before, meanwhile].map((one) => [hasVideo(one.reply() ?? { attachments: [] }), one.followups])).toEqual([
    [true, []],
    [true, []],
  ]);
  expect(discord.messages(world.channel.id)).toHaveLength(2);
  expect(discord.dms(world.user.id)).toEqual([]);
  await expectGoodEnd(world);
});

function entries({ sql }: Awaited<ReturnType<typeof startWorld>>['database']) {
  return sql`
    select kind, count(*)::int as count, sum(amount)::int as amount from ledger
    where owner like 'user%' group by kind order by kind::text`.then((rows) => rows.map((row) => ({ ...row })));
}
