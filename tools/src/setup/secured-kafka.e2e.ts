/** What would go wrong: all works with the open broker of this machine, and nothing with one that asks who is there. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Producers } from '@everyhop/kafka';
import { type Component, everyhop, kafka, portsFrom } from '@everyhop/local';
import { waitUntil } from '@everyhop/testing';
import { placeOrder } from '../order/place-order.ts';
import { getJson } from '../order/shop-api.ts';
import { type Stack, startStack } from '../stack/index.ts';

const user = { username: 'everyhop', password: 'a-long-password' };
let stack: Stack;
let state: string;
let certificate: string;

/** Orders and invoices, on a Kafka that only takes clients that log on over TLS. */
function components(base: number): Component[] {
  const { kafka: port, kafkaController: controllerPort } = portsFrom(base);
  const env = {
    KAFKA_SSL: 'true',
    KAFKA_SASL_MECHANISM: 'plain',
    KAFKA_SASL_USERNAME: user.username,
    KAFKA_SASL_PASSWORD: user.password,
    NODE_EXTRA_CA_CERTS: certificate,
  };
  return everyhop(base, ['shop', 'billing']).map((component) => {
    if (component.name === 'kafka') return kafka({ port, controllerPort, secured: user });
    if (!['events', 'shop', 'billing'].includes(component.name)) return component;
    const prepare: Component['prepare'] = async (workshop) => {
      const launch = await component.prepare(workshop);
      return { ...launch, env: { ...launch.env, ...env } };
    };
    return { ...component, prepare };
  });
}

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'everyhop-secured-'));
  certificate = join(state, 'data/kafka/ca.pem');
  stack = await startStack({ state, portBase: 'free', components });
}, 180_000);

afterAll(async () => {
  await stack?.stop();
  await rm(state, { recursive: true });
});

test('topics are set up, and services publish and consume, as a user and over TLS', async () => {
  const { orderId } = await placeOrder(`http://127.0.0.1:${stack.ports.shop}`);
  await waitUntil('billing has issued the invoice and the shop knows', async () => {
    const { journey } = await getJson(`http://127.0.0.1:${stack.ports.shop}/orders/${orderId}`);
    return JSON.stringify(journey).includes('InvoiceIssued');
  });
});

test('with a wrong password it is said that the log-on failed', async () => {
  const brokers = [`127.0.0.1:${stack.ports.kafka}`];
  const ca = await readFile(certificate, 'utf8');
  const sasl = { mechanism: 'plain' as const, ...user, password: 'wrong' };
  const producers = new Producers({ brokers, ssl: { ca: [ca] }, sasl });
  await expect(producers.open()).rejects.toThrow(/authentication failed/i);
  await producers.disconnect();
});
