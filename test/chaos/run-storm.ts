import { calm } from './calm.ts';
import { readCases } from './facts.ts';
import type { Plan } from './plan.ts';
import { runProvider } from './provider.ts';
import { openStage, type Stage } from './stage.ts';
import { storm } from './storm.ts';

export type Outcome = {
  readonly plan: Plan;
  readonly seconds: number;
  readonly complaints: readonly string[];
  readonly summary: string;
  readonly outputs: readonly { readonly name: string; readonly text: string }[];
};

/** A storm that is not over by then hangs somewhere. */
const longestMs = 180_000;

/** One storm from its first process to its last. Never throws: whatever goes wrong is a complaint. */
export async function runStorm(plan: Plan, interrupted: AbortSignal): Promise<Outcome> {
  const begun = Date.now();
  const over = AbortSignal.any([interrupted, AbortSignal.timeout(longestMs)]);
  let stage: Stage | undefined;
  let complaints: string[];
  let summary = '';
  try {
    stage = await openStage(plan);
    complaints = await orOver(weather(stage, over), over);
    summary = await summaryOf(stage);
  } catch (error) {
    complaints = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
  await dispose(stage).catch((error: unknown) => complaints.push(`not cleared away: ${error}`));
  return { plan, seconds: (Date.now() - begun) / 1000, complaints, summary, outputs: stage?.fleet.outputs() ?? [] };
}

async function weather(stage: Stage, over: AbortSignal): Promise<string[]> {
  const ended = new AbortController();
  const providing = runProvider(stage, AbortSignal.any([over, ended.signal]));
  try {
    await storm(stage);
    return await calm(stage);
  } finally {
    ended.abort();
    await providing;
  }
}

function orOver<T>(work: Promise<T>, over: AbortSignal): Promise<T> {
  const stopped = new Promise<never>((_, reject) => {
    const stop = () => reject(new Error(`not over after ${longestMs / 1000} s, or interrupted`));
    if (over.aborted) stop();
    else over.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([work, stopped]);
}

async function summaryOf(stage: Stage): Promise<string> {
  const cases = await readCases(stage);
  const count = (what: string, found: number) => (found === 0 ? [] : [`${found} ${what}`]);
  const accepted = cases.filter(({ told }) => told === 'accepted');
  const blows = Map.groupBy(stage.plan.blows, ({ kind }) => kind);
  return [
    stage.plan.fleet.join('+'),
    ...count('videos', accepted.filter(({ row }) => row?.status === 'succeeded').length),
    ...count('failed', accepted.filter(({ row }) => row?.status === 'failed').length),
    ...count('refused', cases.filter(({ told }) => told.endsWith('refused')).length),
    ...count('unanswered', cases.filter(({ told }) => told === 'nothing').length),
    ...count('left thinking', cases.filter(({ told }) => told === 'thinking').length),
    ...[...blows].map(([kind, list]) => `${kind}×${list.length}`),
  ].join(', ');
}

async function dispose(stage: Stage | undefined): Promise<void> {
  await stage?.[Symbol.asyncDispose]();
}
