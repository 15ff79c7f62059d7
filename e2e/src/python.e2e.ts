/** What would go wrong: only our own libraries can read and write what is on the topics. */
import { beforeAll, expect, test } from '@jest/globals';
import { traceOf } from './jaeger.ts';
import { mailArrived } from './mailbox.ts';
import { interpreter, python } from './python.ts';
import { anOrder, completed, newCustomer, placeOrder } from './shop.ts';
import { drawTrace } from './trace-tree.ts';

beforeAll(interpreter, 300_000);

test('a consumer in Python reads envelope and data of an order, and goes on with its trace', async () => {
  const request = anOrder();
  const { orderId, traceId } = await placeOrder(request);
  const { envelope, data } = await python('audit', 'consume.py', 'shop.orders', orderId);

  expect(envelope).toMatchObject({
    specversion: '1.0',
    type: 'shop.OrderPlaced',
    source: 'shop',
    subject: orderId,
    sequence: '0000000000000000001',
    datacontenttype: 'application/avro',
  });
  expect(data).toMatchObject({
    orderId,
    customer: { ...request.customer, customerId: null },
    shippingAddress: request.shippingAddress,
    lines: [
      { sku: 'HOP-MUG', quantity: 2 },
      { sku: 'HOP-KETTLE', quantity: 1 },
    ],
    total: { amount: expect.any(Number), currency: 'EUR' },
  });

  await completed(orderId);
  const spans = await traceOf(traceId, { shopProcesses: 4 });
  const sending = spans.find(({ name }) => name === 'send shop.orders')!;
  expect(spans).toContainEqual(
    expect.objectContaining({
      ...{ service: 'audit', name: 'process shop.orders', kind: 'consumer', parentId: sending.id },
    }),
  );
});

test('what Python publishes is handled like what the shop publishes, in the trace of Python', async () => {
  const { name, email } = newCustomer();
  const { traceId } = await python('imports', 'publish.py', name, email);

  const mails = await mailArrived(email);
  expect(mails).toMatchObject([{ Subject: expect.stringContaining('Welcome'), To: [{ Name: name }] }]);
  expect(drawTrace(await traceOf(traceId, { shopProcesses: 1 }))).toBe(
    `
imports producer: send shop.users
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
