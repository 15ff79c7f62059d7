import { errorType } from '@everyhop/telemetry';
import { metrics } from '@opentelemetry/api';
import type { OutboxRow } from './row.ts';

const meter = metrics.getMeter('everyhop.outbox');

const commitToBroker = meter.createHistogram('everyhop.outbox.commit_to_broker', {
  description: 'From the time of an event, taken in its transaction, to the acknowledgement of the broker',
  unit: 's',
  advice: {
    explicitBucketBoundaries: [
      0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300,
    ],
  },
});
const batchSize = meter.createHistogram('everyhop.outbox.batch_size', {
  description: 'Events that the relay sends at once',
  unit: '{event}',
  advice: { explicitBucketBoundaries: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000] },
});
// https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/
const duration = meter.createHistogram('messaging.client.operation.duration', {
  description: 'Duration of sending events to the broker, until it has acknowledged them',
  unit: 's',
  advice: {
    explicitBucketBoundaries: [
      0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30,
    ],
  },
});
const messages = meter.createCounter('messaging.client.sent.messages', {
  description: 'Events that were sent to the broker, those that it did not take included',
  unit: '{message}',
});

/**
 * Measures one send of rows of the outbox that began at `startedAt` (of `performance.now()`) and has just ended, with
 * `error` if it failed.
 */
export function measureSend(rows: OutboxRow[], startedAt: number, error?: unknown): void {
  const now = Date.now();
  const seconds = (performance.now() - startedAt) / 1_000;
  if (error === undefined) batchSize.record(rows.length);
  for (const [topic, ofTopic] of Map.groupBy(rows, ({ aggregatetype }) => aggregatetype)) {
    const attributes = {
      'messaging.system': 'kafka',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': topic,
      ...(error !== undefined && { 'error.type': errorType(error) }),
    };
    duration.record(seconds, attributes);
    messages.add(ofTopic.length, attributes);
    if (error !== undefined) continue;
    const ofEvents = { topic };
    for (const { time } of ofTopic) commitToBroker.record(Math.max(now - time, 0) / 1_000, ofEvents);
  }
}
