import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { inSpan } from '@everyhop/telemetry';
import { testDatabase, waitUntil, type TestDatabase } from '@everyhop/testing';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { pino } from 'pino';
import { openPool } from '../database/open-pool.ts';
import { Jobs, startJobs } from './index.ts';

const spans = new InMemorySpanExporter();
const sdk = new NodeSDK({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] });
const cleanups: (() => Promise<unknown>)[] = [];
let database: TestDatabase;

beforeAll(async () => {
  sdk.start();
  database = await testDatabase();
});
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
  await database.drop();
  await sdk.shutdown();
});

test('each attempt at a job is a span of the trace in which the job was added', async () => {
  let failures = 1;
  const run = () =>
    inSpan('the effect', async () => {
      if (failures-- > 0) throw new Error('not yet');
    });
  const jobs = new Jobs([{ name: 'greet', maxAttempts: 2, run }]);
  const pool = openPool(database.url, 'workers', pino({ level: 'silent' }));
  cleanups.push(() => pool.end());
  const workers = await startJobs({ pool, jobs });
  cleanups.push(() => workers.stop());

  await inSpan('request', () => database.db.transaction().execute((tx) => jobs.add(tx, 'greet', {})));
  const attempts = await waitUntil('two attempts', () => {
    const found = spans.getFinishedSpans().filter(({ name }) => name === 'job greet');
    return found.length === 2 ? found : undefined;
  });

  const request = spanNamed('request').spanContext();
  for (const [index, span] of attempts.entries()) {
    expect(span.spanContext().traceId).toBe(request.traceId);
    expect(span.parentSpanContext?.spanId).toBe(request.spanId);
    expect(span.kind).toBe(SpanKind.INTERNAL);
    expect(span.attributes).toMatchObject({
      'everyhop.job.name': 'greet',
      'everyhop.job.attempt': index + 1,
    });
  }
  expect(attempts[0]!.status).toEqual({ code: SpanStatusCode.ERROR, message: 'not yet' });
  expect(attempts[1]!.status.code).toBe(SpanStatusCode.UNSET);
  expect(spanNamed('the effect').parentSpanContext?.spanId).toBe(attempts[0]!.spanContext().spanId);
});

function spanNamed(wanted: string): ReadableSpan {
  return spans.getFinishedSpans().find(({ name }) => name === wanted)!;
}
