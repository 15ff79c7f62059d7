import { expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { startProbe } from '../probe.fixture.ts';
import { startProbeProcess } from '../run-probe.fixture.ts';

const nodeOptions = ['--import', '@everyhop/telemetry/register'];

/** A service with a handler, and so with a consumer group. */
const consuming = `
  import { Injectable, Module } from '@nestjs/common';
  import { OrderPlaced } from '@everyhop/events';
  import { On } from '@everyhop/inbox';
  import { runService } from '@everyhop/service';
  class Probe { async handle() {} }
  On(OrderPlaced, { id: 'probe' })(Probe.prototype, 'handle', { value: Probe.prototype.handle });
  Injectable()(Probe);
  class ProbeModule {}
  Module({ providers: [Probe] })(ProbeModule);
  await runService('probe', { features: [ProbeModule] });`;

async function scrape(address: string): Promise<string> {
  const response = await fetch(`${address}/metrics`);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0.0.4;/);
  return response.text();
}

test('a service tells Prometheus its metrics; requests by route and never by path, scrapes not at all', async () => {
  await using service = await startProbeProcess({ nodeOptions });
  for (const path of ['/nothing/1', '/nothing/2', '/admin/parked?key=1', '/metrics', '/health/live'])
    await (await fetch(service.address + path)).text();
  const headers = { 'content-type': 'application/json' };
  for (const body of ['{', `["${'x'.repeat(100_000)}"]`])
    await fetch(`${service.address}/admin/refused/discard`, { method: 'POST', headers, body });
  await fetch(`${service.address}/admin/trail`, { method: 'DELETE' });
  for (const id of [1, 2]) await fetch(`${service.address}/admin/replay/${id}/cancel`, { method: 'POST' });
  const metrics = await waitUntil('all are counted', async () => {
    const text = await scrape(service.address);
    return text.includes('/cancel') && text;
  });
  const counts = [...metrics.matchAll(/^http_server_request_duration_seconds_count\{(.*)\} (\d+)$/gm)];
  const routes = counts.map(([, labels, count]) => [
    /http_route="([^"]*)"/.exec(labels!)?.[1],
    Number(count),
  ]);
  expect(Object.fromEntries(routes)).toEqual({
    '/admin/parked': 1,
    '/admin/refused/discard': 1,
    '/admin/trail': 1,
    '/admin/replay/:id/cancel': 2,
    undefined: 2,
  });
  const [target, ...others] = metrics.match(/^target_info\{.*\} 1$/gm)!;
  expect(others).toEqual([]);
  for (const label of ['service_name', 'service_instance_id', 'host_name'])
    expect(target).toMatch(new RegExp(`${label}="[^"]+"`));
  expect(target).not.toContain('process_');
  expect(metrics).toContain('\neveryhop_outbox_pending 0\n');
  expect(metrics).toMatch(/^nodejs_eventloop_utilization_ratio \d/m);
  expect(metrics).toMatch(
    /^db_client_operation_duration_seconds_count\{.*db_operation_name="SELECT".*\} \d/m,
  );
  const pool = 'db_client_connection_pool_name="probe"';
  expect(metrics).toMatch(
    new RegExp(`^db_client_connection_count\\{${pool},db_client_connection_state="idle"\\} \\d`, 'm'),
  );
  expect(metrics).toContain(`\ndb_client_connection_pending_requests{${pool}} 0\n`);
  expect(metrics).not.toContain('unknown_host');
});

test('while Postgres and Kafka are away a service tells what it can, and its log says each once', async () => {
  const env = { KAFKA_BROKERS: '127.0.0.1:1' };
  await using service = await startProbeProcess({ program: consuming, nodeOptions, env });
  expect(await scrape(service.address)).toContain('everyhop_inbox_parked{handler="probe",state="dead"} 0');
  await service.dropDatabase();
  for (const _ of [1, 2]) {
    const metrics = await scrape(service.address);
    expect(metrics).toContain('everyhop_inbox_paused 0');
    expect(metrics).toContain('nodejs_eventloop_utilization_ratio');
    expect(metrics).not.toMatch(/everyhop_(outbox_pending|inbox_parked|consumer_lag)/);
  }
  const missed = service.said().filter(({ msg }) => msg.startsWith('there are no metrics of'));
  expect(missed.map(({ msg }) => /metrics of (.*?) until/.exec(msg)?.[1]).sort()).toEqual([
    'consumer group probe',
    'parked events',
    'the outbox',
  ]);
});

test('without OpenTelemetry a service says how metrics are had', async () => {
  await using service = await startProbe([]);
  const response = await fetch(`${service.url}/metrics`);
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({
    detail: expect.stringContaining('@everyhop/telemetry/register'),
  });
});
