import { OrderPlaced, ShippingLabelCreated } from '@everyhop/events';
import { On, type Delivery } from '@everyhop/inbox';
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { carrier } from './carrier.ts';
import type { LogisticsDatabase } from './database.ts';
import { sscc } from './sscc.ts';

/** Creates one shipment, with its label, for each order. */
@Injectable()
export class Labels {
  @On(OrderPlaced, { id: 'logistics.create-label', concurrent: true })
  async createLabel({ orderId, shippingAddress }: OrderPlaced, { tx }: Delivery<LogisticsDatabase>) {
    const next = await sql<{ serial: string }>`select nextval('shipment_serials') as serial`.execute(tx);
    const trackingNumber = sscc(BigInt(next.rows[0]!.serial));
    const recipient = JSON.stringify(shippingAddress);
    const shipment = await tx
      .insertInto('shipments')
      .values({ order_id: orderId, tracking_number: trackingNumber, carrier, recipient })
      .returning(['id', 'created_at'])
      .executeTakeFirstOrThrow();
    const { id: shipmentId, created_at: createdAt } = shipment;
    return ShippingLabelCreated({ shipmentId, orderId, trackingNumber, carrier, shippingAddress, createdAt });
  }
}
