import type { Logger } from '@everyhop/telemetry';
import type { Consumer } from 'kafkajs';
import { topicOffsets, withAdmin } from '../admin/admin.ts';
import type { KafkaConnection } from '../connection/client.ts';

// All that kafkajs says of it; it then commits -2, which stands for the beginning.
const lost = 'Offset out of range, resetting to default offset';

/** A logger that also calls `act` when kafkajs says that the offset of a group is of no record that there is. */
export function noticeLostOffsets(
  logger: Logger,
  act: (partition: { topic: string; partition: number }) => void,
): Logger {
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    error: (fields, message) => logger.error(fields, message),
    warn(fields, message) {
      logger.warn(fields, message);
      if (message.endsWith(lost)) act(fields as { topic: string; partition: number });
    },
  };
}

/**
 * Has `consumer` commit the end of a partition that has nothing to read any more; what has is committed as it is handled.
 * Until then every tool but ours takes -2 for a place, and shows a lag of the end + 2.
 */
export async function commitEndOfEmpty(
  connection: KafkaConnection,
  consumer: Consumer,
  { topic, partition }: { topic: string; partition: number },
): Promise<void> {
  const all = await withAdmin(connection, (admin) => topicOffsets(admin, topic));
  const offsets = all.find((one) => one.partition === partition);
  if (offsets?.low === offsets?.high) consumer.seek({ topic, partition, offset: offsets!.high });
}
