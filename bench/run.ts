import { parseArgs } from 'node:util';
import { accept } from './accept.ts';
import { deliver } from './deliver.ts';
import { type Figure, isMissed, tableOf } from './figures.ts';
import { flight } from './flight.ts';

// Benchmarks of the real bot against the stand-ins: ratios from one run, as machines differ and are shared.
const benchmarks = { accept, deliver, flight } as const satisfies Record<string, Benchmark>;
type Benchmark = (stack: AsyncDisposableStack, isQuick: boolean) => Promise<Figure[]>;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const usage = 'npm run bench -- [accept] [deliver] [flight] [--quick] [--check]';

function readArguments() {
  const options = { quick: { type: 'boolean', default: false }, check: { type: 'boolean', default: false } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const unknown = positionals.filter((name) => !(name in benchmarks));
  if (unknown.length > 0) throw new Error(`no benchmark ${unknown.join(', ')}: ${usage}`);
  const isWanted = (name: string) => positionals.length === 0 || positionals.includes(name);
  return { ...values, wanted: Object.entries(benchmarks).filter(([name]) => isWanted(name)) };
}

async function main(): Promise<number> {
  const { quick, check, wanted } = readArguments();
  let missed = 0;
  for (const [name, benchmark] of wanted) {
    const figures = await measure(benchmark, quick);
    console.log(`\n${name}\n\n${tableOf(figures)}`);
    missed += figures.filter(isMissed).length;
  }
  console.log(missed === 0 ? '\nEvery target is met.' : `\n${missed} missed.`);
  return check && missed > 0 ? 1 : 0;
}

async function measure(benchmark: Benchmark, isQuick: boolean): Promise<Figure[]> {
  await using stack = new AsyncDisposableStack();
  const stop = () => void stack.disposeAsync().finally(() => process.exit(130));
  for (const signal of signals) process.once(signal, stop);
  try {
    return await benchmark(stack, isQuick);
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
