import { defineEvent, type EventType } from '@everyhop/events';
import { deployEvents, SchemaRegistry } from '@everyhop/kafka';
import { engines, randomName } from '@everyhop/testing';

/** What the events of the benches carry: 400 bytes of Avro. */
export interface Happened {
  key: string;
  n: number;
  text: string;
}

const text = 'x'.repeat(384);

/** The data of event number `n`, of one of 1,000 keys. */
export const happened = (n: number, key = `key-${n % 1_000}`): Happened => ({ key, n, text });

/** Event types with a topic each, of `partitions` partitions; what is published goes to `registry`. */
export async function deployed(
  names: string[],
  partitions = 6,
): Promise<{ registry: SchemaRegistry; types: EventType<Happened>[] }> {
  const namespace = randomName('bench').replace('-', '');
  const fields = [
    { name: 'key', type: 'string' },
    { name: 'n', type: 'int' },
    { name: 'text', type: 'string' },
  ];
  const types = names.map((name) =>
    defineEvent<Happened>({
      topic: randomName(`bench.${name.toLowerCase()}`),
      key: 'key',
      version: 1,
      schema: { type: 'record', namespace, name, fields },
    }),
  );
  const registry = new SchemaRegistry({ url: engines.registryUrl });
  await deployEvents({ brokers: engines.brokers, registry, events: types, partitions });
  return { registry, types };
}
