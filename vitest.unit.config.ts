import { defineConfig } from 'vitest/config';

/** The tests beside the code: no database, no network, seconds. `npm test` runs them and all others. */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tools/**/*.test.ts'],
    pool: 'threads',
    maxWorkers: 2,
    testTimeout: 30_000,
  },
});
