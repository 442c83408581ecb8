import { defineConfig } from 'vitest/config';

const tests = process.env.TRIBUTARY_MUTATION_TESTS?.split(',') ?? [];

/** What `npm run mutate` runs against every mutant: the tests that it names, if need be on a PostgreSQL of their own. */
export default defineConfig({
  test: {
    include: tests,
    // Tests beside the code need no database.
    globalSetup: tests.some((test) => test.startsWith('test/')) ? ['test/harness/globalSetup.ts'] : [],
    pool: 'threads',
    isolate: false,
    experimental: { viteModuleRunner: false },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
