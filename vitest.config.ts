import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    update: 'none',
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Two cores carry the suite and the real programs that it starts.
    maxWorkers: 2,
    reporters: ['default'],
  },
});
