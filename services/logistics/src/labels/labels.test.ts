import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { OrderPlaced, ShippingLabelCreated } from '@everyhop/events';
import { handlersOf } from '@everyhop/inbox';
import { deliver, testDatabase, type TestDatabase } from '@everyhop/testing';
import type { LogisticsDatabase } from './database.ts';
import { exampleOrder } from './example-order.fixture.ts';
import { Labels } from './labels.ts';
import { checkDigit } from './sscc.ts';

let database: TestDatabase<LogisticsDatabase>;
beforeAll(async () => {
  database = await testDatabase({ migrations: [new URL('../../migrations/', import.meta.url)] });
});
afterAll(() => database.drop());

const [handler] = handlersOf(new Labels());
const place = (order: OrderPlaced) => deliver(database.db, handler!.handle, OrderPlaced(order));
const shipmentsOf = ({ orderId }: OrderPlaced) =>
  database.db.selectFrom('shipments').selectAll().where('order_id', '=', orderId).execute();

test('the handler has a name that outlives a rename', () => {
  expect(handler).toMatchObject({ id: 'logistics.create-label', event: OrderPlaced });
});

test('an order gets a shipment, and ShippingLabelCreated says which', async () => {
  const order = exampleOrder();
  const events = await place(order);
  const [shipment] = await shipmentsOf(order);
  expect(shipment!.recipient).toEqual(order.shippingAddress);
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({
    eventType: ShippingLabelCreated,
    key: order.orderId,
    data: {
      shipmentId: shipment!.id,
      orderId: order.orderId,
      trackingNumber: shipment!.tracking_number,
      carrier: 'Everyhop Parcel',
      shippingAddress: order.shippingAddress,
      createdAt: shipment!.created_at,
    },
  });
});

test('parcels created at once have different and valid tracking numbers', async () => {
  const orders = Array.from({ length: 30 }, exampleOrder);
  await Promise.all(orders.map(place));
  const shipments = (await Promise.all(orders.map(shipmentsOf))).flat();
  const numbers = shipments.map(({ tracking_number }) => tracking_number);
  expect(new Set(numbers).size).toBe(30);
  for (const number of numbers) expect(checkDigit(number.slice(0, -1))).toBe(Number(number.at(-1)));
});

test('an order is shipped once', async () => {
  const order = exampleOrder();
  await place(order);
  await expect(place(order)).rejects.toThrow('shipments_order_id_key');
  expect(await shipmentsOf(order)).toHaveLength(1);
});
