import { defineConfig } from 'vitest/config';

/** What `npm run mutate` runs against every mutant: the tests that it names, on a PostgreSQL of their own. */
export default defineConfig({
  test: {
    include: process.env.TRIBUTARY_MUTATION_TESTS?.split(',') ?? [],
    globalSetup: ['test/harness/globalSetup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
