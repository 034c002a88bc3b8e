import { defineConfig } from 'vitest/config';
import { Cases } from './test/support/cases.ts';
import base from './vitest.config.ts';

const { FUZZ_CASES = '2500', FUZZ_SEED = String(Date.now() % 2 ** 31) } = process.env;
process.stdout.write(`FUZZ_SEED=${FUZZ_SEED} FUZZ_CASES=${FUZZ_CASES}\n`);

/** `npm run test:fuzz`: every property on a hundred thousand cases in all, and on others each time. */
export default defineConfig({
  test: {
    ...base.test,
    include: ['test/properties/**/*.test.ts'],
    env: { FUZZ_CASES, FUZZ_SEED },
    testTimeout: 900_000,
    reporters: ['default', new Cases({ least: process.env.FUZZ_CASES === undefined ? 100_000 : 0 })],
  },
});
