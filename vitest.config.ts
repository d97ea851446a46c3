import { defineConfig } from 'vitest/config';
import { LeftOutReporter } from './test/support/left-out-reporter.ts';

const ci = process.env.CI === 'true';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    update: 'none',
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Two cores carry the suite and the real programs that it starts.
    maxWorkers: 2,
    reporters: ['default', new LeftOutReporter(), ...(ci ? ['json' as const] : [])],
    outputFile: { json: '.cache/ci/tests.json' },
  },
});
