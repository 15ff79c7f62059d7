import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { startProbeProcess } from '../run-probe.fixture.ts';

/** What any OpenTelemetry collector does first: it takes what is posted to `/v1/logs` and the like. */
async function startCollector() {
  const received: { path: string; body: Buffer }[] = [];
  const server = createServer(async (request, response) => {
    received.push({ path: request.url!, body: await buffer(request) });
    response.setHeader('content-type', request.headers['content-type']!).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    of: (path: string) => received.filter((one) => one.path === path).map(({ body }) => body),
    [Symbol.asyncDispose]: async () => void server.close().closeAllConnections(),
  };
}

const nodeOptions = ['--import', '@everyhop/telemetry/register'];

test('each line of the log reaches a collector with its fields, level and trace', async () => {
  await using collector = await startCollector();
  const env = {
    OTEL_SERVICE_NAME: 'probe',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_BLRP_SCHEDULE_DELAY: '100',
  };
  await using service = await startProbeProcess({ nodeOptions, env });
  await fetch(`${service.address}/nothing`);
  const { resource, record } = await waitUntil('the line of the request has come', () =>
    collector
      .of('/v1/logs')
      .flatMap((body) => JSON.parse(body.toString()).resourceLogs)
      .flatMap(({ resource, scopeLogs }: any) =>
        scopeLogs.flatMap(({ logRecords }: any) => logRecords.map((record: any) => ({ resource, record }))),
      )
      .find(({ record }) => record.body.stringValue === 'GET /nothing 404'),
  );
  const line = service.said().find(({ msg }) => msg === 'GET /nothing 404');
  expect(line.trace_id).toMatch(/^[\da-f]{32}$/);
  expect(record).toMatchObject({ severityText: 'info', traceId: line.trace_id, spanId: line.span_id });
  expect(BigInt(record.timeUnixNano) / 1_000_000n).toBe(BigInt(Date.parse(line.time)));
  const attributes = record.attributes.map(({ key }: { key: string }) => key);
  expect(attributes.sort()).toEqual(['responseTime', 'service']);
  expect(resource.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'probe' } });
});

test('metrics reach a collector when they are to be sent to one', async () => {
  await using collector = await startCollector();
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_METRIC_EXPORT_INTERVAL: '200',
  };
  await using _ = await startProbeProcess({ nodeOptions, env });
  await waitUntil('they have come', () =>
    collector.of('/v1/metrics').some((body) => body.includes('everyhop.outbox.oldest_age')),
  );
  expect(collector.of('/v1/logs')).toEqual([]);
});
