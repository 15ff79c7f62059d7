import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
  /** Accepts only clients that log on as this user, with PLAIN over TLS; the certificate will be `ca.pem` in its data. */
  secured?: { username: string; password: string };
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
  return cached(workshop, name, async (draft) => {
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

async function configure(workshop: Workshop, { port, controllerPort, node = 1, secured }: KafkaOptions) {
  const { data } = workshop;
  await mkdir(data, { recursive: true });
  const listener = `${secured ? 'SASL_SSL' : 'PLAINTEXT'}://127.0.0.1:${port}`;
  const settings = {
    listeners: node === 1 ? `${listener},CONTROLLER://127.0.0.1:${controllerPort}` : listener,
    'advertised.listeners': listener,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'log.dirs': join(data, 'log'),
    ...(node !== 1 && { 'node.id': node, 'process.roles': 'broker' }),
    ...(secured && (await securityOf(workshop, secured))),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  const file = join(data, 'server.properties');
  await writeFile(file, (await readFile(join(folder, 'server.properties'), 'utf8')) + lines.join(''));
  return file;
}

async function securityOf(workshop: Workshop, { username, password }: NonNullable<KafkaOptions['secured']>) {
  const keyStore = join(workshop.data, 'broker.p12');
  const keytool = join(dirname(await realpath((await findJava(workshop)).path)), 'keytool');
  const store = ['-alias', 'broker', '-keystore', keyStore, '-storepass', password];
  const names = ['-dname', 'CN=localhost', '-ext', 'san=ip:127.0.0.1'];
  await workshop.run([keytool, '-genkeypair', ...store, ...names, '-keyalg', 'RSA', '-validity', '3650']);
  const certificate = join(workshop.data, 'ca.pem');
  await workshop.run([keytool, '-exportcert', ...store, '-rfc', '-file', certificate]);
  const users = `username="${username}" password="${password}" user_${username}="${password}"`;
  return {
    'listener.security.protocol.map': 'SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'SASL_SSL',
    'sasl.enabled.mechanisms': 'PLAIN',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'listener.name.sasl_ssl.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required ${users};`,
    'ssl.keystore.location': keyStore,
    'ssl.keystore.password': password,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': certificate,
  };
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
