import base from '../../jest.config.mjs';

/** The workflows in a real n8n: one after another, with one n8n for all of them. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/n8n/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  globalSetup: '<rootDir>/test/n8n/support/global-setup.mjs',
  globalTeardown: undefined,
  maxWorkers: 1,
  testTimeout: 120000,
};
