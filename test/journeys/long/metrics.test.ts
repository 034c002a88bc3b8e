import { expect, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { expectGoodEnd, finishedRows } from '#test/outcome.ts';
import { freePort } from '#test/program.ts';

const prompt = 'a very particular fox';
const hasVideo = ({ attachments }: { attachments: readonly unknown[] }) => attachments.length === 1;

test('/metrics tells of a video from the command to the delivery, and of nobody; every log line about it has its id', async () => {
  const port = await freePort();
  await using world = await startWorld({
    env: { HTTP_PORT: String(port), QUOTA_CREDITS: '180' },
    rivya: { render: 'manual' },
  });
  const scrape = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(10_000) });
    return { type: response.headers.get('content-type'), text: await response.text() };
  };
  const says = (text: string, line: string) => text.split('\n').includes(line);

  const interaction = world.kling({ prompt });
  await eventually(async () => {
    const { text } = await scrape();
    return says(text, 'kling_tasks{status="rendering"} 1') && says(text, 'kling_credits_held 90');
  }, 'a scrape that shows the render');
  for (const { id } of world.rivya.tasks) world.rivya.finish(id);
  await interaction.waitFor(hasVideo);
  const second = world.kling({ prompt });
  await second.waitFor(() => true);
  await eventually(() => world.rivya.tasks.length === 2, 'the second render');
  world.rivya.fail(world.rivya.tasks[1]?.id ?? '');
  const [task, failed] = await finishedRows(world);
  // Nothing is left of the allowance while a third one waits.
  await world.database.sql`update accounts set spent = spent + 180 where owner = ${`user:${world.user.id}`}`;
  await world.kling({ prompt }).waitFor(() => true);
  await world.database.sql`update accounts set spent = spent - 180 where owner = ${`user:${world.user.id}`}`;

  const found = await eventually(async () => {
    const { type, text } = await scrape();
    return says(text, 'kling_credits_spent 90') && says(text, 'kling_credits_held 0') && { type, text };
  }, 'figures of the end');

  for (const line of [
    'kling_ready 1',
    'kling_gateway_connected 1',
    'kling_queue_running 1',
    'kling_database_away 0',
    'kling_provider_key_refused 0',
    'kling_answer_seconds_count{kind="command",outcome="answered"} 3',
    'kling_requests_total{outcome="accepted"} 2',
    'kling_requests_total{outcome="quota"} 1',
    'kling_provider_call_seconds_count{route="POST /api/v1/generations",status="2xx"} 2',
    'kling_tasks_closed_total{status="succeeded"} 1',
    'kling_tasks_closed_total{status="failed"} 1',
    'kling_deliveries_total{rung="reply"} 2',
    'kling_tasks{status="rendering"} 0',
    'kling_line_length 0',
  ]) {
    expect(found.text.split('\n')).toContain(line);
  }
  expect(found.type).toMatch(/^text\/plain; version=0\.0\.4/);
  const nobody = [world.user.id, world.guild.id, world.channel.id, world.discord.applicationId, prompt, 'fox'];
  const secrets = [world.discord.botToken, world.rivya.apiKey, world.rivya.tasks[0]?.id ?? '?', task?.id ?? '?'];
  expect([...nobody, ...secrets].filter((word) => found.text.includes(word))).toEqual([]);

  const about = (id: string | undefined) => world.bot?.lines.filter(({ task: of }) => of === id).map(({ msg }) => msg);
  expect(about(task?.id)).toEqual(expect.arrayContaining(['rendering', 'delivered']));
  expect(about(failed?.id)).toEqual(expect.arrayContaining(['rendering', 'delivered']));
  const stages = [
    'rendering',
    'delivered',
    'rung closed',
    'create failed',
    'job failed',
    'poll failed',
    'result not opened',
  ];
  expect(world.bot?.lines.filter((line) => stages.includes(line.msg) && typeof line.task !== 'string')).toEqual([]);
  await expectGoodEnd(world);
}, 90_000);
