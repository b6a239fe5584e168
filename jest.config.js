const typescript = {
  // Beside the packages rather than in TMPDIR, which is another one for each run.
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } }],
  },
}
const onCluster = { globalSetup: '<rootDir>/test/global-setup.ts', globalTeardown: '<rootDir>/test/global-teardown.ts' }
const suite = (displayName) => ({
  ...typescript,
  displayName,
  testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts`],
})

export default {
  // A start of a gate or a cluster and some kubectl calls take seconds on a busy machine.
  testTimeout: 120_000,
  projects: [
    suite('unit'),
    suite('process'),
    suite('harness'),
    { ...suite('api-server'), ...onCluster },
    { ...suite('e2e'), ...onCluster },
    { ...suite('install'), ...onCluster },
  ],
}
