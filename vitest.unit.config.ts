import { defineConfig } from 'vitest/config';

/** The tests beside the code: no database, no network, seconds. `npm test` runs them and all others. */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tools/**/*.test.ts'],
    pool: 'threads',
    // A third faster. A test that leaves something behind for others is a mistake; `npm test` runs each file alone.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 30_000,
  },
});
