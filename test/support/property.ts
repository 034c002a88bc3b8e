import fc from 'fast-check';
import { type RunnerTestCase, test } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** How many cases a property was tried on. */
    cases?: number;
  }
}

/** The one place that says how many cases each property is tried on: a few in `npm test`, thousands in `npm run test:fuzz`. */
const casesEach = Number(process.env.FUZZ_CASES ?? 60);
/** The same cases in every run of `npm test`; others in each `npm run test:fuzz`, which tells its seed. */
const seed = Number(process.env.FUZZ_SEED ?? 1);
const path = process.env.FUZZ_PATH;

type Arbitraries<T extends unknown[]> = { [K in keyof T]: fc.Arbitrary<T[K]> };
type Options = {
  /** Of the cases that others get; for what takes long. */
  readonly share?: number;
};

/** A test that something holds whatever the values are. It holds unless `holds` throws (an `expect`, say). */
export function property<T extends [unknown, ...unknown[]]>(
  name: string,
  arbitraries: Arbitraries<T>,
  holds: (...values: T) => unknown,
  options?: Options,
): void {
  test(name, ({ task }) => check(task, arbitraries, holds, options));
}

/** The same inside a test that has set something up. */
export async function check<T extends [unknown, ...unknown[]]>(
  task: Readonly<RunnerTestCase>,
  arbitraries: Arbitraries<T>,
  holds: (...values: T) => unknown,
  { share = 1 }: Options = {},
): Promise<void> {
  const numRuns = Math.max(1, Math.round(casesEach * share));
  const asked = fc.asyncProperty(...arbitraries, async (...values: T) => {
    await holds(...values);
  });
  const details = await fc.check(asked, { numRuns, seed, ...(path !== undefined && { path, endOnFailure: true }) });
  task.meta.cases = details.numRuns;
  if (!details.failed) return;
  const again = `FUZZ_SEED=${details.seed} FUZZ_PATH='${details.counterexamplePath}' FUZZ_CASES=${numRuns}`;
  const words = await fc.asyncDefaultReportMessage(details);
  throw new Error(`${words}\n\nAgain: ${again} npx vitest run ${file(task)} -t '${task.name}'\n`, {
    cause: details.errorInstance,
  });
}

function file({ file: { filepath } }: Readonly<RunnerTestCase>): string {
  return filepath.replace(`${process.cwd()}/`, '');
}
