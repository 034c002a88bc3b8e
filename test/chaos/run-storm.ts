import { calm } from './calm.ts';
import { type Counts, countCases } from './counts.ts';
import { readCases } from './facts.ts';
import type { Plan } from './plan.ts';
import { runProvider } from './provider.ts';
import { openStage, type Stage } from './stage.ts';
import { storm } from './storm.ts';
import { longestMs, unlessOver } from './time.ts';

export type Outcome = {
  readonly plan: Plan;
  readonly seconds: number;
  /** What is not as it has to be; empty: the storm was survived. */
  readonly complaints: readonly string[];
  readonly counts: Counts;
  /** What each process printed. */
  readonly outputs: readonly { readonly name: string; readonly text: string }[];
};

/** One storm from its first process to its last. Never throws: whatever goes wrong is a complaint. */
export async function runStorm(plan: Plan, interrupted: AbortSignal): Promise<Outcome> {
  const begun = Date.now();
  const over = AbortSignal.any([interrupted, AbortSignal.timeout(longestMs)]);
  const complaints: string[] = [];
  const fail = (error: unknown) => void complaints.push(error instanceof Error ? (error.stack ?? '') : String(error));
  let stage: Stage | undefined;
  let counts: Counts = {};
  try {
    stage = await openStage(plan, over);
    complaints.push(...(await unlessOver(weather(stage, over), over)));
    counts = countCases(await readCases(stage));
  } catch (error) {
    fail(error);
  }
  await stage?.[Symbol.asyncDispose]().then(undefined, fail);
  const outputs = stage?.fleet.outputs() ?? [];
  return { plan, seconds: (Date.now() - begun) / 1000, complaints, counts, outputs };
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
