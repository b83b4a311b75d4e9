/**
 * Tests run against the TypeScript sources; the type check is a separate command.
 *
 * `npm test` runs Node with --no-compilation-cache. Jest compiles a module anew for every test file,
 * so that V8's cache finds nothing, yet what it keeps holds each file's whole context: the workers
 * would grow until they take too long to end, or run out of memory.
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
  // What Node and n8n keep of a file all the same. A worker with a large heap needs longer to end than
  // Jest waits; a new one takes its place between two files.
  workerIdleMemoryLimit: '400MB',
  testTimeout: 60000,
};
