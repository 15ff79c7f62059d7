/** `./dev` as a person meets it: on a machine that lacks something, and when nothing runs. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { root } from '@everyhop/local';
import { devCommand } from './commands.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'everyhop-dev-'))));
afterEach(async () => {
  for (const end of ended.splice(0)) end();
  await rm(folder, { recursive: true });
});
const ended: (() => void)[] = [];

interface Result {
  code: number;
  output: string;
}

function run(command: string, args: string[], env: Record<string, string>): Promise<Result> {
  return new Promise((resolve) => {
    execFile(command, args, { env: { ...process.env, NODE_OPTIONS: '', ...env } }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });
}

const node = process.execPath;
const dev = (...args: string[]) =>
  run(join(root, 'dev'), args, {
    PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
    EVERYHOP_STATE: join(folder, 'state'),
  });

/** A tree with nothing but `dev`, on a machine with these programs beside the usual small ones. */
async function bareTree(programs: Record<string, string>): Promise<(command?: string) => Promise<Result>> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  for (const name of [
    'sh',
    'cat',
    'cksum',
    'dirname',
    'grep',
    'head',
    'rm',
    'tail',
    'touch',
    'tr',
    'mkdir',
    'env',
    'flock',
    'sleep',
  ])
    await symlink(join('/usr/bin', name), join(bin, name));
  for (const [name, script] of Object.entries(programs))
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  await cp(join(root, 'dev'), join(folder, 'dev'));
  await writeFile(join(folder, 'package-lock.json'), '{}');
  return (command = 'order') =>
    run(join(folder, 'dev'), [command], { PATH: bin, TMPDIR: folder, EVERYHOP_CACHE: join(folder, 'cache') });
}

const options = '--conditions=everyhop-source --disable-warning=TimeoutNegativeWarning';

/** Finds that what is installed is not what the lock file says. */
const recentNode = 'case $1 in -v) echo v24.16.0 ;; -e) exit 1 ;; *) echo "runs $*" ;; esac';
const npmThatInstalls = 'echo lots of text; mkdir -p node_modules; touch node_modules/.package-lock.json';

test('alone it explains itself', async () => {
  const { code, output } = await dev();
  expect(code).toBe(0);
  for (const command of ['up', 'order', 'status', 'logs', 'down', 'test'])
    expect(output).toContain(`./dev ${command}`);
  expect(output.split('\n').length).toBeLessThan(40);
});

test('it explains itself before anything is installed', async () => {
  await cp(join(root, 'dev'), join(folder, 'dev'));
  await mkdir(join(folder, 'tools/src'), { recursive: true });
  await cp(join(root, 'tools/src/help.txt'), join(folder, 'tools/src/help.txt'));
  expect((await run(join(folder, 'dev'), [], {})).output).toContain('./dev up');
});

// What npm 11 says after each failure.
const usage = `${'npm error --option\n'.repeat(30)}npm error Run "npm help ci" for more info`;
const outOfStep = `npm error code EUSAGE
npm error
npm error 'npm ci' can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync. Please update your lock file with 'npm install' before continuing.
npm error
npm error Missing: rewards@0.1.0 from lock file
npm error
${usage}`;
const npmSays = (text: string) => `cat >&2 <<'END'\n${text}\nEND\nexit 1`;

test('packages are installed quietly, once, and again when the lock file has changed', async () => {
  const order = await bareTree({ npm: npmThatInstalls, node: recentNode });
  const command = `runs ${options} ${folder}/tools/src/main.ts order\n`;
  expect((await order()).output).toBe(`${command}Installing packages with npm ci, a minute or so …\n`);
  expect((await order()).output).toBe(command);
  await writeFile(join(folder, 'package-lock.json'), '{ "changed": true }');
  expect((await order()).output).toContain('Installing packages');
  expect((await readdir(folder)).filter((name) => name.endsWith('.log'))).toEqual([]);
});

test('a lock file that was only written again, as git does it, changes nothing', async () => {
  const order = await bareTree({ npm: npmThatInstalls, node: recentNode });
  await order();
  const later = new Date(Date.now() + 60_000);
  await utimes(join(folder, 'package-lock.json'), later, later);
  expect((await order()).output).not.toContain('Installing packages');
});

test.each([
  ['what npm itself has installed', { integrity: 'sha512-a' }, false],
  ['other packages', { integrity: 'sha512-b' }, true],
])('a tree with %s, which ./dev has not seen, is told by its content', async (_, other, isInstalled) => {
  const order = await bareTree({
    npm: npmThatInstalls,
    node: `[ "$1" != -v ] || exec echo v24.16.0; [ "$1" != -e ] || exec ${node} "$@"; echo runs`,
  });
  const packages = (one: object) => JSON.stringify({ packages: { '': {}, 'node_modules/a': one } });
  await mkdir(join(folder, 'node_modules'));
  await writeFile(join(folder, 'package-lock.json'), packages({ integrity: 'sha512-a' }));
  await writeFile(join(folder, 'node_modules/.package-lock.json'), packages(other));
  expect((await order()).output.includes('Installing packages')).toBe(isInstalled);
});

test.each(['down', 'status', 'stop', 'logs'])(
  '%s installs nothing, and works with what is there',
  async (name) => {
    const dev = await bareTree({ npm: npmThatInstalls, node: recentNode });
    expect(await dev(name)).toEqual({
      code: 1,
      output: `No packages are installed here, so ./dev ${name} can't run: npm ci installs them, as ./dev up does.\n`,
    });
    await dev('order');
    await writeFile(join(folder, 'package-lock.json'), '{ "changed": true }');
    expect((await dev(name)).output).toBe(`runs ${options} ${folder}/tools/src/main.ts ${name}\n`);
  },
);

test('packages are not replaced beneath a system that runs with them', async () => {
  const order = await bareTree({ npm: npmThatInstalls, node: recentNode });
  await order();
  await writeFile(join(folder, 'package-lock.json'), '{ "changed": true }');
  const supervisor = `${await realpath(folder)}/tools/src/stack/supervisor.ts`;
  const system = spawn('sh', ['-c', 'read line', supervisor], { stdio: ['pipe', 'ignore', 'ignore'] });
  ended.push(() => system.stdin!.end());
  await once(system, 'spawn');
  const { code, output } = await order();
  expect([code, output]).toEqual([
    0,
    expect.stringMatching(/^runs .*\npackage-lock\.json names other packages/),
  ]);
  expect(output).toContain(
    `as long as process ${system.pid} runs a system with them: ./dev down, and ./dev up`,
  );
  system.stdin!.end();
  await once(system, 'exit');
  expect((await order()).output).toContain('Installing packages');
});

test('an installation that takes long shows that it goes on', async () => {
  const order = await bareTree({ npm: `sleep 6; ${npmThatInstalls}`, node: recentNode });
  expect((await order()).output).toMatch(/^runs .*\nInstalling packages .* …\n {2}5 s\n$/);
});

test('of two at the same time one installs, and the other waits for it', async () => {
  // As slow as to be met by the other one.
  const npm = `echo once >> installations; sleep 0.5; ${npmThatInstalls}`;
  const order = await bareTree({ npm, node: recentNode });
  const results = await Promise.all([order(), order(), order()]);
  for (const { code, output } of results)
    expect([code, output]).toEqual([0, expect.stringContaining('runs ')]);
  expect(await readFile(join(folder, 'installations'), 'utf8')).toBe('once\n');
});

test('a failed installation shows the end of what npm said, and where the rest is', async () => {
  const order = await bareTree({ npm: 'echo getaddrinfo ENOTFOUND; exit 1', node: recentNode });
  const { code, output } = await order();
  expect(code).toBe(1);
  expect(output).toMatch(/getaddrinfo ENOTFOUND\nnpm ci failed; all that it said is in \S+\.log\./);
});

test('a lock file that does not fit package.json is named, and what mends it', async () => {
  const order = await bareTree({ npm: npmSays(outOfStep), node: recentNode });
  expect((await order()).output).toMatch(
    /\nnpm error Missing: rewards@0\.1\.0 from lock file\npackage-lock\.json does not fit package\.json; all that npm said is in \S+\.log\. Run npm install, then \.\/dev again\.\n$/,
  );
});

test.each([
  ['code ENOTFOUND\nnpm error network request to https://registry failed', 'When the network is back, run'],
  ['code ENOSPC\nnpm error nospc ENOSPC: no space left on device, write', 'Then run'],
])(
  'an installation that failed with %j shows that first, not the end of what npm said',
  async (cause, then) => {
    const order = await bareTree({ npm: npmSays(`npm error ${cause}\n${usage}`), node: recentNode });
    const { output } = await order();
    expect(output).toContain(`\nnpm error ${cause}\n`);
    expect(output).toMatch(
      new RegExp(`npm ci failed; all that it said is in \\S+\\.log\\. ${then} ./dev again\\.\n$`),
    );
  },
);

test('without npm it says what to install', async () => {
  const { code, output } = await (await bareTree({}))();
  expect(code).toBe(1);
  expect(output).toContain('Everyhop needs Node.js 24.16 or newer with npm, and there is no npm here.');
});

test('an old Node is named', async () => {
  const order = await bareTree({ npm: npmThatInstalls, node: 'echo v24.15.0' });
  expect((await order()).output).toContain('Everyhop needs Node.js 24.16 or newer; this is v24.15.0.');
});

test('a command that is misspelt leads to the one that is meant', async () => {
  expect(await dev('stauts')).toEqual({
    code: 2,
    output: "error: unknown command 'stauts'\n(Did you mean status?)\n",
  });
});

test('an unknown option is named', async () => {
  const { code, output } = await dev('status', '--verbose');
  expect(code).toBe(2);
  expect(output).toContain("unknown option '--verbose'");
});

test('when nothing runs, each command says so', async () => {
  expect((await dev('status')).output).toBe('Nothing runs. Start the system with ./dev up.\n');
  expect((await dev('status', '--json')).output).toBe('[]\n');
  expect((await dev('down', '--wipe')).output).toBe('Nothing was running, and all data is deleted.\n');
  expect(await dev('logs')).toEqual({
    code: 1,
    output: 'There are no logs yet: start the system with ./dev up.\n',
  });
  expect(await dev('stop', 'billing')).toEqual({
    code: 1,
    output: 'Everyhop does not run: start it with ./dev up.\n',
  });
});

test('each command explains itself, and is on the page that explains all', async () => {
  const overview = await readFile(join(root, 'tools/src/help.txt'), 'utf8');
  for (const command of devCommand().commands) {
    expect(overview).toContain(`./dev ${command.name()}`.replace(/ (redrive|discard)$/, ' $1'));
    expect(command.description()).toMatch(/\.$/);
    for (const { long } of command.options)
      expect({ [command.name()]: command.helpInformation() }).toEqual({
        [command.name()]: expect.stringContaining(long!),
      });
  }
  const { code, output } = await dev('order', '--help');
  expect(code).toBe(0);
  expect(output).toContain('--count <n>');
});

test('its version is that of the repository', async () => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  expect(await dev('--version')).toEqual({ code: 0, output: `${version}\n` });
});

test('whoever has read enough ends no command with an error', async () => {
  const { code, output } = await run(
    'bash',
    [
      '-c',
      `set -o pipefail; '${process.execPath}' --conditions=everyhop-source tools/src/main.ts help 2>&1 | true`,
    ],
    {},
  );
  expect([code, output]).toEqual([0, '']);
});
