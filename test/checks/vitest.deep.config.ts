import { defineConfig } from 'vitest/config'

/** Long fuzzing, crash loops and big data: `npm run test:deep`. */
export default defineConfig({
  test: {
    root: '.',
    include: ['test/**/*.deep.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 45 * 60_000,
    hookTimeout: 120_000,
  },
})
