import { expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { traceOf, type Span } from './jaeger.ts';
import { completed, newCustomer, placeOrder, post } from './shop.ts';
import { drawTrace } from './trace-tree.ts';

test('one order makes one trace across four services', async () => {
  const { orderId, traceId } = await placeOrder();
  await completed(orderId);
  const trace = await traceOf(traceId, { shopProcesses: 4 });
  expect(drawTrace(trace)).toBe(
    `
shop server: POST /orders
  shop internal: transaction
    shop producer: create shop.orders
      shop producer: send shop.orders
        billing consumer: process shop.orders (billing.issue-invoice)
          billing producer: create billing.invoices
            billing producer: send billing.invoices
              shop consumer: process billing.invoices (shop.invoice-issued)
        crm consumer: process shop.orders (crm.schedule-follow-up)
          crm internal: job send-email
            crm internal: transaction
            crm internal: transaction
              crm producer: create crm.emails
                crm producer: send crm.emails
                  shop consumer: process crm.emails (shop.email-sent)
          crm producer: create crm.emails
            crm producer: send crm.emails
              shop consumer: process crm.emails (shop.email-scheduled)
        logistics consumer: process shop.orders (logistics.create-label)
          logistics producer: create logistics.shipments
            logistics producer: send logistics.shipments
              shop consumer: process logistics.shipments (shop.label-created)
`.trim(),
  );
});

test('the trace of a client goes on through a registration up to its welcome mail', async () => {
  const [traceId, caller] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  await post('/users', newCustomer(), { traceparent: `00-${traceId}-${caller}-01` });
  const trace = await traceOf(traceId, { shopProcesses: 1, caller });
  expect(drawTrace(trace)).toBe(
    `
shop server: POST /users
  shop internal: transaction
    shop producer: create shop.users
      shop producer: send shop.users
        crm consumer: process shop.users (crm.welcome)
          crm internal: job send-email
            crm internal: transaction
            crm internal: transaction
              crm producer: create crm.emails
                crm producer: send crm.emails
                  shop consumer: process crm.emails (shop.email-sent)
`.trim(),
  );
});

test('messaging spans carry the attributes of the semantic conventions', async () => {
  const { orderId, traceId } = await placeOrder();
  await completed(orderId);
  const trace = await traceOf(traceId, { shopProcesses: 4 });
  const ofOrder = (name: string, service: string): Span['attributes'] =>
    trace.find((span) => span.name === name && span.service === service)!.attributes;

  const message = {
    'messaging.system': 'kafka',
    'messaging.destination.name': 'shop.orders',
    'messaging.kafka.message.key': orderId,
    'messaging.message.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
  };
  expect(ofOrder('create shop.orders', 'shop')).toMatchObject({
    ...message,
    'messaging.operation.type': 'create',
    'messaging.operation.name': 'create',
  });
  expect(ofOrder('send shop.orders', 'shop')).toMatchObject({
    ...message,
    'messaging.operation.type': 'send',
    'messaging.client.id': 'shop',
    'messaging.destination.partition.id': expect.stringMatching(/^\d+$/),
    'server.address': expect.any(String),
    'server.port': expect.stringMatching(/^\d+$/),
    'messaging.operation.name': 'send',
  });
  for (const service of ['billing', 'logistics', 'crm']) {
    expect(ofOrder('process shop.orders', service)).toMatchObject({
      ...message,
      'messaging.operation.type': 'process',
      'messaging.operation.name': 'process',
      'messaging.consumer.group.name': service,
      'messaging.client.id': service,
      'messaging.destination.partition.id': expect.stringMatching(/^\d+$/),
      'messaging.kafka.offset': expect.stringMatching(/^\d+$/),
    });
  }
  const ids = trace
    .filter(({ attributes }) => attributes['messaging.destination.name'] === 'shop.orders')
    .map(({ attributes }) => attributes['messaging.message.id']);
  expect(new Set(ids).size).toBe(1);
});
