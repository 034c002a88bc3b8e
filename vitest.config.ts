import { defineConfig } from 'vitest/config';
import { Cases } from './test/support/cases.ts';

// Whatever the shell has set for a real bot must not reach a test, nor a bot that a test starts.
for (const name of Object.keys(process.env)) {
  if (/^(DISCORD_|RIVYA_|DATABASE_URL$|PG[A-Z]+$)/.test(name)) delete process.env[name];
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // One load of discord.js and its like for many files; tests keep nothing in modules.
    isolate: false,
    // Journeys mostly wait, for renders and for processes to start: more of them than cores run side by side.
    maxWorkers: 6,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', new Cases()],
  },
});
