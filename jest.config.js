const typescript = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } }],
  },
}

export default {
  projects: [
    { ...typescript, displayName: 'unit', testMatch: ['<rootDir>/test/unit/**/*.test.ts'] },
    {
      ...typescript,
      displayName: 'api-server',
      testMatch: ['<rootDir>/test/api-server/**/*.test.ts'],
      globalSetup: '<rootDir>/test/api-server/cluster-up.ts',
      globalTeardown: '<rootDir>/test/api-server/cluster-down.ts',
    },
  ],
  // Not per project: jest takes it here alone. What waits for a cluster has deadlines of its own, and they say what for.
  testTimeout: 30_000,
}
