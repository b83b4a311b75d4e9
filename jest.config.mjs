/**
 * Tests run against the TypeScript sources; the type check is a separate command.
 *
 * `npm test` runs Node with --no-compilation-cache: with the cache, a worker kept the whole context
 * of every test file it had run, and grew to gigabytes.
 */
const transform = {
  '^.+\\.tsx?$': [
    '@swc/jest',
    {
      jsc: {
        target: 'es2023',
        parser: { syntax: 'typescript', tsx: true },
        transform: { react: { runtime: 'automatic', importSource: '@kitajs/html' } },
      },
      module: { type: 'es6' },
    },
  ],
};

export default {
  rootDir: '.',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '<rootDir>/test/n8n/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/scoring-service/dist/'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform,
  testEnvironment: 'node',
  testSequencer: '<rootDir>/test/support/sequencer.mjs',
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  maxWorkers: 2,
  // A worker that has grown all the same is replaced between two files: with gigabytes it needed longer
  // to end than the 500 ms that Jest waits.
  workerIdleMemoryLimit: '400MB',
  testTimeout: 60000,
};
