/** `./dev` as a person meets it: on a machine that lacks something, and when nothing runs. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { root } from '@everyhop/local';
import { devCommand } from './commands.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'everyhop-dev-'))));
afterEach(() => rm(folder, { recursive: true }));

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
async function bareTree(programs: Record<string, string>): Promise<() => Promise<Result>> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  for (const name of [
    'sh',
    'cat',
    'dirname',
    'find',
    'rm',
    'tail',
    'touch',
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
  return () => run(join(folder, 'dev'), ['status'], { PATH: bin, TMPDIR: folder });
}

const recentNode = 'case $1 in -v) echo v24.16.0 ;; *) echo "runs $*" ;; esac';
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

test('packages are installed quietly, once, and again when the lock file has changed', async () => {
  const status = await bareTree({ npm: npmThatInstalls, node: recentNode });
  const command = 'runs --conditions=everyhop-source tools/src/main.ts status\n';
  expect((await status()).output).toBe(`${command}Installing packages with npm ci, a minute or so …\n`);
  expect((await status()).output).toBe(command);
  const later = new Date(Date.now() + 60_000);
  await utimes(join(folder, 'package-lock.json'), later, later);
  expect((await status()).output).toContain('Installing packages');
  expect((await readdir(folder)).filter((name) => name.endsWith('.log'))).toEqual([]);
});

test('of two at the same time one installs, and the other waits for it', async () => {
  // As slow as to be met by the other one.
  const npm = `echo once >> installations; sleep 0.5; ${npmThatInstalls}`;
  const status = await bareTree({ npm, node: recentNode });
  const results = await Promise.all([status(), status(), status()]);
  for (const { code, output } of results)
    expect([code, output]).toEqual([0, expect.stringContaining('runs ')]);
  expect(await readFile(join(folder, 'installations'), 'utf8')).toBe('once\n');
});

test('a failed installation shows the end of what npm said, and where the rest is', async () => {
  const status = await bareTree({ npm: 'echo getaddrinfo ENOTFOUND; exit 1', node: recentNode });
  const { code, output } = await status();
  expect(code).toBe(1);
  expect(output).toMatch(/getaddrinfo ENOTFOUND\nnpm ci failed; all that it said is in \S+\.log\./);
});

test('without npm it says what to install', async () => {
  const { code, output } = await (await bareTree({}))();
  expect(code).toBe(1);
  expect(output).toContain('Everyhop needs Node.js 24.16 or newer with npm, and there is no npm here.');
});

test('an old Node is named', async () => {
  const status = await bareTree({ npm: npmThatInstalls, node: 'echo v24.15.0' });
  expect((await status()).output).toContain('Everyhop needs Node.js 24.16 or newer; this is v24.15.0.');
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
