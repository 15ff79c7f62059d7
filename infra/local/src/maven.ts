import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { alone } from './alone.ts';
import { cached } from './cache.ts';
import type { Workshop } from './component.ts';
import { download } from './download.ts';
import { findJava } from './java.ts';
import { inDebian, onPath } from './machine.ts';

const version = '3.9.9';
const release = `https://archive.apache.org/dist/maven/maven-3/${version}/binaries/apache-maven-${version}-bin.tar.gz`;
const sha512 =
  'a555254d6b53d267965a3404ecb14e53c3827c09c3b94b5678835887ab404556bfaf78dcfe03ba76fa2508649dca8531c74bca4d5846513522404d48e8c4ac8b';

/** Runs Maven, checksums strictly verified. One run at a time: two must not write to the same repository. */
export function maven(workshop: Workshop, ...args: string[]): Promise<void> {
  const onWait = () => workshop.say('waiting for another Maven to end');
  return alone('maven', () => run(workshop, args), { onWait, signal: workshop.signal });
}

async function run(workshop: Workshop, args: string[]): Promise<void> {
  const { path } = await findJava(workshop);
  const mvn = await findMaven(workshop);
  await workshop.run([mvn, '--batch-mode', '--strict-checksums', ...args], {
    env: { JAVA_HOME: join(path, '../..') },
  });
}

async function findMaven(workshop: Workshop): Promise<string> {
  for (const source of [() => onPath('mvn'), fromRelease, fromDebian]) {
    const mvn = await source(workshop).catch(() => undefined);
    if (mvn) return mvn;
  }
  throw new Error(
    'Kafka and the registry are fetched with Maven, and there is none. Install it (Debian, Ubuntu: apt-get install maven) and start again.',
  );
}

async function fromRelease(workshop: Workshop): Promise<string> {
  const folder = await cached(workshop, `maven-${version}`, async (draft) => {
    const archive = join(draft, 'maven.tar.gz');
    if ((await download(workshop, `Maven ${version}`, release, archive, 'sha512')) !== sha512)
      throw new Error(`${release} is not the file it should be`);
    await workshop.run(['tar', '-xzf', archive, '--no-same-owner', '--strip-components=1', '-C', draft]);
    await rm(archive);
  });
  return join(folder, 'bin/mvn');
}

async function fromDebian(workshop: Workshop): Promise<string> {
  workshop.say('installing Maven with apt-get');
  await inDebian(workshop, ['maven']);
  return onPath('mvn');
}
