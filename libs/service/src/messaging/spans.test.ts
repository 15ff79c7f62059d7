/** What would go wrong: a trace says that something failed or was sent, but not how it failed, by whom it was sent and where to. */
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { engines, waitUntil } from '@everyhop/testing';
import { Paid, startFailing } from '../admin/failing.fixture.ts';

const spans = new InMemorySpanExporter();
const sdk = new NodeSDK({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] });
let service: Awaited<ReturnType<typeof startFailing>>;
beforeAll(async () => {
  sdk.start();
  service = await startFailing();
});
afterAll(async () => {
  await service.stop();
  await sdk.shutdown();
});

const attributesOf = (name: string, handler?: string) =>
  waitUntil(`there is ${name}`, () =>
    spans
      .getFinishedSpans()
      .find((span) => span.name === name && span.attributes['everyhop.handler'] === handler),
  ).then(({ attributes }) => attributes);

test('messaging spans name the client, the broker, the partition, and the kind of error', async () => {
  await service.pay('a', '1');
  await service.parked(1);
  const [host, port] = engines.brokers[0]!.split(':');
  const clientId = expect.stringMatching(/^probe-/);
  const { topic } = Paid;
  expect(await attributesOf(`send ${topic}`)).toMatchObject({
    'messaging.client.id': clientId,
    'messaging.destination.partition.id': '0',
    'server.address': host,
    'server.port': Number(port),
  });
  expect(await attributesOf(`process ${topic}`, 'payments')).toMatchObject({
    'messaging.client.id': clientId,
    'error.type': 'Error',
  });
  expect(await attributesOf(`process ${topic}`, 'balance')).not.toHaveProperty('error.type');
});
