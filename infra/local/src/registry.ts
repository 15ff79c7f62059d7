import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from './cache.ts';
import type { Component, Workshop } from './component.ts';
import { answersHttp } from './health.ts';
import { javaLaunch } from './java.ts';
import { maven } from './maven.ts';

const version = '3.0.9';

/** The Apicurio schema registry, its schemas in a PostgreSQL database. */
export function registry(options: { port: number; needs: string[]; database: URL }): Component {
  const { port, needs, database } = options;
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
        heapMb: 128,
        args: ['-jar', join(folder, `apicurio-registry-app-${version}-runner.jar`)],
        env: {
          QUARKUS_HTTP_HOST: '127.0.0.1',
          QUARKUS_HTTP_PORT: String(port),
          APICURIO_STORAGE_KIND: 'sql',
          APICURIO_STORAGE_SQL_KIND: 'postgresql',
          APICURIO_DATASOURCE_URL: `jdbc:postgresql://${database.host}${database.pathname}`,
          APICURIO_DATASOURCE_USERNAME: database.username,
          APICURIO_DATASOURCE_PASSWORD: database.password,
          APICURIO_DATASOURCE_JDBC_INITIAL_SIZE: '1',
          APICURIO_DATASOURCE_JDBC_MIN_SIZE: '1',
          APICURIO_DATASOURCE_JDBC_MAX_SIZE: '5',
        },
      });
    },
    health: answersHttp(`${url}/health/ready`),
  };
}

function fetchRegistry(workshop: Workshop): Promise<string> {
  return cached(workshop.cache, `apicurio-registry-${version}`, async (draft) => {
    workshop.say(`fetching Apicurio registry ${version}, 104 MB`);
    const artifact = `io.apicurio:apicurio-registry-app:${version}:tar.gz:all`;
    await maven(workshop, 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${draft}`);
    const [archive = ''] = await readdir(draft);
    await workshop.run(['tar', '-xzf', join(draft, archive), '--no-same-owner', '-C', draft]);
    await rm(join(draft, archive));
  });
}
