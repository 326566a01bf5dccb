import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: '.',
    include: [
      'test/{unit,integration,conformance,e2e}/**/*.test.ts',
      'test/{unit,integration}/**/*.test.tsx',
    ],
    exclude: ['**/*.deep.test.ts', '**/node_modules/**'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // Twice the processors: much of the time is waiting for other programs, disks and timers.
    maxWorkers: 4,
    // Generous: a neighbour on the same machine may take most of the processors.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
