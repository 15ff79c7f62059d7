/**
 * A preload that replaces the outbox of a service by what it is there to prevent: events go to Kafka in the middle of
 * the transaction that they belong to.
 */
import { registerHooks } from 'node:module';
import { toHeaders } from '@everyhop/events';
import { type Producer, Producers } from '@everyhop/kafka';

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    const isReplaced = resolved.url.endsWith('/libs/outbox/dist/append.js');
    return isReplaced ? { ...resolved, url: import.meta.url, format: 'module-typescript' } : resolved;
  },
});

let producer: Promise<Producer> | undefined;
const lastOf = new Map<string, bigint>();

/** Takes the place of the outbox's function of that name. */
export async function appendToOutbox(_transaction: unknown, entries: any[]): Promise<void> {
  producer ??= new Producers({ brokers: process.env.KAFKA_BROKERS!.split(',') }).open();
  for (const { topic, key, payload, ...envelope } of entries) {
    const sequence = (lastOf.get(key) ?? 0n) + 1n;
    lastOf.set(key, sequence);
    const headers = toHeaders({ ...envelope, key, sequence });
    await (await producer).send([{ topic, key, value: payload, headers }]);
  }
}
