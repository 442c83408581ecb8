import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts'],
    reporters: ['default', 'test/harness/slowestFiles.ts'],
    globalSetup: ['test/harness/globalSetup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // The service prints nothing of its own accord; what a test prints is a finding.
    silent: false,
  },
});
