import { setTimeout as delay } from 'node:timers/promises';
import type { BatchObservableCallback, Meter, Observable } from '@opentelemetry/api';
import { silentLogger, type Logger } from './logger.ts';

/** Some state that is a metric. */
export interface StateObservation<T> {
  /** Whose state, for the log: `the outbox`. */
  of: string;
  meter: Meter;
  /** What `report` observes. */
  gauges: Observable[];
  /** Reads the state, from wherever it is kept. */
  read(): Promise<T>;
  report(result: Parameters<BatchObservableCallback>[0], state: T): void;
  logger?: Logger;
}

const patienceMs = 1_000;

/**
 * Calls `read` only when metrics are collected, and never twice at once. When it fails, or takes longer than a second,
 * the gauges are left out and everything else is collected; the log says so once. Returns what stops it.
 */
export function observeState<T>(observation: StateObservation<T>): () => void {
  const { of, meter, gauges, read, report, logger = silentLogger } = observation;
  let reading: Promise<T> | undefined;
  let away = false;
  const observe: BatchObservableCallback = async (result) => {
    reading ??= read().finally(() => (reading = undefined));
    try {
      report(result, await within(patienceMs, reading));
      if (away) logger.info({}, `there are metrics of ${of} again`);
      away = false;
    } catch (error) {
      if (!away) logger.warn({ err: error }, `there are no metrics of ${of} until it can be read again`);
      away = true;
    }
  };
  meter.addBatchObservableCallback(observe, gauges);
  return () => meter.removeBatchObservableCallback(observe, gauges);
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  const done = new AbortController();
  const tooLong = delay(ms, undefined, { signal: done.signal }).then(() => {
    throw new Error(`no answer within ${ms} ms`);
  });
  try {
    return await Promise.race([promise, tooLong]);
  } finally {
    done.abort();
  }
}
