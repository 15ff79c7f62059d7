import { createInterface } from 'node:readline';
import type { GenericContainer, StartedTestContainer } from 'testcontainers';
import type { engineVariables } from './engines.ts';
import type { Docker } from './find-docker.ts';
import { images } from './images.ts';
import { waitUntil } from './wait-until.ts';

/** Engines in containers. */
export interface EngineContainers {
  environment: Record<(typeof engineVariables)[number], string>;
  /** Stops and removes them. */
  stop(): Promise<void>;
}

const startWithinMs = 180_000;
const port = { kafka: 9092, registry: 8080, postgres: 5432 };

type Start = (container: GenericContainer) => Promise<StartedTestContainer>;

/** Starts Kafka, registry and Postgres, empty, on ports that are free; when one of them fails, none is left. */
export async function startContainers(docker: Docker): Promise<EngineContainers> {
  await using started = new AsyncDisposableStack();
  const start: Start = async (container) =>
    started.adopt(await container.withStartupTimeout(startWithinMs).start(), (one) =>
      one.stop().then(() => undefined),
    );
  const attempts = [startKafka(docker, start), startRegistry(docker, start), startPostgres(docker, start)];
  await Promise.allSettled(attempts);
  const [kafka, registry, postgres] = await Promise.all(attempts).catch((cause: Error) => {
    throw new Error(`Docker answers, but the engines for the tests do not start: ${cause.message}`, {
      cause,
    });
  });
  const containers = started.move();
  return {
    environment: {
      KAFKA_BROKERS: addressOf(kafka!, port.kafka),
      SCHEMA_REGISTRY_URL: `http://${addressOf(registry!, port.registry)}/apis/ccompat/v7`,
      ADMIN_DATABASE_URL: `postgres://postgres:everyhop@${addressOf(postgres!, port.postgres)}/postgres`,
    },
    stop: () => containers.disposeAsync(),
  };
}

const addressOf = (container: StartedTestContainer, inside: number): string =>
  `${container.getHost()}:${container.getMappedPort(inside)}`;

// For Java that lives shorter than its compiler would need.
const soon = '-XX:+UseSerialGC -XX:TieredStopAtLevel=1';
const advertised = '/tmp/advertised';
const quiet = `
Configuration:
  Appenders: { Console: { name: out, PatternLayout: { pattern: '%d %p %c %m%n' } } }
  Loggers: { Root: { level: WARN, AppenderRef: { ref: out } }, Logger: [{ name: kafka.server.KafkaRaftServer, level: INFO }] }
`;

/** One node. It must advertise the port that Docker maps, which is known only when its container runs: it waits for it. */
async function startKafka({ GenericContainer, Wait }: Docker, start: Start): Promise<StartedTestContainer> {
  const waiting = new GenericContainer(images.kafka)
    .withExposedPorts(port.kafka)
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: `PLAINTEXT://:${port.kafka},INSIDE://:9094,CONTROLLER://:9093`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'INSIDE',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '4',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS: '4',
      KAFKA_LOG_CLEANER_DEDUPE_BUFFER_SIZE: '4194304',
      KAFKA_HEAP_OPTS: '-Xmx192m',
      KAFKA_JVM_PERFORMANCE_OPTS: soon,
    })
    .withCopyContentToContainer(
      ['log4j2', 'tools-log4j2'].map((name) => ({
        target: `/mnt/shared/config/${name}.yaml`,
        content: quiet,
      })),
    )
    .withEntrypoint(['bash', '-c'])
    .withCommand([
      `until [ -s ${advertised} ]; do sleep 0.1; done; . ${advertised}; exec /etc/kafka/docker/run`,
    ])
    .withWaitStrategy(Wait.forSuccessfulCommand('true'));
  const container = await start(waiting);
  const outside = addressOf(container, port.kafka);
  const content = `export KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://${outside},INSIDE://localhost:9094\n`;
  await container.copyContentToContainer([{ target: advertised, content }]);
  await untilStarted(container);
  return container;
}

/** Docker accepts connections at the mapped port before Kafka does, so this waits for what Kafka says. */
async function untilStarted(container: StartedTestContainer): Promise<void> {
  const input = await container.logs();
  const said: string[] = [];
  let isOver = false;
  const lines = createInterface({ input });
  lines.on('line', (line) => said.push(line)).on('close', () => (isOver = true));
  const hasStarted = () => said.some((line) => line.includes('Kafka Server started'));
  try {
    // Asked again and again, since the stream alone does not keep Node running.
    await waitUntil('Kafka has started', () => hasStarted() || isOver, { timeoutMs: startWithinMs });
  } finally {
    input.destroy();
  }
  if (!hasStarted()) throw new Error(`Kafka did not start: ${said.slice(-5).join('\n')}`);
}

/** Its schemas in memory. */
const startRegistry = ({ GenericContainer, Wait }: Docker, start: Start): Promise<StartedTestContainer> =>
  start(
    new GenericContainer(images.registry)
      .withExposedPorts(port.registry)
      .withEnvironment({
        APICURIO_STORAGE_KIND: 'sql',
        APICURIO_STORAGE_SQL_KIND: 'h2',
        JAVA_OPTS_APPEND: soon,
      })
      .withWaitStrategy(Wait.forHttp('/health/ready', port.registry)),
  );

const startPostgres = ({ GenericContainer, Wait }: Docker, start: Start): Promise<StartedTestContainer> =>
  start(
    new GenericContainer(images.postgres)
      .withExposedPorts(port.postgres)
      .withEnvironment({ POSTGRES_PASSWORD: 'everyhop' })
      .withCommand(['-c', 'max_connections=200', '-c', 'fsync=off'])
      // Over TCP: the server that fills a new volume answers only at its socket.
      .withWaitStrategy(Wait.forSuccessfulCommand('pg_isready -h 127.0.0.1 -U postgres')),
  );
