import { Injectable } from '@nestjs/common';
import { OrderPlaced } from '@everyhop/events';
import { Outbox } from '@everyhop/outbox';
import { Problem, stringify } from '@everyhop/service';
import { currentTraceId } from '@everyhop/telemetry';
import { Kysely, type Selectable } from 'kysely';
import { z } from 'zod';
import type { ShopDatabase } from '../database.ts';
import { firstWithKey, hashOf } from '../idempotency.ts';
import { Catalogue } from '../products/catalogue.ts';
import { assertKnownCustomer } from './assert-known-customer.ts';
import type { OrderRequest } from './order-request.ts';
import { priceLines } from './price-lines.ts';

/** An order as it is stored. */
export type Order = Selectable<ShopDatabase['orders']>;

/** The orders of the shop. */
@Injectable()
export class Orders {
  constructor(
    private readonly db: Kysely<ShopDatabase>,
    private readonly outbox: Outbox<ShopDatabase>,
    private readonly catalogue: Catalogue,
  ) {}

  /**
   * Places an order and publishes OrderPlaced, both or none. Of requests with one `idempotencyKey` the first places
   * it, and all get that order, also when what they ask for is no longer to be had. Throws a 422 problem for a user or product that there is not, and for a key that was
   * used with another request.
   */
  async place(request: OrderRequest, idempotencyKey?: string): Promise<Order> {
    const { customer, shippingAddress } = request;
    const hash = hashOf(request);
    return this.outbox.transaction(async (tx) => {
      const first = await firstWithKey(tx, 'orders', idempotencyKey, hash);
      if (first) return first;
      await assertKnownCustomer(tx, customer);
      const skus = request.lines.map(({ sku }) => sku);
      const priced = priceLines(request.lines, await this.catalogue.find(skus, tx));
      const order = await tx
        .insertInto('orders')
        .values({
          customer: JSON.stringify(customer),
          shipping_address: JSON.stringify(shippingAddress),
          lines: stringify(priced.lines),
          net: priced.net.amount,
          tax: priced.tax.amount,
          total: priced.total.amount,
          trace_id: currentTraceId() ?? null,
          idempotency_key: idempotencyKey ?? null,
          request_hash: hash,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      await tx.publish(
        OrderPlaced({ orderId: order.id, customer, shippingAddress, ...priced, placedAt: order.placed_at }),
      );
      return order;
    });
  }

  /** The order `orderId`; throws a 404 problem when there is none. */
  async get(orderId: string): Promise<Order> {
    const isId = z.uuid().safeParse(orderId).success;
    const order =
      isId && (await this.db.selectFrom('orders').selectAll().where('id', '=', orderId).executeTakeFirst());
    if (order) return order;
    throw new Problem({
      status: 404,
      detail: `There is no order ${orderId}.`,
      errors: [{ parameter: 'orderId', detail: 'is not the id of an order' }],
    });
  }
}
