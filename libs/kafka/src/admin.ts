import type { Admin } from 'kafkajs';
import { createClient, type KafkaConnection } from './client.ts';
import { whenCoordinated } from './when-coordinated.ts';

/** Does `work` with a connection of its own; all of it again when a coordinator is not there yet. */
export async function withAdmin<R>(
  connection: KafkaConnection,
  work: (admin: Admin) => Promise<R>,
): Promise<R> {
  const admin = createClient(connection).admin();
  await admin.connect();
  try {
    return await whenCoordinated(() => work(admin));
  } finally {
    await admin.disconnect();
  }
}
