import { dirname } from 'node:path';

/**
 * Gives every project the same targets, so that no project has to list them: `nx build billing`,
 * `nx test outbox`, `nx affected -t test`. Tests need running engines: `./dev up`, or use `./dev test`.
 */
export const createNodesV2 = [
  '{libs,services,infra}/*/tsconfig.json',
  (files) =>
    files.map((file) => [file, { projects: { [dirname(file)]: { targets: targetsOf(dirname(file)) } } }]),
];

const targetsOf = (root) => ({
  build: {
    command: `tsc -b ${root}`,
    cache: true,
    dependsOn: ['^build'],
    inputs: [
      '{projectRoot}/src/**/*',
      '{projectRoot}/tsconfig.json',
      '{workspaceRoot}/tsconfig.base.json',
      { dependentTasksOutputFiles: '**/*.d.ts' },
    ],
    outputs: [`{projectRoot}/dist`],
  },
  test: {
    command: `jest ${root}/`,
    options: { env: { NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' } },
  },
});
