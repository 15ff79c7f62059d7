import { allEvents } from '@everyhop/events';
import { SchemaNotRegistered, type SchemaRegistry } from '@everyhop/kafka';
import type { Logger } from '@everyhop/telemetry';

/**
 * Asks the registry for the ids of the events that `service` owns, so that its first transactions don't have to, and
 * a schema that was not deployed is said at the start. Never rejects: what is not found now is asked for again by the
 * transaction that needs it.
 */
export async function lookUpSchemas(
  service: string,
  registry: SchemaRegistry,
  logger: Logger,
): Promise<void> {
  const own = allEvents.filter(({ type }) => type.startsWith(`${service}.`));
  for (const answer of await Promise.allSettled(own.map((event) => registry.idOf(event)))) {
    if (answer.status === 'fulfilled') continue;
    if (answer.reason instanceof SchemaNotRegistered)
      logger.error({ err: answer.reason }, answer.reason.message);
    else return logger.warn({ err: answer.reason }, 'the ids of schemas are looked up when they are needed');
  }
}
