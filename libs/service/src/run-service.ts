import { setTimeout as delay } from 'node:timers/promises';
import { isOfTransaction } from '@everyhop/postgres';
import { shutdownTelemetry } from '@everyhop/telemetry';
import { InvalidConfig } from './config/read-config.ts';
import { createLogger } from './logging/logger.ts';
import { startService, type RunningService, type ServiceOptions } from './start-service.ts';

const stopWithinMs = 15_000;
const sendSpansWithinMs = 2_000;

/**
 * Runs the service called `name` in this process until SIGTERM or SIGINT, then stops it in order, within 15 s; a
 * second signal ends it at once. When it can't start the process ends with 1 and says why.
 *
 *     await runService('billing', { features: [InvoicingModule], migrations: new URL('../migrations/', import.meta.url) });
 */
export async function runService(name: string, options: ServiceOptions): Promise<void> {
  try {
    const service = await startService(name, options);
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.once(signal, () => void stop(service, signal));
    // Whoever ran the transaction was told; what forgot to wait is a fault to mend, and no reason to stop serving.
    process.on('unhandledRejection', (error) => {
      if (!isOfTransaction(error)) throw error;
      service.logger.error({ err: error }, 'something in a transaction was not awaited');
    });
    process.on('uncaughtExceptionMonitor', (error) =>
      service.logger.fatal({ err: error }, `${name} crashed`),
    );
  } catch (error) {
    if (error instanceof InvalidConfig) console.error(error.message);
    else createLogger(name, 'info').fatal({ err: error }, `${name} could not start`);
    process.exit(1);
  }
}

async function stop({ logger, ...service }: RunningService, signal: string): Promise<void> {
  logger.info({ signal }, 'stopping');
  setTimeout(() => {
    logger.error(
      `not stopped within ${stopWithinMs / 1000} s; what was in hand is done again at the next start`,
    );
    process.exit(1);
  }, stopWithinMs).unref();
  try {
    await service.stop();
    // Without a collector this would try for ten seconds.
    await Promise.race([shutdownTelemetry(), delay(sendSpansWithinMs)]).catch((error) =>
      logger.warn({ err: error }, 'the last spans could not be sent'),
    );
    logger.info('stopped');
    process.exit(0);
  } catch (error) {
    logger.error({ err: error }, 'stopped with an error');
    process.exit(1);
  }
}
