import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { interruption } from '#sandbox/show/interruption.ts';
import { sweepKilledRuns } from '#test/temporary.ts';
import { type Arguments, readArguments, usage } from './arguments.ts';
import { makePlan, seedOf } from './plan.ts';
import { type Outcome, runStorm } from './run-storm.ts';

const mostShown = 40;

async function main(): Promise<number> {
  const args = readArguments(process.argv.slice(2), Date.now());
  if (args.wantsHelp) {
    console.log(usage);
    return 0;
  }
  const signal = interruption();
  await sweepKilledRuns();
  console.log(`${args.runs} storms from seed ${args.seed}`);

  let next = 0;
  const failed: number[] = [];
  const lane = async () => {
    while (next < args.runs && !signal.aborted) {
      const index = next++;
      const seed = seedOf(args.seed, index);
      const outcome = await runStorm(makePlan(seed), signal);
      if (signal.aborted) return;
      console.log(lineOf(index, args, outcome));
      if (outcome.complaints.length === 0) continue;
      failed.push(seed);
      await report(outcome, args);
    }
  };
  await Promise.all(Array.from({ length: args.atOnce }, lane));

  if (signal.aborted) return 130;
  console.log(
    `\n${args.runs} storms from seed ${args.seed}: ${args.runs - failed.length} passed, ${failed.length} failed`,
  );
  for (const seed of failed) console.log(repeat(seed));
  return failed.length === 0 ? 0 : 1;
}

const repeat = (seed: number) => `  npm run chaos -- --runs 1 --seed ${seed}`;

function lineOf(index: number, { runs }: Arguments, { plan, complaints, seconds, summary }: Outcome): string {
  const verdict = complaints.length === 0 ? 'ok    ' : 'FAILED';
  const number = String(index + 1).padStart(String(runs).length);
  return `${number}  ${verdict}  seed ${String(plan.seed).padEnd(10)}  ${seconds.toFixed(1).padStart(5)} s  ${summary}`;
}

async function report({ plan, complaints, outputs }: Outcome, { keep }: Arguments): Promise<void> {
  console.log(
    complaints
      .slice(0, mostShown)
      .map((what) => `    ${what}`)
      .join('\n'),
  );
  console.log(`\n  its plan:\n${planText(plan)}\n\n  again:\n${repeat(plan.seed)}\n`);
  if (keep === null) return;
  const folder = join(keep, String(plan.seed));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'plan.txt'), `${complaints.join('\n')}\n\n${planText(plan)}\n`);
  for (const { name, text } of outputs) await writeFile(join(folder, `${name}.log`), text);
}

function planText({ commands, blows, members, ...rest }: Outcome['plan']): string {
  const lines = [
    JSON.stringify(rest),
    JSON.stringify({ members }),
    ...commands.map((command, index) => `command ${index} ${JSON.stringify(command)}`),
    ...blows.map((blow) => JSON.stringify(blow)),
  ];
  return lines.map((line) => `    ${line}`).join('\n');
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
process.exit();
