import { connectProducer, type KafkaConnection, type Producer } from '@everyhop/kafka';
import { reach } from './reach.ts';

/**
 * A producer that starts to connect now and, when that fails, tries again at the next `send`: a service starts,
 * and keeps its events, while Kafka is away.
 */
export function lazyProducer(connection: KafkaConnection): Producer {
  const open = async () => {
    await reach(connection.brokers);
    return connectProducer(connection);
  };
  let opening: Promise<Producer> | undefined;
  const connect = () => {
    opening ??= open().catch((error) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  connect().catch(() => {});
  return {
    send: async (records) => (await connect()).send(records),
    disconnect: async () => (await opening?.catch(() => undefined))?.disconnect(),
  };
}
