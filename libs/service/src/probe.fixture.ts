import type { Type } from '@nestjs/common';
import { engines, randomName, testDatabase } from '@everyhop/testing';
import { type RunningService, startService } from './start-service.ts';

/** No broker ever listens there. */
const noBroker = '127.0.0.1:1';

/** A running service whose database can be taken away; `await using` stops it. */
export type Probe = RunningService & AsyncDisposable & { dropDatabase(): Promise<void> };

/** A service with these features on a database of its own, and, unless `broker` says where, without Kafka. */
export async function startProbe(features: Type[], broker = noBroker): Promise<Probe> {
  const database = await testDatabase();
  Object.assign(process.env, {
    PORT: '0',
    DATABASE_URL: database.url,
    KAFKA_BROKERS: broker,
    SCHEMA_REGISTRY_URL: engines.registryUrl,
    LOG_LEVEL: 'silent',
  });
  const service = await startService(randomName('probe'), { features });
  let dropped: Promise<void> | undefined;
  const dropDatabase = () => (dropped ??= database.drop());
  const stop = () => service.stop().finally(dropDatabase);
  return { ...service, dropDatabase, stop, [Symbol.asyncDispose]: stop };
}
