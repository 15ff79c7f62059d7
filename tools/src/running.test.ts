/** The commands that look at a running system and act on it, from outside; its one part is the mail sink. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { everyhop, root } from '@everyhop/local';
import { waitUntil } from '@everyhop/testing';
import { anyBase, freePortBase } from './stack/free-port-base.ts';
import { isRunning } from './stack/process-table.ts';
import { readRecord } from './stack/record.ts';
import { startInBackground } from './stack/start-in-background.ts';

let state: string;
let portBase: number;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'everyhop-running-'));
  portBase = await freePortBase(anyBase(), (base) => everyhop(base, ['mail']));
  await startInBackground({ only: ['mail'], state, portBase });
});
afterEach(async () => {
  await dev('down');
  await rm(state, { recursive: true, force: true });
});

/** Runs `./dev` in another shell, which knows only the folder. */
function dev(...args: string[]): Promise<{ code: number; output: string }> {
  const command = ['--conditions=everyhop-source', 'tools/src/main.ts', ...args];
  const { EVERYHOP_PORT_BASE: _, ...others } = process.env;
  const env = { ...others, NODE_OPTIONS: '', EVERYHOP_STATE: state };
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: root, env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });
}

const mail = async () => JSON.parse((await dev('status', '--json')).output)[0];

test('status shows each process with its health, address, pid and memory', async () => {
  const { output } = await dev('status', '--json');
  expect(JSON.parse(output)).toEqual([
    {
      name: 'mail',
      state: 'ready',
      detail: null,
      url: `http://127.0.0.1:${portBase + 80}`,
      failed: null,
      pid: readRecord(state)!.components.mail!.process!.pid,
      rssMb: expect.any(Number),
    },
    {
      name: 'supervisor',
      state: 'ready',
      detail: null,
      url: null,
      failed: null,
      pid: expect.any(Number),
      rssMb: expect.any(Number),
    },
  ]);
  expect((await dev('status')).output).toMatch(/^mail +ready +\d+ +\d+ MiB {2}http/);
});

test('status names a process that does not answer', async () => {
  const { pid } = await mail();
  process.kill(pid, 'SIGSTOP');
  expect((await mail()).state).toBe('unhealthy');
  process.kill(pid, 'SIGCONT');
});

test('a component can be stopped and started again', async () => {
  const { pid } = await mail();
  expect((await dev('stop', 'mail')).output).toBe('mail is stopped; ./dev start mail starts it again.\n');
  await waitUntil('it is seen to be stopped', async () => (await mail()).state === 'stopped');
  expect((await dev('status')).output).toMatch(/^mail +stopped +on request$/m);
  await dev('start', 'mail');
  await waitUntil('it is ready again', async () => (await mail()).state === 'ready');
  expect((await mail()).pid).not.toBe(pid);
});

test('a component can be restarted in one step, which ends when it is ready', async () => {
  const { pid } = await mail();
  expect((await dev('restart', 'mail')).output).toMatch(/^mail is ready again/m);
  expect((await mail()).state).toBe('ready');
  expect((await mail()).pid).not.toBe(pid);
});

test('stopping what is not there names what is', async () => {
  expect(await dev('stop', 'mall')).toEqual({ code: 2, output: 'Name one of mail: there is no "mall".\n' });
});

test('logs shows what a component says', async () => {
  expect((await dev('logs', 'mail')).output).toContain(`http://127.0.0.1:${portBase + 80}`);
  expect((await dev('logs', 'kafka')).output).toBe(
    'There is no log of "kafka". There are: mail, supervisor.\n',
  );
});

test('other commands find the ports of the system that runs', async () => {
  expect((await dev('order')).output).toContain(
    `Nobody answers at http://127.0.0.1:${portBase + 1}/products`,
  );
});

test('a second up starts what is missing, says what runs, and is no error', async () => {
  const first = await dev('up', '-d', '--engines-only');
  expect(first).toEqual({
    code: 0,
    output: expect.stringMatching(
      /^Everyhop runs already, looked after by process \d+; starting what is missing: postgres, kafka, registry\.$/m,
    ),
  });
  const rows: { name: string; state: string }[] = JSON.parse((await dev('status', '--json')).output);
  const ready = rows.filter(({ state }) => state === 'ready').map(({ name }) => name);
  expect(ready.toSorted()).toEqual(['kafka', 'mail', 'postgres', 'registry', 'supervisor']);
  const second = await dev('up', '-d', '--engines-only');
  expect([second.code, second.output]).toEqual([0, expect.stringContaining('; nothing is missing.\n')]);
  expect(second.output).toMatch(/^registry +ready/m);
}, 180_000);

test('down --wipe deletes all that is ours, and says what stays', async () => {
  for (const name of ['test', 'chaos', 'restoring', 'mine'])
    await mkdir(join(state, name, 'data'), { recursive: true });
  expect((await dev('down', '--wipe')).output).toBe(
    `Stopping …\nEverything is stopped, and all data is deleted but ${join(state, 'mine')}, which is not ours.\n`,
  );
  expect(await readdir(state)).toEqual(['mine']);
});

test('down ends everything, and with --wipe forgets it', async () => {
  const { supervisor, components } = readRecord(state)!;
  expect((await dev('down', '--wipe')).output).toBe(
    'Stopping …\nEverything is stopped, and all data is deleted.\n',
  );
  expect([supervisor, components.mail!.process!].filter(isRunning)).toEqual([]);
  expect((await dev('status')).output).toBe('Nothing runs. Start the system with ./dev up.\n');
});

test('logs are told for people, or with --json as they stand in the files', async () => {
  const { output } = await dev('logs', 'mail', '-n', '1');
  expect(output).toMatch(/^( {12}|\d\d:\d\d:\d\d\.\d{3}) mail +Mail sent to/);
  expect((await dev('logs', 'mail', '-n', '1', '--json')).output).toMatch(/^Mail sent to/);
});

test('only services have a database and a debugger', async () => {
  for (const args of [
    ['psql', 'mail'],
    ['restart', 'mail', '--inspect'],
  ]) {
    const { code, output } = await dev(...args);
    expect([code, output]).toEqual([2, expect.stringMatching(/shop, ?|billing, ?/)]);
  }
});

test('doctor says what lacks, and what to do about it', async () => {
  const { code, output } = await dev('doctor', '--json');
  const findings = output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(code).toBe(0);
  expect(findings.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['npm', 'java', 'docker', 'memory', 'state', 'ports']),
  );
  const command = ['--conditions=everyhop-source', 'tools/src/main.ts', 'doctor'];
  const env = { ...process.env, NODE_OPTIONS: '', EVERYHOP_STATE: '/proc/1/nowhere', PATH: '/nowhere' };
  const sick = spawnSync(process.execPath, command, { cwd: root, env, encoding: 'utf8' });
  expect(sick.status).toBe(1);
  expect(stripVTControlCharacters(sick.stdout)).toMatch(/^needed +git +on Debian: apt-get install git$/m);
  expect(stripVTControlCharacters(sick.stdout)).toMatch(
    /^needed +state +\/proc\/1\/nowhere has to be writable/m,
  );
});
