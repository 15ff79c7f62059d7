import { setTimeout as delay } from 'node:timers/promises';
import { SchemaNotRegistered, UnknownSchema, type ConsumedBatch } from '@everyhop/kafka';
import { Permanent, RetryAfter } from './errors.ts';
import type { Handler, RetryPolicy } from './handler.ts';
import type { Failure } from './failure.ts';

const heartbeatEveryMs = 1_000;

/** How long to wait for what all events need, such as the database, before it is tried again. */
export const outageDelay = { delayMs: 200, maxDelayMs: 5_000 };

/** The first wait for a schema, in ms: a registry that is restored, or whose replica lags, needs minutes. */
const schemaDelayMs = 1_000;

/** The wait before try `attempt + 1`, in ms: doubles from try to try, less up to a half at random so that retries spread out. */
export function backoffMs(
  attempt: number,
  { delayMs, maxDelayMs }: Pick<RetryPolicy, 'delayMs' | 'maxDelayMs'>,
): number {
  return Math.min(delayMs * 2 ** (attempt - 1), maxDelayMs) * (1 - Math.random() / 2);
}

/** How long to wait before the next try, in ms; `undefined` when there is none. */
export function nextWait(
  { error, attempts }: Failure,
  { retry }: Pick<Handler, 'retry'>,
): number | undefined {
  if (error instanceof Permanent || attempts >= retry.attempts) return undefined;
  if (error instanceof RetryAfter) return error.delayMs;
  const isOfRegistry = error instanceof UnknownSchema || error instanceof SchemaNotRegistered;
  const delayMs = isOfRegistry ? Math.max(retry.delayMs, schemaDelayMs) : retry.delayMs;
  return backoffMs(attempts, { ...retry, delayMs });
}

/** Waits `ms` and stays a member of the consumer group; rejects when the consumer stops or loses the partition. */
export async function pause(
  ms: number,
  { heartbeat, signal }: Pick<ConsumedBatch, 'heartbeat' | 'signal'>,
): Promise<void> {
  for (let left = ms; left > 0; left -= heartbeatEveryMs) {
    await delay(Math.min(left, heartbeatEveryMs), undefined, { signal });
    await heartbeat();
  }
}
