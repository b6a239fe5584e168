const typescript = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } }],
  },
}
// A start of the gate and some kubectl calls take a few seconds on a busy machine.
const slow = { testTimeout: 120_000 }
const onCluster = { globalSetup: '<rootDir>/test/global-setup.ts', globalTeardown: '<rootDir>/test/global-teardown.ts' }

export default {
  ...slow,
  projects: [
    { ...typescript, displayName: 'unit', testMatch: ['<rootDir>/test/unit/**/*.test.ts'] },
    { ...typescript, displayName: 'process', testMatch: ['<rootDir>/test/process/**/*.test.ts'] },
    { ...typescript, ...onCluster, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.test.ts'] },
  ],
}
