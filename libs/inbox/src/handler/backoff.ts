import { setTimeout as delay } from 'node:timers/promises';
import { SchemaNotRegistered, UnknownSchema, type ConsumedBatch } from '@everyhop/kafka';
import { backoffMs, toMs } from '@everyhop/telemetry/internal';
import { Permanent, RetryAfter } from './errors.ts';
import type { Handler } from './handler.ts';
import type { Failure } from './failure.ts';

const heartbeatEveryMs = 1_000;

/** How long to wait for what all events need, such as the database, before it is tried again. */
export const outageBackoff = { first: 200, longest: 5_000 };

/** The first wait for a schema, in ms: a registry that is restored, or whose replica lags, needs minutes. */
const schemaDelayMs = 1_000;

/** How long to wait before the next try, in ms; `undefined` when there is none. */
export function nextWait(
  { error, attempts }: Failure,
  { retry }: Pick<Handler, 'retry'>,
): number | undefined {
  if (error instanceof Permanent || attempts >= retry.attempts) return undefined;
  if (error instanceof RetryAfter) return error.delayMs;
  const isOfRegistry = error instanceof UnknownSchema || error instanceof SchemaNotRegistered;
  const first = Math.max(toMs(retry.delay), isOfRegistry ? schemaDelayMs : 0);
  return backoffMs(attempts, { first, longest: retry.maxDelay });
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
