import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, constants, statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname } from 'node:path';
import { promisify, styleText } from 'node:util';
import { everyhop, readSettings } from '@everyhop/local';
import { takenPorts } from './stack/port-owner.ts';
import { readRecord } from './stack/record.ts';

/** One thing that the system wants of a machine. */
interface Finding {
  what: string;
  /** What was found; `undefined`: it is lacking. */
  found: string | undefined;
  /** Without it the system does not start, or only a part of it. */
  needed: boolean;
  /** What lacks without it, and how one gets it. */
  remedy: string;
}

const GIB = 2 ** 30;

/** `./dev doctor`: what this machine lacks, each with its remedy. Resolves to 1 when the system could not start. */
export async function doctor({ json }: { json?: boolean }): Promise<number> {
  const findings = await Promise.all([...programs(), memory(), folder('state'), folder('cache'), ports()]);
  if (json) for (const finding of findings) console.log(JSON.stringify(finding));
  else for (const finding of findings) console.log(describe(finding));
  const isHealthy = findings.every(({ found, needed }) => found !== undefined || !needed);
  if (!json && isHealthy) console.log('\n./dev up can start everything that is not marked.');
  return isHealthy ? 0 : 1;
}

function programs(): Promise<Finding>[] {
  const debian = (name: string) => `on Debian: apt-get install ${name}`;
  const engines = 'Kafka and the registry need it; as root on Debian ./dev up installs it';
  return [
    program('git', /[\d.]+/, true, debian('git')),
    program('npm', /[\d.]+/, true, 'it comes with Node.js: https://nodejs.org'),
    program(
      'java',
      /(?<=version "?)(1[7-9]|[2-9]\d)[\d.]*/,
      false,
      `${engines}, or fetches one with pip; ${debian('openjdk-17-jre-headless')}`,
      '-version',
    ),
    program('mvn', /(?<=Maven )[\d.]+/, false, `${engines}, or downloads it; ${debian('maven')}`),
    program('jaeger', /[\d.]+/, false, 'traces need it; ./dev up downloads or builds it', 'version'),
    program(
      'go',
      /(?<=go)1\.(2[5-9]|[3-9]\d)[\d.]*/,
      false,
      'builds Jaeger where its release can not be downloaded: https://go.dev/dl',
      'version',
    ),
    program(
      'docker',
      /[\d.]+/,
      false,
      'only docker compose needs it: https://docs.docker.com/engine/install',
    ),
    program('psql', /[\d.]+/, false, `only ./dev psql needs it; ${debian('postgresql-client')}`),
    program('python3', /[\d.]+/, false, `only the example in Python needs it; ${debian('python3')}`),
  ];
}

async function program(
  what: string,
  version: RegExp,
  needed: boolean,
  remedy: string,
  ask = '--version',
): Promise<Finding> {
  const { stdout, stderr } = await promisify(execFile)(what, [ask], { timeout: 20_000 }).catch(() => ({
    stdout: '',
    stderr: '',
  }));
  return { what, found: version.exec(`${stdout}${stderr}`)?.[0], needed, remedy };
}

async function memory(): Promise<Finding> {
  const gib = totalmem() / GIB;
  const found = gib >= 2 ? `${gib.toFixed(1)} GiB` : undefined;
  return {
    what: 'memory',
    found,
    needed: false,
    remedy: 'the system takes about 1 GiB: close what takes most',
  };
}

/** Whether the folder, or the nearest that is there, can be written to and has room. */
async function folder(which: 'state' | 'cache'): Promise<Finding> {
  const path = readSettings()[which];
  const remedy = `${path} has to be writable, with 2 GiB free: make it so, or name another in EVERYHOP_${which.toUpperCase()}`;
  let place = path;
  while (!existsSync(place)) place = dirname(place);
  const free = await access(place, constants.W_OK)
    .then(() => statfs(place))
    .then(
      ({ bavail, bsize }) => bavail * bsize,
      () => 0,
    );
  const found = free >= 2 * GIB ? `${path}, ${(free / GIB).toFixed(0)} GiB free` : undefined;
  return { what: which, found, needed: true, remedy };
}

async function ports(): Promise<Finding> {
  const { state, portBase } = readSettings();
  const what = 'ports';
  if (readRecord(state))
    return { what, found: `${portBase} and up, of the system that runs`, needed: true, remedy: '' };
  const taken = await takenPorts(everyhop(portBase));
  const remedy = `taken are ${taken.map(({ port }) => port).join(', ')}: end who listens there, or move all with EVERYHOP_PORT_BASE`;
  return {
    what,
    found: taken.length === 0 ? `${portBase} and up are free` : undefined,
    needed: true,
    remedy,
  };
}

function describe({ what, found, needed, remedy }: Finding): string {
  const mark =
    found !== undefined
      ? styleText('green', 'ok     ')
      : needed
        ? styleText('red', 'needed ')
        : styleText('yellow', 'lacking');
  return `${mark} ${what.padEnd(8)} ${found ?? remedy}`;
}
