import { createProjectGraphAsync } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

// Without a fresh graph the rule on module boundaries skips itself and says only a warning.
await createProjectGraphAsync();

const only = (layer, ...below) => ({
  sourceTag: `layer:${layer}`,
  onlyDependOnLibsWithTags: below.map((name) => `layer:${name}`),
});

/** Libraries point down; a service imports libraries and never another service. */
const layers = [
  only('events'),
  only('telemetry'),
  only('testing', 'events'),
  only('postgres', 'testing'),
  only('kafka', 'events', 'telemetry', 'testing'),
  only('outbox', 'postgres', 'kafka', 'events', 'telemetry', 'testing'),
  only('inbox', 'outbox', 'postgres', 'kafka', 'events', 'telemetry', 'testing'),
  only('service', 'inbox', 'outbox', 'postgres', 'kafka', 'events', 'telemetry', 'testing'),
  only('application', 'service', 'inbox', 'outbox', 'postgres', 'events', 'telemetry', 'testing'),
  only('tool', 'postgres', 'kafka', 'events', 'testing', 'tool'),
  only('bench', 'inbox', 'outbox', 'postgres', 'kafka', 'events', 'testing', 'tool'),
];

const onlyKafkaLib = ['kafkajs', '@kafkajs/confluent-schema-registry'].map((name) => ({
  name,
  message: 'Only libs/kafka imports the Kafka and registry clients; use @everyhop/kafka.',
}));

export default tseslint.config(
  { ignores: ['**/dist/', '**/generated/', '.everyhop/', '.nx/', 'node_modules/'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '*.js'],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: false } },
    rules: {
      'max-lines': ['error', { max: 400 }],
      eqeqeq: 'error',
      'no-restricted-imports': ['error', { paths: onlyKafkaLib }],
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@nx/enforce-module-boundaries': [
        'error',
        { depConstraints: layers, enforceBuildableLibDependency: false },
      ],
    },
  },
  {
    files: ['**/*.test.ts', 'e2e/**/*.ts', 'libs/testing/**/*.ts'],
    ignores: ['libs/testing/src/wait-until.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        {
          name: 'setTimeout',
          message: 'A fixed sleep is no synchronisation: waitUntil() the state you need.',
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "ImportDeclaration[source.value='node:timers/promises']",
          message: 'A fixed sleep is no synchronisation: waitUntil() the state you need.',
        },
      ],
    },
  },
  // The only rules that need types: what nobody awaits fails unseen, or after its transaction.
  {
    files: ['**/src/**/*.ts'],
    ignores: ['**/*.d.ts'],
    // One program for all takes less time than one for each project.
    languageOptions: {
      parserOptions: { project: 'tsconfig.lint.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
    },
  },
  // The benches compare it with the bare client.
  { files: ['libs/kafka/**/*.ts', 'bench/**/*.ts'], rules: { 'no-restricted-imports': 'off' } },
);
