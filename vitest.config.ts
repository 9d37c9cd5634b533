import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// The tests import the compiled package ("#caloscope/…" is dist/…): what is tested is what ships.
// Forks, not threads: a crash of the native core then fails one file instead of the whole run.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Launchers start as many processes as there are cores: `npm run test:ranks`, nothing beside it.
    exclude: process.env['CALOSCOPE_TEST_RANKS']
      ? []
      : ['test/ranks/evaluation.test.ts', 'test/ranks/bad-launches.test.ts'],
    pool: 'forks',
    // Most of what a test waits for uses one core: starting processes, files, drawing.
    maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
