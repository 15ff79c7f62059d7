import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from './cache.ts';
import type { Component, Workshop } from './component.ts';
import { versionOf } from './compose.ts';
import { answersHttp } from './health.ts';
import { javaLaunch } from './java.ts';
import { maven } from './maven.ts';
import { portsFrom } from './ports.ts';
import { root } from './settings.ts';

const kafkaVersion = versionOf('kafka');
const debeziumVersion = '3.4.0.Final';
const name = `debezium-${debeziumVersion}-connect-${kafkaVersion}`;

/** Kafka Connect with Debezium's connector for PostgreSQL, which the benches compare the relay with. */
export function connect(portBase: number): Component {
  const port = portsFrom(portBase).connect;
  const url = `http://127.0.0.1:${port}`;
  return {
    name: 'connect',
    needs: ['kafka'],
    ports: [port],
    url,
    optional: true,
    async prepare(workshop) {
      const jars = await fetchConnect(workshop);
      const worker = await configure(workshop, url, portsFrom(portBase).kafka);
      const logging = `-Dlog4j2.configurationFile=${root}/infra/connect/log4j2.properties`;
      const program = 'org.apache.kafka.connect.cli.ConnectStandalone';
      const args = [logging, '-cp', `${jars}/*`, program, worker];
      // Unlike the broker's, its JVM is not kept small: it is what is measured.
      return javaLaunch(workshop, { name, jvm: '-Xms256m -Xmx1g', args });
    },
    health: answersHttp(`${url}/connectors`),
  };
}

function fetchConnect(workshop: Workshop): Promise<string> {
  return cached(workshop, name, async (draft) => {
    workshop.say('fetching Kafka Connect and Debezium, 67 files, 41 MB');
    await maven(
      workshop,
      '-f',
      join(root, 'infra/connect/pom.xml'),
      'dependency:copy-dependencies',
      `-Dkafka.version=${kafkaVersion}`,
      `-Ddebezium.version=${debeziumVersion}`,
      '-DincludeScope=runtime',
      `-DoutputDirectory=${draft}`,
    );
  });
}

async function configure({ data }: Workshop, url: string, kafkaPort: number): Promise<string> {
  const settings = {
    'bootstrap.servers': `127.0.0.1:${kafkaPort}`,
    listeners: url,
    'offset.storage.file.filename': join(data, 'offsets'),
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'value.converter': 'org.apache.kafka.connect.converters.ByteArrayConverter',
    'plugin.discovery': 'service_load',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  const file = join(data, 'worker.properties');
  await mkdir(data, { recursive: true });
  await writeFile(file, lines.join(''));
  return file;
}
