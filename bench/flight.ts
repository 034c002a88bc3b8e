import { setTimeout as sleep } from 'node:timers/promises';
import type { InteractionHandle } from '#sandbox/discord/discord.ts';
import type { RivyaStandIn } from '#sandbox/rivya/start.ts';
import { openSide } from './database.ts';
import { dueDelays, sampleDue } from './due.ts';
import type { Figure } from './figures.ts';
import { cpuSeconds, hasProc } from './proc.ts';
import { quantile } from './quantiles.ts';
import { startStage } from './stage.ts';
import { until } from './waiting.ts';

type Plan = {
  readonly tasks: number;
  readonly restSeconds: number;
  readonly steadySeconds: number;
  readonly rounds: number;
  readonly sampleSeconds: number;
  readonly finishSeconds: number;
};

const full: Plan = {
  tasks: 1000,
  restSeconds: 10,
  steadySeconds: 15,
  rounds: 3,
  sampleSeconds: 30,
  finishSeconds: 60,
};
/** Over before the first poll, which is due 2-3 s after the create and then finds the end. */
const quick: Plan = {
  tasks: 20,
  restSeconds: 0.5,
  steadySeconds: 0.4,
  rounds: 1,
  sampleSeconds: 1,
  finishSeconds: 0.1,
};
const patienceMs = 180_000;

/**
 * Many renders under way: what the database costs while they are followed, how late a due poll is, and how long a
 * finished video takes to its reply. No render of the kind has ended before, so each is asked for every 5-10 s: the most
 * that a bot ever asks.
 */
export async function flight(stack: AsyncDisposableStack, isQuick: boolean): Promise<Figure[]> {
  const plan = isQuick ? quick : full;
  const room = { MAX_ACTIVE_TASKS: '10000', MAX_ACTIVE_TASKS_PER_USER: '10000' };
  const stage = await startStage(stack, { members: 500, rivya: { render: 'manual' }, env: room });
  const { rivya, bot, postmaster } = stage;
  const coresOver = async (seconds: number) => {
    const before = await cpuSeconds(postmaster.pid);
    await sleep(seconds * 1000);
    return ((await cpuSeconds(postmaster.pid)) - before) / seconds;
  };
  const atRest = hasProc ? [await coresOver(plan.restSeconds)] : [];

  const handles: InteractionHandle[] = [];
  while (handles.length < plan.tasks) {
    const asked = Array.from({ length: Math.min(50, plan.tasks - handles.length) }, () => stage.community.kling());
    handles.push(...asked);
    await bot.alive(Promise.all(asked.map(({ callback }) => callback)));
  }
  await bot.alive(until(() => rivya.tasks.length === plan.tasks, 'all tasks at the provider', patienceMs));
  await sleep(plan.steadySeconds * 1000);

  const steady: number[] = [];
  const readsBefore = rivya.requests.length;
  const steadyFrom = performance.now();
  for (let round = 0; round < plan.rounds; round += 1) {
    if (hasProc) steady.push(await coresOver(plan.steadySeconds));
    else await sleep(plan.steadySeconds * 1000);
  }
  const readsPerSecond = (rivya.requests.length - readsBefore) / ((performance.now() - steadyFrom) / 1000);
  const samples = await sampleDue(openSide(stack, postmaster.sockets), plan.sampleSeconds);
  const finishing = finishSpread(rivya, plan.finishSeconds);
  const whole = handles.map((handle) => handle.waitFor(({ attachments }) => attachments.length === 1, patienceMs));
  const [coresAtEnd] = await Promise.all([
    hasProc ? coresOver(plan.finishSeconds) : undefined,
    bot.alive(Promise.all([finishing, ...whole])),
  ]);
  const late = dueDelays(samples, rivya.requests);
  const waits = deliveryWaits(handles, rivya);
  const requests = rivya.requests.filter(({ path }) => path.startsWith('/api/v1/generations')).length;

  const name = (what: string) => `${plan.tasks} in flight: ${what}`;
  return [
    { name: 'PostgreSQL at rest', unit: 'cores', values: atRest },
    { name: name('PostgreSQL'), unit: 'cores', values: steady, target: { is: 'under', limit: 0.05 } },
    { name: name('status requests a second'), unit: '/s', values: [readsPerSecond] },
    { name: name('due to poll p50'), unit: 's', values: [quantile(late, 0.5)] },
    { name: name('due to poll p99'), unit: 's', values: [quantile(late, 0.99)], target: { is: 'under', limit: 0.5 } },
    { name: name('provider requests a task, whole life'), unit: '', values: [requests / plan.tasks] },
    { name: name('done to delivered p50'), unit: 's', values: [quantile(waits, 0.5)] },
    { name: name('done to delivered p99'), unit: 's', values: [quantile(waits, 0.99)] },
    {
      name: name(`PostgreSQL while all end within ${plan.finishSeconds} s`),
      unit: 'cores',
      values: coresAtEnd === undefined ? [] : [coresAtEnd],
    },
  ];
}

async function finishSpread(rivya: RivyaStandIn, seconds: number): Promise<void> {
  const ids = rivya.tasks.map(({ id }) => id);
  const startedAt = performance.now();
  for (const [index, id] of ids.entries()) {
    const dueMs = startedAt + (index / ids.length) * seconds * 1000 - performance.now();
    if (dueMs > 0) await sleep(dueMs);
    rivya.finish(id);
  }
}

/** Seconds from the end of each render to the reply that shows it; the file's name says whose it is. */
function deliveryWaits(handles: readonly InteractionHandle[], rivya: RivyaStandIn): number[] {
  const doneAt = new Map(rivya.tasks.map((task) => [task.clientRequestId?.slice(0, 8), task.doneAt]));
  return handles.flatMap((handle) => {
    const shown = handle.states.find(({ message }) => message.attachments.length === 1);
    const done = doneAt.get(/[0-9a-f]{8}/.exec(shown?.message.attachments[0]?.filename ?? '')?.[0]);
    return shown === undefined || done === undefined ? [] : [(shown.at - done) / 1000];
  });
}
