import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, exists } from './cache.ts';
import type { Component, Workshop } from './component.ts';
import { environmentOf, versionOf } from './compose.ts';
import { acceptsConnections } from './health.ts';
import { findJava, javaLaunch } from './java.ts';
import { maven } from './maven.ts';
import { root } from './settings.ts';

const folder = join(root, 'infra/kafka');
const name = `kafka-${versionOf('kafka')}`;
const { CLUSTER_ID, KAFKA_HEAP_OPTS, KAFKA_JVM_PERFORMANCE_OPTS } = environmentOf('kafka');

/** One node of a Kafka cluster. */
export interface KafkaOptions {
  port: number;
  controllerPort: number;
  /** Its number. 1, the default, is also the controller, at `controllerPort`; others join it there. */
  node?: number;
}

/** Kafka, without Docker and ZooKeeper. It accepts connections only when it serves. */
export function kafka(options: KafkaOptions): Component {
  const { port, controllerPort, node = 1 } = options;
  return {
    name: node === 1 ? 'kafka' : `kafka-${node}`,
    needs: [],
    ports: node === 1 ? [port, controllerPort] : [port],
    url: `127.0.0.1:${port}`,
    async prepare(workshop) {
      const classes = ['-cp', `${await fetchKafka(workshop)}/*`];
      const config = await configure(workshop, options);
      await format(workshop, classes, config);
      const logging = `-Dlog4j2.configurationFile=${folder}/log4j2.yaml`;
      const args = [logging, ...classes, 'kafka.Kafka', config];
      return javaLaunch(workshop, { name, jvm: `${KAFKA_HEAP_OPTS} ${KAFKA_JVM_PERFORMANCE_OPTS}`, args });
    },
    health: acceptsConnections(port),
  };
}

function fetchKafka(workshop: Workshop): Promise<string> {
  return cached(workshop.cache, name, async (draft) => {
    workshop.say(`fetching ${name}, 46 files, 44 MB`);
    const pom = join(folder, 'pom.xml');
    await maven(
      workshop,
      '-f',
      pom,
      'dependency:copy-dependencies',
      `-Dkafka.version=${versionOf('kafka')}`,
      '-DincludeScope=runtime',
      `-DoutputDirectory=${draft}`,
    );
  });
}

async function configure({ data }: Workshop, { port, controllerPort, node = 1 }: KafkaOptions) {
  const listener = `PLAINTEXT://127.0.0.1:${port}`;
  const settings = {
    listeners: node === 1 ? `${listener},CONTROLLER://127.0.0.1:${controllerPort}` : listener,
    'advertised.listeners': listener,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'log.dirs': join(data, 'log'),
    ...(node !== 1 && { 'node.id': node, 'process.roles': 'broker' }),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  const file = join(data, 'server.properties');
  await mkdir(data, { recursive: true });
  await writeFile(file, (await readFile(join(folder, 'server.properties'), 'utf8')) + lines.join(''));
  return file;
}

async function format(workshop: Workshop, classes: string[], config: string): Promise<void> {
  if (await exists(join(workshop.data, 'log/meta.properties'))) return;
  workshop.say('formatting');
  const { path } = await findJava(workshop);
  const storage = [
    'kafka.tools.StorageTool',
    'format',
    '--ignore-formatted',
    '-t',
    CLUSTER_ID!,
    '-c',
    config,
  ];
  await workshop.run([path, ...classes, ...storage]);
}
