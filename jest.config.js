const typescript = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } }],
  },
}

export default {
  projects: [
    { ...typescript, displayName: 'unit', testMatch: ['<rootDir>/test/unit/**/*.test.ts'] },
    { ...typescript, displayName: 'harness', testMatch: ['<rootDir>/test/harness/**/*.test.ts'] },
    { ...typescript, displayName: 'api-server', testMatch: ['<rootDir>/test/api-server/**/*.test.ts'] },
  ],
}
