import type { Reporter, TestModule } from 'vitest/node';

/** Tells how many cases properties were tried on; fewer than `least` fail the run. */
export class Cases implements Reporter {
  readonly #least: number;

  constructor({ least = 0 }: { readonly least?: number } = {}) {
    this.#least = least;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = modules.flatMap(({ children }) => [...children.allTests()].map((one) => one.meta().cases ?? 0));
    const properties = counts.filter((count) => count > 0).length;
    const cases = counts.reduce((sum, count) => sum + count, 0);
    if (properties > 0) process.stdout.write(`\n${cases} cases of ${properties} properties\n`);
    if (cases >= this.#least) return;
    process.stdout.write(`fewer than the ${this.#least} wanted\n`);
    process.exitCode = 1;
  }
}
