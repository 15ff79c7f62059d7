/** One configuration for all projects: ESM, sources instead of builds, tests beside what they test. */
export default {
  testMatch: [
    '<rootDir>/{libs,services,tools,infra,bench}/**/src/**/*.test.ts',
    '<rootDir>/{e2e,tools}/src/**/*.e2e.ts',
  ],
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironmentOptions: { customExportConditions: ['everyhop-source', 'node', 'node-addons'] },
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2024',
        },
        sourceMaps: 'inline',
      },
    ],
  },
  modulePathIgnorePatterns: ['/dist/', '/.everyhop/', '/.nx/'],
  testTimeout: 60_000,
  maxWorkers: 2,
};
