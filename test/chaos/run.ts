import { interruption } from '#sandbox/show/interruption.ts';
import { sweepKilledRuns } from '#test/temporary.ts';
import { readArguments, usage } from './arguments.ts';
import { makePlan, seedOf } from './plan.ts';
import { keep, lineOf, reportOf, totalOf } from './report.ts';
import { type Outcome, runStorm } from './run-storm.ts';

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
  const outcomes: Outcome[] = [];
  const lane = async () => {
    while (next < args.runs && !signal.aborted) {
      const index = next++;
      const outcome = await runStorm(makePlan(seedOf(args.seed, index)), signal);
      if (signal.aborted) return;
      console.log(lineOf(index, args.runs, outcome));
      if (outcome.complaints.length > 0) console.log(reportOf(outcome));
      if (outcome.complaints.length > 0 && args.keep !== null) await keep(outcome, args.keep);
      // What each process printed is only needed where something went wrong.
      outcomes.push({ ...outcome, outputs: [] });
    }
  };
  await Promise.all(Array.from({ length: args.atOnce }, lane));

  if (signal.aborted) {
    console.error(signal.reason);
    return 130;
  }
  console.log(`\n${totalOf(outcomes, args.seed)}`);
  return outcomes.every(({ complaints }) => complaints.length === 0) ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
process.exit();
