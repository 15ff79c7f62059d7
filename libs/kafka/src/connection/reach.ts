import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * Resolves when one of `brokers` (`host:port`) accepts a connection; rejects when none does. Asked first because
 * kafkajs takes half a minute to find out, and can't be stopped meanwhile.
 */
export async function reach(brokers: string[]): Promise<void> {
  await Promise.any(
    brokers.map(async (broker) => {
      const colon = broker.lastIndexOf(':');
      const socket = connect({
        host: broker.slice(0, colon),
        port: Number(broker.slice(colon + 1)),
        timeout: 2_000,
      });
      socket.on('timeout', () => socket.destroy(new Error('timed out')));
      try {
        await once(socket, 'connect');
      } finally {
        socket.destroy();
      }
    }),
  ).catch(({ errors: [cause] }: AggregateError) => {
    throw new Error(`Kafka does not answer at ${brokers.join(', ')}`, { cause });
  });
}
