import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from './cache.ts';
import type { Component, Workshop } from './component.ts';
import { environmentOf, versionOf } from './compose.ts';
import { answersHttp } from './health.ts';
import { javaLaunch } from './java.ts';
import { maven } from './maven.ts';
import { portsFrom } from './ports.ts';

const version = versionOf('registry');

/** The Apicurio schema registry, its schemas in a PostgreSQL database. */
export function registry({ portBase, needs }: { portBase: number; needs: string[] }): Component {
  const port = portsFrom(portBase).registry;
  const { JAVA_OPTS_APPEND, ...env } = environmentOf('registry', portBase);
  const url = `http://127.0.0.1:${port}`;
  return {
    name: 'registry',
    needs,
    ports: [port],
    url: `${url}/apis/ccompat/v7`,
    async prepare(workshop) {
      const folder = await fetchRegistry(workshop);
      return javaLaunch(workshop, {
        name: `apicurio-registry-${version}`,
        jvm: JAVA_OPTS_APPEND!,
        args: ['-jar', join(folder, `apicurio-registry-app-${version}-runner.jar`)],
        env: {
          QUARKUS_HTTP_HOST: '127.0.0.1',
          QUARKUS_HTTP_PORT: String(port),
          ...env,
        },
      });
    },
    health: answersHttp(`${url}/health/ready`),
  };
}

function fetchRegistry(workshop: Workshop): Promise<string> {
  return cached(workshop, `apicurio-registry-${version}`, async (draft) => {
    workshop.say(`fetching Apicurio registry ${version}, 104 MB`);
    const artifact = `io.apicurio:apicurio-registry-app:${version}:tar.gz:all`;
    await maven(workshop, 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${draft}`);
    const [archive = ''] = await readdir(draft);
    await workshop.run(['tar', '-xzf', join(draft, archive), '--no-same-owner', '-C', draft]);
    await rm(join(draft, archive));
  });
}
