/**
 * Creates what the services need before they start: `databases`, and for the `events` topics and schemas; without
 * arguments both. Can be repeated, also when it was killed halfway; waits for what does not answer yet. Environment:
 * `ADMIN_DATABASE_URL`, and of the services what is about Kafka and the registry.
 */
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { patiently } from './patiently.ts';

const { env } = process;
const services = await readdir(resolve(import.meta.dirname, '../../../services'));

// Each is loaded only when it is its turn: the registry waits for its database.
const steps: Record<string, () => Promise<unknown>> = {
  async databases() {
    const { createDatabases } = await import('./databases.ts');
    await createDatabases(setting('ADMIN_DATABASE_URL'), ['registry', ...services]);
  },
  async events() {
    const { deployEvents, kafkaFrom, registryFrom, SchemaRegistry } = await import('@everyhop/kafka');
    const { allEvents } = await import('@everyhop/events');
    const brokers = setting('KAFKA_BROKERS').split(',');
    const url = setting('SCHEMA_REGISTRY_URL');
    await deployEvents({
      ...kafkaFrom({ ...env, KAFKA_BROKERS: brokers, KAFKA_SSL: env.KAFKA_SSL === 'true' }),
      registry: new SchemaRegistry(registryFrom({ ...env, SCHEMA_REGISTRY_URL: url })),
      events: allEvents,
      topics: services.map((service) => `${service}.dead-letter`),
    });
  },
};

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(steps);
for (const name of wanted) {
  const step = steps[name];
  if (!step)
    throw new Error(`There is no set-up step "${name}": there are ${Object.keys(steps).join(' and ')}.`);
  await patiently(step).catch(explain);
}

function setting(name: string): string {
  const value = env[name];
  if (!value) throw new Error(`Set ${name}.`);
  return value;
}

/** What can be put right is a sentence; for the rest the place in the code helps. */
function explain(error: Error): never {
  console.error(env.DEBUG ? error : error.message);
  process.exit(1);
}
