import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** `npm run test:crash`: apart from `npm test`, since it starts hundreds of bots. */
export default defineConfig({
  test: {
    ...base.test,
    include: ['test/crash/matrix.ts'],
    // Points mostly wait; each has a database, stand-ins and bots of its own.
    maxConcurrency: 8,
    testTimeout: 180_000,
  },
});
